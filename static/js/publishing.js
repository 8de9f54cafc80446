// Before something is published for the first time, or for other eyes than before, the form asks once: what will be
// seen, by whom, with the name or without it. Without this file it is published at once.
"use strict";
{
  const form = document.querySelector("form[data-stands]");
  const dialog = document.getElementById("publishing");

  // Only a need may hide its name; what is chosen otherwise would promise what the server refuses.
  form?.addEventListener("change", ({ target }) => {
    if (target.name === "kind" && target.value !== "need") form.elements.visibility.value = "public";
  });
  form?.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (pressed?.value !== "publish" || dialog.contains(pressed)) return;
    const visibility = form.elements.visibility.value;
    if (visibility === form.dataset.stands) return; // it is published so already
    event.preventDefault();
    const text = form.elements.text.value.trim();
    dialog.querySelector("blockquote").textContent = text.length > 160 ? `${text.slice(0, 160)}…` : text;
    for (const said of dialog.querySelectorAll("[data-when]")) said.hidden = said.dataset.when !== visibility;
    const unit = form.elements.unit?.selectedOptions[0]; // without a choice the page says which
    if (unit) dialog.querySelector("[data-unit]").textContent = unit.value ? ` · ${unit.text}` : "";
    dialog.showModal();
  });
  dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());
}
