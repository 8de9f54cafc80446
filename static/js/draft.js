// The posting form keeps what is written in this browser, so that a closed tab or an expired session loses
// nothing. A draft is named by the key of its form (hub/accounts/once.py): two tabs keep two, a reload keeps its own, and
// what is accepted takes its own draft away and no other (js/hub.js). It lasts thirty days, or to signing out.
"use strict";
const form = document.querySelector("form[data-draft]");
const prefix = `draft:${form.dataset.draft}:`;
const note = document.getElementById("draft-note");
const list = document.getElementById("drafts");
const LASTS = 30 * 24 * 3600 * 1000;
const NAMES = ["kind", "text", "translation", "problems", "solves", "trl", "visibility", "fields", "unit", "version",
  "model", "maker", "year", "measures", "methods", "fee", "users", "contact"];
const kept = store("localStorage");

const written = () => Object.fromEntries(NAMES.map((name) => [name, new FormData(form).getAll(name)]));
const text = () => form.elements.text.value.trim();
// As the server gave it, whatever the browser has put back since.
const given = (control) =>
  control.type === "radio" || control.type === "checkbox"
    ? (control.defaultChecked && [control.value]) || []
    : control.type === "select-one"
      ? [([...control.options].find((option) => option.defaultSelected) ?? control.options[0]).value]
      : [control.defaultValue];
const controls = () => [...form.elements].filter((control) => NAMES.includes(control.name));
const original = Object.fromEntries(
  NAMES.map((name) => [name, controls().filter((one) => one.name === name).flatMap(given)]),
);
const differs = (values) => JSON.stringify(values) !== JSON.stringify(original);
const sentBack = "sent" in form.dataset; // shown again with what is to be mended: it holds what was written
const put = (values) => {
  for (const control of controls()) {
    if (!(control.name in values)) continue;
    const value = values[control.name];
    if (control.type === "radio" || control.type === "checkbox") control.checked = value.includes(control.value);
    else control.value = value[0] ?? "";
    control.dispatchEvent(new Event("limit"));
  }
  steps();
  if (text()) window.htmx?.trigger(form.elements.text, "check");
};

// KRDS's step indicator over one page: what is filled in is done, the first that is not is where one stands.
const steps = () => {
  const values = written();
  const done = [
    values.kind.length > 0,
    text().length >= form.elements.text.minLength && !form.elements.text.hasAttribute("aria-invalid"),
    values.fields.length > 0 || values.trl[0] !== "" || values.translation[0].trim() !== "",
    values.visibility.length > 0,
  ];
  const at = done.indexOf(false);
  document.querySelectorAll(".steps li").forEach((step, number) => {
    step.classList.toggle("done", done[number]);
    step.classList.toggle("active", number === at);
  });
};

// The drafts of this form that this browser keeps, the newest first: [id, {at, values}]. Old ones go.
const read = () => {
  const found = [];
  for (const name of Object.keys(kept ?? {})) {
    if (!name.startsWith("draft:")) continue;
    let draft = null;
    try {
      draft = JSON.parse(kept.getItem(name));
    } catch {
      // Not ours, or damaged: it goes like an old one.
    }
    if (!draft?.values || Date.now() - draft.at > LASTS) kept.removeItem(name);
    else if (name.startsWith(prefix)) found.push([name.slice(prefix.length), draft]);
  }
  return found.sort(([, one], [, other]) => other.at - one.at);
};
const keep = (id, draft) => {
  try {
    kept?.setItem(prefix + id, JSON.stringify(draft));
    return kept !== null;
  } catch {
    return false; // storage is off or full: the form works as it does without this file
  }
};

// Which draft this page writes. The page holds a lock of that name as long as it lives, so that a tab which was
// duplicated, and has all of its memory too, notices that the draft has a writer and begins one of its own.
let id = form.elements.once.value;
let letGo = null;
const locks = navigator.locks; // over plain HTTP a browser has none, and a duplicated tab shares its draft
const hold = (wanted, wait) =>
  new Promise((answer) => {
    if (!locks) return answer(true);
    locks
      .request(prefix + wanted, wait && AbortSignal.timeout ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock && new Promise((done) => (letGo = done));
      })
      .catch(() => answer(false));
  });
const become = (other) => {
  id = form.elements.once.value = other;
  history.replaceState({ ...history.state, draft: other }, "");
};
const held = async () => new Set(((await locks?.query())?.held ?? []).map((lock) => lock.name));

