// Puts the visits of a plan in another order by dragging, and asks at once what that breaks.
// The page works without: the buttons of the form do the same.
const form = document.getElementById("arrange");
const place = document.getElementById("arranged");
let held = null;
let asked = 0;

function lists() {
  return [...place.querySelectorAll(".visits")];
}

function written() {
  for (const list of lists()) {
    const ids = [...list.querySelectorAll(".visit")].map((visit) => visit.dataset.id);
    const field = place.querySelector(`input[name="route-${list.dataset.truck}"]`);
    if (field) field.value = ids.join(",");
  }
  for (const field of place.querySelectorAll(".pos")) field.value = "";
}

async function evaluated(move) {
  const said = new URLSearchParams(new FormData(form));
  said.delete("do");
  if (move) said.set("move", move);
  const turn = ++asked;
  let answer;
  try {
    answer = await fetch(form.dataset.evaluate, { method: "POST", body: said });
  } catch {
    return false;
  }
  if (!answer.ok || answer.redirected) return false;
  const html = await answer.text();
  if (turn === asked) {
    place.innerHTML = html;
    draggable();
  }
  return true;
}

function draggable() {
  for (const visit of place.querySelectorAll(".visit")) visit.draggable = true;
}

function over(event) {
  const visit = event.target.closest?.(".visit");
  return held && visit && visit !== held ? visit : null;
}

place.addEventListener("dragstart", (event) => {
  held = event.target.closest(".visit");
  if (!held) return;
  held.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.dataset.id);
});
place.addEventListener("dragover", (event) => {
  const visit = over(event);
  if (!visit) return;
  event.preventDefault();
  for (const one of place.querySelectorAll(".is-over")) one.classList.remove("is-over");
  visit.classList.add("is-over");
});
place.addEventListener("drop", (event) => {
  const visit = over(event);
  if (!visit) return;
  event.preventDefault();
  const comesLater = held.compareDocumentPosition(visit) & Node.DOCUMENT_POSITION_FOLLOWING;
  visit.parentElement.insertBefore(held, comesLater ? visit.nextSibling : visit);
  written();
  evaluated("");
});
place.addEventListener("dragend", () => {
  held?.classList.remove("is-held");
  for (const one of place.querySelectorAll(".is-over")) one.classList.remove("is-over");
  held = null;
});
form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.name !== "move") return;
  event.preventDefault();
  for (const field of place.querySelectorAll(".pos")) field.value = "";
  if (!(await evaluated(button.value))) form.requestSubmit();
  place.querySelector(`button[value="${button.value}"]`)?.focus();
});
draggable();
