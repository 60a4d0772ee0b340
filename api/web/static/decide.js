// Decisions: sent with the reader's key, which is asked for once and kept by this tab alone. A page is loaded again after
// each, so that it shows what now holds.
"use strict";

const KEY = "crossmedia key";

const asked = () => new Promise((answer) => {
  const dialog = document.createElement("dialog");
  dialog.className = "key-asked";
  dialog.innerHTML = "<form method=dialog><p></p><label>Key <input type=password name=key autocomplete=off required minlength=16></label><menu><button value=send>Go on</button><button value=no class='button quiet' formnovalidate>Cancel</button></menu></form>";
  dialog.querySelector("p").textContent = "To decide, a key is needed. This tab keeps it until it is closed.";
  dialog.addEventListener("close", () => {
    const key = dialog.returnValue === "send" ? dialog.querySelector("input").value : "";
    dialog.remove();
    answer(key);
  });
  document.body.append(dialog);
  dialog.showModal();
});

const told = (text) => {
  let place = document.querySelector(".decision-told");
  if (!place) {
    place = document.createElement("p");
    place.className = "decision-told notice";
    place.setAttribute("role", "alert");
    document.querySelector("main").prepend(place);
  }
  place.textContent = text;
  place.scrollIntoView({block: "center"});
};

const send = async (method, address, body) => {
  const key = sessionStorage.getItem(KEY) || await asked();
  if (!key) return;
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers: {"X-Api-Key": key, ...(body ? {"Content-Type": "application/json"} : {})},
      body: body && JSON.stringify(body),
    });
  } catch {
    told("The service did not answer; nothing was decided.");
    return;
  }
  if (answer.ok) {
    sessionStorage.setItem(KEY, key);
    location.reload();
    return;
  }
  sessionStorage.removeItem(KEY);
  const problem = await answer.json().catch(() => ({}));
  told(problem.detail || `The service answered ${answer.status}.`);
};

const DECISIONS = "/api/v1/decisions";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decide], [data-withdraw]");
  if (!button) return;
  if (button.dataset.withdraw) send("DELETE", `${DECISIONS}/${encodeURIComponent(button.dataset.withdraw)}`);
  else send("POST", DECISIONS, JSON.parse(button.dataset.decide));
});

for (const form of document.querySelectorAll("form[data-annotate], form[data-merge]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const {annotate, merge} = form.dataset;
    const written = Object.fromEntries(new FormData(form));
    if (annotate) send("POST", DECISIONS, {action: "annotate", subject: annotate, note: written.note});
    else send("POST", DECISIONS, {action: "merge", subject: merge, target: written.target.trim().split("/").pop()});
  });
}
