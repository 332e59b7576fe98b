// Python, in a worker: so that the page never waits for it, and SQLite may wait for the disk.

import { loadPyodide } from "./pyodide/pyodide.mjs";
import { mount, take } from "./files.js";

const HOME = "/home/sitbone";
const ports = { names: [] };
const lines = new Map(); // port -> {chunks, bytes, isLost, wake}
const asked = new Map(); // number -> what waits for the answer
let python;
let last = 0;

const line = (name) => {
  if (!lines.has(name)) lines.set(name, { data: new Uint8Array(0), isLost: false, wake: () => {} });
  return lines.get(name);
};

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

// What browser/*.py imports as sitbone_page.
const page = {
  draw: (operations) => postMessage({ what: "draw", operations }),
  offer(content, name, type) {
    const data = typeof content === "string" ? content : content.toJs();
    postMessage({ what: "offer", content: data, name, type });
  },
  ask(call, ...args) {
    last += 1;
    if (call === "open") lines.delete(args[0]);
    const plain = args.map((arg) => arg?.toJs?.() ?? arg);
    postMessage({ what: "ask", number: last, call, args: plain });
    return new Promise((resolve) => asked.set(last, resolve));
  },
  ports: () => JSON.stringify(ports.names),
  waiting: (name) => (line(name).data.length === 0 && line(name).isLost ? -1 : line(name).data.length),
  read(name, count) {
    const state = line(name);
    const taken = state.data.slice(0, count);
    state.data = state.data.slice(count);
    return taken;
  },
  arrival(name, count, timeoutMs) {
    const state = line(name);
    return new Promise((resolve) => {
      const timer = timeoutMs < 0 ? 0 : setTimeout(done, timeoutMs);
      function done() {
        clearTimeout(timer);
        state.wake = () => {};
        resolve();
      }
      state.wake = () => {
        if (state.isLost || state.data.length >= count) done();
      };
      state.wake();
    });
  },
};

const heard = {
  event: ({ number, name, value }) => python.happen(number, name, value),
  go: ({ address }) => python.go(address),
  seen: ({ isSeen }) => python.seen(isSeen),
  ports({ names }) {
    ports.names = names;
  },
  arrived({ name, data }) {
    const state = line(name);
    state.data = joined(state.data, data);
    state.wake();
  },
  lost({ name }) {
    line(name).isLost = true;
    line(name).wake();
  },
  answer({ number, result }) {
    asked.get(number)(result);
    asked.delete(number);
  },
};

const early = [];
onmessage = ({ data }) => {
  if (!python && !["ports", "arrived", "lost", "answer"].includes(data.what)) early.push(data);
  else heard[data.what](data);
};

const say = (percent, words) => postMessage({ what: "loading", percent, words });

// A page that was closed or reloaded a moment ago holds its files for a moment more.
const TRIES = 12;
const BETWEEN_TRIES_MS = 250;

async function files() {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      return { handles: await take(), why: "" };
    } catch (error) {
      if (error.name !== "NoModificationAllowedError") return { handles: new Map(), why: "forgets" };
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
  return { handles: null, why: "second" };
}

async function start() {
  const { handles, why } = await files();
  if (!handles) return postMessage({ what: "refused", why });
  say(10, "Loading Python …");
  const [pyodide, code] = await Promise.all([
    loadPyodide({ indexURL: new URL("./pyodide/", import.meta.url).href, env: { HOME, SITBONE_HOME: HOME } }),
    fetch("python.zip").then((answer) => answer.arrayBuffer()),
  ]);
  say(80, "Starting …");
  mount(pyodide, HOME, handles);
  pyodide.registerJsModule("sitbone_page", page);
  pyodide.unpackArchive(code, "zip", { extractDir: "/lib/sitbone" });
  pyodide.runPython("import sys; sys.path.insert(0, '/lib/sitbone')");
  const module = pyodide.pyimport("sitbone.page.browser.start");
  const calling = (name) => (...args) => module[name].callPromising(...args);
  python = { happen: calling("happen"), go: calling("go"), seen: calling("seen") };
  postMessage({ what: "ready", why });
  for (const data of early) heard[data.what](data);
}

start().catch((error) => postMessage({ what: "failed", words: String(error) }));