let waiting;
let touched = false; // by the person, since the page is open
let quiet = false; // forgotten, here or in another tab: only what is written from now on is kept
const save = () => {
  clearTimeout(waiting);
  if (quiet) return;
  const values = written();
  const worth = (sentBack || differs(values)) && (text() || values.translation[0].trim());
  if (!worth) kept?.removeItem(prefix + id);
  else if (keep(id, { at: Date.now(), values }) && note.hidden) tell("saved");
};
const tell = (what) => {
  note.querySelector("span").textContent = note.dataset[what];
  for (const button of note.querySelectorAll("button")) {
    button.hidden = (button.dataset.do === "undo") !== (what === "dropped");
  }
  note.hidden = false;
};

// What was begun elsewhere and not finished is offered, not put in: the person knows which of them is wanted.
const when = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Seoul" });
const offer = async () => {
  const busy = await held();
  const offered = read().filter(([name]) => name !== id && !busy.has(prefix + name));
  const item = ([name, draft]) => {
    const line = list.querySelector("template").content.cloneNode(true).firstElementChild;
    const said = `${draft.values.text?.[0] ?? ""}`.trim() || `${draft.values.translation?.[0] ?? ""}`.trim();
    const letters = [...said.replace(/\s+/g, " ")];
    const words = letters.length > 60 ? `${letters.slice(0, 60).join("")}…` : letters.join("");
    line.dataset.draft = name;
    line.querySelector(".words").textContent = words;
    line.querySelector("time").textContent = when.format(draft.at);
    line.querySelector("time").dateTime = new Date(draft.at).toISOString();
    for (const hidden of line.querySelectorAll(".sr-only")) hidden.textContent = ` – ${words}`;
    line.addEventListener("click", async (event) => {
      const what = event.target.closest("button")?.dataset.do;
      if (what === "take" && (await take(name))) return;
      if (what === "drop") kept.removeItem(prefix + name);
      if (what === "undo") keep(name, draft);
      for (const button of what ? line.querySelectorAll("button") : []) {
        button.hidden = (button.dataset.do === "undo") !== (what === "drop");
      }
      if (what) line.querySelector("button:not([hidden])").focus();
    });
    return line;
  };
  list.querySelector("ul").replaceChildren(...offered.map(item));
  list.hidden = offered.length === 0;
};
const take = async (name) => {
  const draft = read().find(([one]) => one === name)?.[1];
  const mine = letGo;
  if (!draft || !(await hold(name))) return false;
  save(); // what stands in the form now is a draft of its own, and is offered in turn
  mine?.();
  become(name);
  put({ ...original, ...draft.values });
  tell("kept");
  form.elements.text.focus();
  await offer();
  return true;
};

form.addEventListener("input", () => {
  touched = true;
  quiet = false;
  clearTimeout(waiting);
  waiting = setTimeout(save, 300);
  steps();
});
form.addEventListener("submit", save);
window.addEventListener("pagehide", save);
// Whoever signs out leaves nothing, here or in another tab that is still open.
document.addEventListener("submit", (event) => (quiet ||= "forgetDrafts" in event.target.dataset));
window.addEventListener("storage", ({ key, newValue }) => (quiet ||= newValue === null && (key === null || key === prefix + id)));
let dropped = null;
note.addEventListener("click", (event) => {
  const what = event.target.closest("button")?.dataset.do;
  if (what === "drop") {
    dropped = written();
    put(original);
    save();
    tell("dropped");
    form.elements.text.focus();
  } else if (what === "undo") {
    put(dropped);
    note.hidden = true;
    save();
    form.elements.text.focus();
  }
});

const begin = async () => {
  // The place in the browser's history remembers which draft was written there: a reload, or the way back.
  const before = history.state?.draft;
  const draft = read().find(([name]) => name === before)?.[1];
  if (!sentBack && draft && (await hold(before, 500))) {
    become(before);
    if (!touched && differs(draft.values)) {
      put(draft.values);
      tell("kept");
    }
  } else {
    // A duplicated tab may have the very page, key and all: it gets a key of its own.
    if (!(await hold(id))) await hold((id = crypto.randomUUID()));
    become(id);
    if (touched || sentBack) save();
  }
  await offer();
};
steps();
begin();
window.addEventListener("load", steps);
window.addEventListener("load", () => text() && htmx.trigger(form.elements.text, "check"));
