// Pointing at a step of a proof, or going there with the keyboard, lights up what it speaks of in the figure, the facts
// that it needs, and its node in the graph. A fact's number is data-fact, what it needs is data-needs.
const figure = document.querySelector("svg.figure");
const told = new Map([...document.querySelectorAll(".facts [data-fact]")].map((line) => [line.dataset.fact, line]));
let kept = "";

const marked = (number, name) => {
  for (const one of document.querySelectorAll(`[data-fact="${CSS.escape(number)}"]`)) one.classList.add(name);
};

const light = (number) => {
  for (const one of document.querySelectorAll(".drawn .on, .drawn .needed")) one.classList.remove("on", "needed");
  figure?.classList.toggle("lighting", told.has(number));
  if (!told.has(number)) return;
  for (const need of (told.get(number).dataset.needs || "").split(" ").filter(Boolean)) marked(need, "needed");
  marked(number, "on");
  for (const edge of document.querySelectorAll(`.edge[data-to="${CSS.escape(number)}"]`)) edge.classList.add("on");
};

const numberAt = (target) => target?.closest?.("[data-fact]")?.dataset.fact || "";

document.addEventListener("pointerover", (event) => light(numberAt(event.target) || kept));
document.addEventListener("focusin", (event) => light((kept = numberAt(event.target))));
document.addEventListener("focusout", () => light((kept = "")));

// What an address names, or a node of the graph leads to, stays lit.
const named = () => light((kept = location.hash.replace(/^#fact-/, "")));
addEventListener("hashchange", named);
if (location.hash) named();

// A tall tree is shown where it begins.
for (const box of document.querySelectorAll(".tree .scroll")) {
  const root = box.querySelector("svg.search-tree > svg");
  if (root) box.scrollTop = root.y.baseVal.value - box.clientHeight / 2;
}
