// The ports that the person allowed, opened and closed for browser/serial. What arrives goes to the worker as it comes.

const names = new Map(); // port -> the name that Python knows it by
const open = new Map(); // name -> what an open port needs

let tell = () => {};

const REASONS = { NetworkError: "busy", InvalidStateError: "busy", SecurityError: "denied", NotFoundError: "gone" };

function named(port) {
  if (!names.has(port)) {
    const { usbVendorId, usbProductId } = port.getInfo();
    const hex = (number) => (number ?? 0).toString(16).padStart(4, "0");
    const what = usbVendorId === undefined ? "serial port" : `USB ${hex(usbVendorId)}:${hex(usbProductId)}`;
    const taken = [...names.values()].filter((name) => name.startsWith(what)).length;
    names.set(port, taken ? `${what} (${taken + 1})` : what);
  }
  return names.get(port);
}

async function list() {
  const ports = navigator.serial ? await navigator.serial.getPorts() : [];
  tell({ what: "ports", names: ports.filter((port) => port.connected !== false).map(named) });
}

export async function start(send) {
  tell = send;
  navigator.serial?.addEventListener("connect", list);
  navigator.serial?.addEventListener("disconnect", list);
  await list();
}

export async function choose() {
  await navigator.serial.requestPort();
  await list();
}

async function pump(name, state) {
  try {
    while (state.port.readable && !state.isClosing) {
      state.reader = state.port.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await state.reader.read();
          if (done) break;
          tell({ what: "arrived", name, data: value });
        }
      } finally {
        state.reader.releaseLock();
      }
    }
  } catch {
    // Unplugged, or a break on the line: the worker sees a closed port, and opens it again if it is still there.
  }
  if (!state.isClosing) tell({ what: "lost", name });
}

export const calls = {
  async open(name, baudRate, dtr, rts) {
    const [port] = [...names].find(([, known]) => known === name) ?? [];
    if (!port || port.connected === false) return "gone";
    try {
      await port.open({ baudRate, bufferSize: 65536 });
    } catch (error) {
      return REASONS[error.name] ?? "failed";
    }
    const state = { port, writer: port.writable.getWriter(), isClosing: false };
    open.set(name, state);
    await calls.signals(name, dtr, rts);
    state.pumped = pump(name, state);
    return "";
  },
  async write(name, data) {
    try {
      await open.get(name).writer.write(data);
      return true;
    } catch {
      return false;
    }
  },
  async signals(name, dtr, rts) {
    try {
      await open.get(name)?.port.setSignals({ dataTerminalReady: dtr, requestToSend: rts });
    } catch {
      // Not every port has these lines: a pseudo-terminal has none.
    }
  },
  async close(name) {
    const state = open.get(name);
    if (!state) return;
    open.delete(name);
    state.isClosing = true;
    try {
      await state.reader?.cancel();
      await state.pumped;
      state.writer.releaseLock();
      await state.port.close();
    } catch {
      // It went away by itself.
    }
  },
};
