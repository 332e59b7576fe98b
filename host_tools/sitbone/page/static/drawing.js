// Does to the page what browser/elements.py asks for. Python decides what is shown; this only draws it.

const SVG = "http://www.w3.org/2000/svg";
const elements = new Map();

let emit = () => {};

export function start(send) {
  emit = send;
}

const root = () => document.getElementById("drawn") ?? document.body.appendChild(made("div", "drawn"));

function made(tag, id) {
  const found = document.createElement(tag);
  found.id = id;
  return found;
}

function forget(element) {
  for (const inside of [element, ...element.querySelectorAll("[id]")]) elements.delete(Number(inside.id.slice(1)));
}

const operations = {
  begin() {
    document.getElementById("beginning")?.remove();
    window.scrollTo(0, 0);
  },
  new(number, tag, into) {
    const parent = elements.get(into) ?? root();
    const isSvg = tag === "svg" || parent.namespaceURI === SVG;
    const found = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
    found.id = `c${number}`;
    elements.set(number, found);
    parent.append(found);
  },
  text(number, words) {
    elements.get(number).textContent = words;
  },
  html(number, content) {
    elements.get(number).innerHTML = content;
  },
  attribute(number, name, value) {
    const found = elements.get(number);
    if (value === null) found.removeAttribute(name);
    else found.setAttribute(name, value);
    // Labels and landmarks name elements by the number that Python knows; the id stays what it was.
    if (name === "id") elements.set(number, found);
  },
  style(number, words) {
    elements.get(number).style.cssText += `;${words}`;
  },
  value(number, words) {
    elements.get(number).value = words;
  },
  on(number, event) {
    const found = elements.get(number);
    const [name, key] = event.split(".");
    if (name === "file") return found.addEventListener("change", () => chosen(number, found));
    found.addEventListener(name, (happened) => {
      if (key && happened.key.toLowerCase() !== key) return;
      emit(number, event, found.value ?? null);
    });
  },
  clear(number) {
    const found = elements.get(number);
    for (const child of found.children) forget(child);
    found.replaceChildren();
  },
  remove(number) {
    const found = elements.get(number);
    if (!found) return;
    forget(found);
    elements.delete(number);
    found.remove();
  },
  move(number, index) {
    const found = elements.get(number);
    found.parentNode.insertBefore(found, found.parentNode.children[index]);
  },
  title(words) {
    document.title = words;
  },
};

async function chosen(number, chooser) {
  const [file] = chooser.files;
  if (!file) return;
  const isText = chooser.accept.includes("json");
  emit(number, "file", isText ? await file.text() : new Uint8Array(await file.arrayBuffer()));
  chooser.value = "";
}

export function draw(text) {
  for (const [name, ...what] of JSON.parse(text)) {
    if (name === "begin" || name === "new" || name === "title" || elements.has(what[0])) operations[name](...what);
  }
}
