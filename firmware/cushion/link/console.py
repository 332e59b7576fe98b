"""A raw-REPL console as an asyncio task: stock mpremote talks to it while the monitor keeps its pace.

Speaks what mpremote uses: raw REPL (Ctrl-A … Ctrl-D), raw paste with its flow-control window, and a soft-reset request,
which is answered without one: the cushion isn't stopped by a program that merely connects. Each snippet's `exec` holds
the event loop, so host calls are short; a long answer is handed over as a stream, which is sent chunk by chunk with the
monitor running in between.
"""

import asyncio
import io
import select
import sys

import micropython

from cushion.core.const import const

_CTRL_A = const(1)
_CTRL_B = const(2)
_CTRL_C = const(3)
_CTRL_D = const(4)
_CTRL_E = const(5)
BANNER = b"raw REPL; CTRL-B to exit\r\n>"
SOFT_REBOOT = b"OK\r\nMPY: soft reboot\r\n"
FRIENDLY = b"\r\nsitbone: the monitor is running; connect with mpremote or the sitbone command\r\n>>> "
_PASTE_WINDOW = const(
    128
)  # a client may be two of these ahead, and the chip's input holds 260 bytes and drops the rest
_IDLE_MS = const(50)  # until a stream that has nothing to say is asked again
_MOST_BYTES = const(8192)
TOO_LONG = b"MemoryError: no room for this snippet; send it in pieces of less than 8 kB\r\n"


class Console:
    """`stdin` and `stdout` are the byte streams of the serial port."""

    def __init__(self, stdin=None, stdout=None):
        self._in = stdin or sys.stdin.buffer
        self._out = stdout or sys.stdout.buffer
        self._reader = asyncio.StreamReader(self._in)
        self._poller = select.poll()
        self._poller.register(self._in, select.POLLIN)
        self._globals = {}
        self._stream = None
        self._pushed_back = -1

    def send(self, chunks):
        """Called from within a snippet: its answer goes on with these chunks of bytes (a generator), in background."""
        self._stream = chunks

    async def run(self):
        """Serves the port for ever."""
        while True:
            byte = await self._byte()
            if byte == _CTRL_A:
                await self._raw()
            elif byte in (_CTRL_B, _CTRL_C, 13):
                self._out.write(FRIENDLY)

    async def _byte(self):
        while True:
            data = await self._reader.read(1)
            if data:
                return data[0]
            await asyncio.sleep_ms(100)  # the port is closed for now

    def _waiting(self):
        """The next byte if one is there already, else -1: spares a pass through the event loop for each byte."""
        if self._pushed_back >= 0:
            byte, self._pushed_back = self._pushed_back, -1
            return byte
        for _ in self._poller.ipoll(0):
            data = self._in.read(1)
            if data:
                return data[0]
        return -1

    async def _raw(self):
        self._globals = {"__name__": "__main__"}
        self._out.write(BANNER)
        line = bytearray()
        while True:
            byte = self._waiting()
            if byte < 0:
                byte = await self._byte()
            if byte == _CTRL_A:
                line = await self._enter_paste(line)
            elif byte == _CTRL_B:
                self._out.write(FRIENDLY)
                return
            elif byte == _CTRL_C:
                line = bytearray()
            elif byte != _CTRL_D:
                line = _longer(line, byte)
            elif line is None or line:
                self._out.write(b"OK")
                await self._run(line)
                line = bytearray()
            else:
                self._globals = {"__name__": "__main__"}
                self._out.write(SOFT_REBOOT + BANNER)

    async def _enter_paste(self, line):
        if line == b"\x05A":
            self._out.write(b"R\x01" + bytes([_PASTE_WINDOW & 255, _PASTE_WINDOW >> 8, 1]))
            await self._paste()
        else:
            self._out.write(BANNER)
        return bytearray()

    async def _paste(self):
        """Receives pasted code and runs it, unless the client gives up, or another one asks with Ctrl-A who is here."""
        code, window = bytearray(), 0
        while True:
            byte = self._waiting()
            if byte < 0:
                byte = await self._byte()
            if byte == _CTRL_A:
                self._pushed_back = byte
                return
            if byte in (_CTRL_C, _CTRL_D):
                self._out.write(b"\x04")
                if byte == _CTRL_D:
                    await self._run(code)
                return
            code = _longer(code, byte)
            window += 1
            if window == _PASTE_WINDOW:
                window = 0
                self._out.write(b"\x01")

    async def _run(self, code):
        """Executes a snippet (None: it was too long), sends its stream if it left one, and ends the answer as the raw
        REPL does."""
        problem = b""
        self._stream = None
        try:
            if code is None:
                problem = TOO_LONG
            else:
                exec(code, self._globals)
                await self._send_stream()
        except MemoryError:
            problem = TOO_LONG
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001  whatever a host's snippet raises goes back to the host
            text = io.StringIO()
            sys.print_exception(error, text)
            problem = text.getvalue().encode()
        micropython.kbd_intr(-1)  # a snippet of mpremote mount's switches Ctrl-C on
        self._out.write(b"\x04" + problem + b"\x04>")

    async def _send_stream(self):
        if self._stream is None:
            return
        for chunk in self._stream:
            if self._out.write(chunk) != len(chunk):
                break  # native USB gives up after half a second in which the host has read nothing: so do we
            await asyncio.sleep_ms(0 if chunk else _IDLE_MS)
            byte = self._waiting()
            if byte in (_CTRL_A, _CTRL_C):
                # The host that asked has gone, or has heard enough: whoever it is now isn't kept waiting.
                self._pushed_back = byte
                break
        self._stream.close()
        self._stream = None


def _longer(code, byte):
    """A snippet with one byte more; None from where it is too long: the rest of it is read away."""
    if code is None or len(code) >= _MOST_BYTES:
        return None
    try:
        code.append(byte)
        return code
    except MemoryError:
        return None
