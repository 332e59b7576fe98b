// The page's own thread: draws what Python asks for, owns the serial ports, and says what this browser can't do.

import * as drawing from "./drawing.js";
import * as serial from "./serial.js";

const SENTENCES = {
  serial:
    "This browser can't reach USB devices. Open this page in Chrome or Edge on a computer, or in Chrome 148 or newer on" +
    " Android. You can still read the records that this browser has.",
  secure: "This page must come over https, or from this computer: open it at its https address.",
  old: "This browser is too old for this page: update it, or use Chrome or Edge 137 or newer.",
  second: "sitbone is open in another tab or window. Close that one, then reload this page.",
  forgets:
    "This window keeps nothing: it is private, or the browser gives this page no room. Export your records before you" +
    " close it, or open the page in an ordinary window.",
  failed: "The page could not start. Reload it; if it fails again, update the browser.",
  crashed: "Something went wrong. Reload the page: what was stored is kept.",
};

function say(name, kind = "bad") {
  const notice = document.createElement("div");
  notice.className = `notice ${kind}`;
  notice.dataset.name = name;
  notice.textContent = SENTENCES[name];
  document.getElementById("notices").append(notice);
}

const canRun = () => "Suspending" in WebAssembly && "serviceWorker" in navigator && Boolean(navigator.storage?.getDirectory);

const worker = isSecureContext && canRun() ? new Worker("worker.js", { type: "module" }) : null;
const tell = (message) => worker.postMessage(message);

const heard = {
  draw: ({ operations }) => drawing.draw(operations),
  loading({ percent, words }) {
    const bar = document.getElementById("loading-bar");
    if (!bar) return;
    bar.value = percent;
    document.getElementById("loading-words").textContent = words;
  },
  ready({ why }) {
    if (why) say(why, "warn");
    go();
  },
  refused({ why }) {
    document.getElementById("loading").hidden = true;
    say(why);
  },
  failed({ words }) {
    console.error(words);
    say("failed");
  },
  async ask({ number, call, args }) {
    tell({ what: "answer", number, result: await serial.calls[call](...args) });
  },
  offer({ content, name, type }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};

const go = () => {
  const address = location.hash.slice(1) || "/";
  if (address.startsWith("/")) tell({ what: "go", address });
};

async function choose() {
  if (!navigator.serial) return say("serial");
  try {
    await serial.choose();
    location.hash = "#/cushion";
  } catch {
    // The person closed the list without a choice.
  }
}

function followed(event) {
  if (event.target.closest("[data-choose]")) return choose();
  if (event.target.closest("[data-print]")) return window.print();
  const href = event.target.closest("a[href^='/']")?.getAttribute("href");
  if (!href) return undefined;
  event.preventDefault();
  if (location.hash === `#${href}`) go();
  location.hash = `#${href}`;
  return undefined;
}

function start() {
  if (!isSecureContext) return say("secure");
  if (!worker) return say("old");
  if (!navigator.serial) say("serial", "warn");
  drawing.start((number, name, value) => tell({ what: "event", number, name, value }));
  worker.onmessage = ({ data }) => heard[data.what](data);
  worker.onerror = () => say("crashed");
  serial.start(tell);
  addEventListener("hashchange", go);
  document.addEventListener("click", followed);
  document.addEventListener("visibilitychange", () => tell({ what: "seen", isSeen: !document.hidden }));
  navigator.serviceWorker.register("offline.js");
  // Without this a browser short of room may remove what the page has stored; it may say no.
  return navigator.storage.persist?.();
}

start();
