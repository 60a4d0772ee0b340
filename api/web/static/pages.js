// Two conveniences; every page works without them: a file dropped on the form is looked for at once, and a time code
// moves the player that is on the page instead of loading the page again.
"use strict";

for (const form of document.querySelectorAll("form.drop")) {
  const field = form.querySelector("input[type=file]");
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    form.classList.toggle("over", depth > 0);
  };
  form.addEventListener("dragenter", (event) => { event.preventDefault(); mark(1); });
  form.addEventListener("dragleave", () => mark(-1));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-depth);
    if (event.dataTransfer.files.length === 0) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", () => form.classList.add("busy"));
}
// A page shown again from the browser's memory is no longer waiting.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.busy")) form.classList.remove("busy");
});

const player = document.querySelector(".player audio, .player video");
if (player) {
  for (const link of document.querySelectorAll("a.jump")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      player.currentTime = Number(link.dataset.time);
      player.play().catch(() => {});
      for (const line of document.querySelectorAll(".transcript .now")) line.classList.remove("now");
      const line = link.closest(".transcript li");
      if (line) line.classList.add("now");
      history.replaceState(null, "", link.href);
    });
  }
}
