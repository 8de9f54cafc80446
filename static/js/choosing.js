// The tray of what is to be compared. A choice outlives the list that it was made from: it stays on the
// tray while the reader types on, narrows or loads more. Without this file the boxes are a plain form.
"use strict";
const tray = document.getElementById("compare");
const most = Number(tray.dataset.most);
const chosen = new Map(); // value → title
const boxes = () => document.querySelectorAll('input[type="checkbox"][form="compare"]');
const button = tray.querySelector("button");
const shortcut = button.cloneNode(true);
shortcut.classList.add("compare-now");
shortcut.setAttribute("form", "compare");

// Shortened on the tray, whole where one points at it; of a pair each has a line.
const named = (title) => {
  const name = Object.assign(document.createElement("span"), { className: "tray-name", title });
  const parts = title.split(" – ");
  name.append(
    ...parts.map((text, at) =>
      Object.assign(document.createElement("span"), { textContent: at < parts.length - 1 ? `${text} – ` : text }),
    ),
  );
  return name;
};

const show = (last) => {
  const list = tray.querySelector(".tray-list");
  list.replaceChildren(
    ...[...chosen].map(([value, title]) => {
      const item = document.createElement("li");
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: tray.dataset.name, value });
      const off = Object.assign(document.createElement("button"), { type: "button", className: "chip-off" });
      off.append(Object.assign(document.createElement("span"), { className: "sr-only", textContent: `${title} ✕` }));
      off.addEventListener("click", () => {
        chosen.delete(value);
        show();
        (tray.querySelector(".chip-off") ?? document.getElementById("main")).focus();
      });
      item.append(field, named(title), off);
      return item;
    }),
  );
  if (last) list.scrollLeft = list.scrollWidth; // on a narrow screen the list goes beyond its side
  tray.classList.toggle("in-use", chosen.size > 0);
  document.documentElement.classList.toggle("has-tray", chosen.size > 0);
  for (const one of [button, shortcut]) {
    one.disabled = chosen.size < 2;
    one.dataset.label ??= one.textContent.trim();
    one.textContent = `${one.dataset.label} (${chosen.size})`;
  }
  for (const box of boxes()) {
    box.removeAttribute("name"); // the tray sends what is chosen
    box.checked = chosen.has(box.value);
    box.disabled = !box.checked && chosen.size >= most;
  }
  // Who chooses with keys goes on from the box that was ticked last, not from the end of the page.
  if (last && chosen.size > 1) last.closest(".compare-check").after(shortcut);
  else if (!last || chosen.size < 2) shortcut.remove();
};

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.('input[type="checkbox"][form="compare"]')) return;
  if (box.checked) chosen.set(box.value, box.dataset.title);
  else chosen.delete(box.value);
  show(box.checked ? box : null);
});
tray.addEventListener("submit", () => {
  // What was asked goes along; the address of the comparison then says all of it.
  for (const old of tray.querySelectorAll("[data-asked]")) old.remove();
  for (const { name, value } of document.getElementById("search")?.elements ?? []) {
    if (!name || !value) continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.asked = "";
    tray.append(field);
  }
});
document.addEventListener("htmx:afterSettle", () => show());
window.addEventListener("pageshow", () => {
  for (const box of boxes()) if (box.checked) chosen.set(box.value, box.dataset.title);
  show();
});
