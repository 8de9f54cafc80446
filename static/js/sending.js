// A form that is being sent waits: its button says so and takes no second click. It comes back with the page
// (back and forth, a stopped request). What htmx sends is not concerned: there the answer takes its place.
"use strict";
const GIVE_UP = 30_000; // ms: nobody answers, and the form's key still makes one thing of two clicks
const sending = new Map(); // form → what to undo

const release = (form) => {
  sending.get(form)?.();
  sending.delete(form);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (sending.has(form)) return event.preventDefault();
  const other = event.submitter?.getAttribute("formtarget") ?? form.target;
  if (event.defaultPrevented || form.method !== "post" || (other && other !== "_self")) return;
  const buttons = [...form.elements].filter((one) => one.type === "submit" && !one.disabled);
  const pressed = event.submitter ?? buttons[0];
  const words = pressed && [...pressed.childNodes];
  const timer = setTimeout(() => release(form), GIVE_UP);
  sending.set(form, () => {
    clearTimeout(timer);
    for (const one of buttons) one.disabled = false;
    if (!pressed) return;
    pressed.removeAttribute("aria-busy");
    pressed.style.minWidth = "";
    pressed.replaceChildren(...words);
  });
  // Later: a button that is disabled now would not be among what is sent.
  setTimeout(() => {
    if (!sending.has(form)) return;
    if (pressed) {
      pressed.style.minWidth = `${pressed.offsetWidth}px`;
      pressed.setAttribute("aria-busy", "true");
      pressed.textContent = document.body.dataset.sending;
    }
    for (const one of buttons) one.disabled = true;
    announce(document.body.dataset.sending);
  });
});

window.addEventListener("pageshow", () => {
  for (const form of [...sending.keys()]) release(form);
});

// After signing in on the page that gave something back (hub/carrying.py) it goes on by itself.
document.querySelector("form[data-send-now]")?.requestSubmit();
