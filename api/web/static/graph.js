// Pointing at a node, or reaching it by keyboard, shows what it is joined to. The picture is whole without it.
"use strict";

const figure = document.querySelector(".network");
if (figure) {
  const lines = [...figure.querySelectorAll("line[data-start]")];
  const nodes = new Map([...figure.querySelectorAll("[data-key]")].map((node) => [node.dataset.key, node]));
  const clear = () => {
    figure.classList.remove("pointed");
    for (const shown of figure.querySelectorAll(".near")) shown.classList.remove("near");
  };
  const ends = new Map(lines.map((line) => [line, [line.dataset.start, line.dataset.end]]));
  const point = (node) => {
    clear();
    figure.classList.add("pointed");
    node.classList.add("near");
    for (const [line, pair] of ends) {
      if (!pair.includes(node.dataset.key)) continue;
      line.classList.add("near");
      for (const key of pair) nodes.get(key)?.classList.add("near");
    }
  };
  for (const node of nodes.values()) {
    node.addEventListener("pointerenter", () => point(node));
    node.addEventListener("pointerleave", clear);
    node.addEventListener("focusin", () => point(node));
    node.addEventListener("focusout", clear);
  }
}
