// The ports that the person allowed, opened and closed for browser/serial. What arrives goes to the worker as it comes.

const names = new Map(); // port -> the name that Python knows it by
const open = new Map(); // name -> what an open port needs

const TRIES = 4;
const BETWEEN_TRIES_MS = 250;

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

async function quietly(step) {
  try {
    await step();
  } catch {
    // The caller says why that is well.
  }
}

// A port that was closed a moment ago, by this page before it was reloaded, too, is busy for a moment more.
async function opened(port, baudRate) {
  let problem = "";
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt) await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    try {
      await port.open({ baudRate, bufferSize: 65536 });
      return "";
    } catch (error) {
      problem = REASONS[error.name] ?? "failed";
    }
  }
  return problem;
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
    const problem = await opened(port, baudRate);
    if (problem) return problem;
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
    // Not every port has these lines: a pseudo-terminal has none.
    await quietly(() => open.get(name)?.port.setSignals({ dataTerminalReady: dtr, requestToSend: rts }));
  },
  // MicroPython itself, by esptool-js. Returns what went wrong, "" for nothing.
  async flash(name, image, address) {
    const [port] = [...names].find(([, known]) => known === name) ?? [];
    if (!port) return "the port went away";
    const { ESPLoader, Transport } = await import("./esptool.js");
    const transport = new Transport(port, false);
    const terminal = { clean() {}, write() {}, writeLine() {} };
    try {
      const loader = new ESPLoader({ transport, baudrate: 460800, romBaudrate: 115200, terminal });
      await loader.main();
      const kept = { flashMode: "keep", flashFreq: "keep", flashSize: "keep" };
      await loader.writeFlash({ fileArray: [{ data: image, address }], ...kept, eraseAll: false, compress: true });
      await loader.after("hard_reset");
      return "";
    } catch (error) {
      return String(error.message ?? error);
    } finally {
      await transport.disconnect().catch(() => {});
    }
  },
  async close(name) {
    const state = open.get(name);
    if (!state) return;
    open.delete(name);
    state.isClosing = true;
    // Each step may fail where the port went away by itself; the next ones are still needed to open it again.
    await quietly(() => state.reader?.cancel());
    await quietly(() => state.pumped);
    await quietly(() => state.writer.releaseLock());
    await quietly(() => state.port.close());
  },
};
