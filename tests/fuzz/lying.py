"""A cushion that lies: sound answers with something changed in them, behind the seam of `SerialLine`.

What goes over the wire is tested with a real MicroPython (tests/host/test_device.py); here it is what answers say.
"""

import copy
import hashlib
import json
import random
import re
import zlib
from typing import Any

from cushion.core.settings import Settings
from tests.fuzz import hostile
from tests.host.logs import CUSHION_ID, LogWriter

PORT = "/dev/null"
SIDES = {"left": 10, "right": 20}
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 1.5, float("nan"), float("inf"), 1 << 31, 1 << 32, 1 << 64, -(1 << 63), 10**400,
    "", "x", "x" * 5000, "\x1b[2J\u202e", "\ud83d", "246f28000001", "../../etc", "=1", [], [[]], {}, {"": 0}, [1] * 9,
)  # fmt: skip


def sound(log: LogWriter, settings: Settings) -> dict[str, Any]:
    """An answer to each call, as the firmware gives it."""
    values = settings.as_dict()
    journal = {"first_seq": 1, "last_seq": log.next_seq - 1, "bytes_free": 1 << 20, "unacked": 0}
    return {
        "status": {
            "cushion": CUSHION_ID.hex(), "log": log.log_id, "firmware": "0.1.0", "state": "occupied", "dose_s": SIDES,
            "limit_s": SIDES, "seated_s": 30, "calibrated": True, "divider_ohm": [3300] * 4, "journal": journal,
            "battery": {"mv": 3900, "percent": 70}, "faults": ["left_it open"], "reset": "power on", "session": 1,
            "mono_ms": log.now_ms, "unix_ms": None, "steps": 1, "late": 0, "crashes": 0, "muted_s": 0, "snoozed_s": 0,
            "next_prompt_in_s": 0, "settings_version": 1, "settings_source": "file", "safe_mode": "",
        },
        "live": {
            "mono_ms": 1, "steps": 1, "sample_pa": [1, 2, 3, 4], "state": "occupied", "pa": [5000, 5000, 3000, 3000],
            "ref_pa": [5000] * 4, "quality": ["ok"] * 4, "u": [1000, 900], "dose_s": [1, 2], "limit_s": [1200, 1200],
            "seated_s": 1, "seated_limit_s": 1800, "wait_s": 0, "calibrated": True,
        },
        "ack": {"acked": 1},
        "settings_show": {"version": 1, "values": values, "source": "file"},
        "calibrate": {"phase": "empty", "state": "done", "why": "", "left_s": 0},
        "vibrate": {"played": True},
    }  # fmt: skip


class LyingLine:
    """The other end of `SerialLine`. ``lie`` may change each answer before it is sent."""

    log: LogWriter
    settings: Settings
    rng: random.Random | None = None  # None: it tells the truth
    share = 0.5  # of its answers are lies

    def __init__(self, port: str) -> None:
        self.port = port
        self._held = b""

    def enter(self, *, patiently: bool = False) -> bool:
        return True

    enter_by_interrupt = enter

    def close(self) -> None:
        pass

    def run(self, code: str, _: float = 0) -> bytes:
        found = re.search(r"calls\.call\((.*),\d+\)$", code, re.S)
        if found is None:
            return b"null"
        name, *args = json.loads(eval(found[1]))
        return self._line(self._answer(name, args))

    def start(self, code: str) -> None:
        found = re.search(r"calls\.call\((.*),\d+\)$", code, re.S)
        assert found is not None
        name, *args = json.loads(eval(found[1]))
        if name == "read_log":
            data = b"".join(self.blocks())
            head = {"bytes": len(data), "first_seq": args[0], "last_seq": self.log.next_seq - 1, "kept_first_seq": 1}
            head = self._lied(head)
            tail = self._lied({"sha256": hashlib.sha256(data).hexdigest()})
            self._held = self._line(head) + data + self._line(tail)
        else:
            rows = [{"zones": ["left_it", "right_it"]}] + [{"row": [n, n * 250, 1, 2, 3, 4]} for n in range(1, 4)]
            self._held = b"".join(self._line(self._lied(row)) for row in [*rows, {"samples": 3}])

    def blocks(self) -> list[bytes]:
        """The log; a liar changes blocks, repeats them, and mixes another cushion's in."""
        blocks = list(self.log.data())
        if self.rng is None or self.rng.random() < 0.3:
            return blocks
        what = self.rng.choice(("other", "newer", "twice", "order", "cut", "noise", "numbers"))
        at = self.rng.randrange(len(blocks))
        if what == "other":
            other = copy.copy(self.log)
            other.blocks, other.session = [], 7
            other.restart()
            other.clock(1)
            blocks.insert(at, other.data()[-1].replace(CUSHION_ID, b"\x24\x6f\x28\x00\x00\x09"))
            blocks[at] = hostile.repaired(blocks[at])
        elif what == "newer":
            block = bytearray(blocks[at])
            block[4] = 3
            blocks[at] = hostile.repaired(bytes(block))
        elif what == "numbers":
            block = bytearray(blocks[at])
            block[20:24] = self.rng.choice((0, 1, 1 << 31, (1 << 32) - 1)).to_bytes(4, "little")
            blocks[at] = hostile.repaired(bytes(block))
        elif what == "noise":
            blocks.insert(at, self.rng.randbytes(512))
        elif what == "cut":
            del blocks[at]
        elif what == "twice":
            blocks.insert(at, blocks[at])
        else:
            self.rng.shuffle(blocks)
        return blocks

    def read_line(self) -> bytes:
        line, end, self._held = self._held.partition(b"\n")
        return self._sent(line + end)

    def read_some(self, most: int) -> bytes:
        data, self._held = self._held[:most], self._held[most:]
        return self._sent(data)

    def finish(self) -> None:
        pass

    def _sent(self, data: bytes) -> bytes:
        from sitbone.errors import CushionGone

        if not data:
            raise CushionGone(f"the cushion on {self.port} stopped answering; check the cable and try again")
        return data

    def _answer(self, name: str, args: list[Any]) -> Any:
        if name == "settings_set":
            applied = {key: self.settings.change(key, value, 10**8) for key, value in args[0].items()}
            answer: Any = {"version": 2, "applied": applied, "clamped": {}}
        elif name == "clock":
            answer = {"session": self.log.session, "mono_ms": self.log.now_ms, "unix_ms": args[0], "was_unix_ms": None}
        else:
            answer = sound(self.log, self.settings)[name]
        return self._lied(answer)

    def _lied(self, answer: Any) -> Any:
        if self.rng is None or self.rng.random() > self.share:
            return answer
        answer = copy.deepcopy(answer)
        whole, key = {"answer": answer}, "answer"
        place: Any = whole
        while self.rng.random() < 0.7 and isinstance(place[key], (dict, list)) and place[key]:
            place = place[key]
            key = self.rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if self.rng.random() < 0.2 and place is not whole:
            del place[key]
        else:
            place[key] = self.rng.choice(STRANGE)
        return whole["answer"]

    def _line(self, answer: Any) -> bytes:
        text = json.dumps(answer).encode()
        if self.rng is not None and self.rng.random() < self.share / 20:
            text = self.rng.choice((b"[" * 3000, b'{"a":', b"\xff\xfe", b"", b"1e999", b"9" * 5000))
        return text + b" %08x\n" % zlib.crc32(text)
