// The posting form keeps what is written in this browser, so that a closed tab or an expired session loses
// nothing; it is forgotten once the text is sent and accepted, on signing out, and after thirty days.
"use strict";
const form = document.querySelector("form[data-draft]");
const key = `draft:${form.dataset.draft}`;
const note = document.getElementById("draft-note");
const LASTS = 30 * 24 * 3600 * 1000;
const NAMES = ["kind", "text", "translation", "trl", "visibility", "fields"];

const written = () =>
  Object.fromEntries(NAMES.map((name) => [name, new FormData(form).getAll(name)]));
const text = () => form.elements.text.value.trim();
const original = JSON.stringify(written());

const tell = (words) => {
  note.querySelector("span").textContent = words;
  note.hidden = false;
};
const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Date.now() - kept.at < LASTS ? kept.values : null;
  } catch {
    return null;
  }
};
const put = (values) => {
  for (const control of form.elements) {
    if (!NAMES.includes(control.name)) continue;
    const kept = values[control.name] ?? [];
    if (control.type === "radio" || control.type === "checkbox") control.checked = kept.includes(control.value);
    else control.value = kept[0] ?? "";
  }
};

let waiting;
const keep = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const values = written();
    if (!text() || JSON.stringify(values) === original) return;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
      if (note.hidden) tell(note.dataset.saved);
    } catch {
      // Storage is off or full: the form works as it does without this file.
    }
  }, 300);
};
const count = () => {
  for (const one of document.querySelectorAll("[data-count-of]")) {
    one.textContent = form.elements[one.dataset.countOf].value.length;
  }
};

// KRDS's step indicator over one page: what is filled in is done, the first that is not is where one stands.
const steps = () => {
  const values = written();
  const done = [
    values.kind.length > 0,
    text().length >= form.elements.text.minLength,
    values.fields.length > 0 || values.trl[0] !== "" || values.translation[0].trim() !== "",
    values.visibility.length > 0,
  ];
  const at = done.indexOf(false);
  document.querySelectorAll(".steps li").forEach((step, number) => {
    step.classList.toggle("done", done[number]);
    step.classList.toggle("active", number === at);
  });
};

form.addEventListener("input", () => {
  keep();
  count();
  steps();
});
form.addEventListener("submit", () => {
  // Kept until the next page says that it was accepted: see below.
  clearTimeout(waiting);
  store("sessionStorage")?.setItem("sent-draft", key);
});
note.querySelector("button").addEventListener("click", () => {
  store("localStorage")?.removeItem(key);
  put(JSON.parse(original));
  note.hidden = true;
  count();
  form.elements.text.focus();
});

const kept = read();
if (kept && !new URLSearchParams(location.search).has("text") && !("sent" in form.dataset) && JSON.stringify(kept) !== original) {
  put(kept);
  tell(note.dataset.kept);
}
store("sessionStorage")?.removeItem("sent-draft"); // this form is shown again, so nothing was accepted
count();
steps();
if (text()) window.addEventListener("load", () => htmx.trigger(form.elements.text, "check"));
