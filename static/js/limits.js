// How much of its limit a field holds, counted as hub/profiles/limits.py counts: characters after cleaning, not
// the browser's units. Nothing is cut and nothing stopped: what is too long is said here, and by the server.
"use strict";
const SPACE = /[\p{Zs}\p{Zl}\p{Zp}]+/gu;
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu;
const cleaned = (text) =>
  text
    .normalize("NFC")
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(UNSEEN, "").replace(SPACE, " ").replace(/^ | $/g, "")) // trim() takes more
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
const counted = (text, lines) => [...(lines ? cleaned(text) : cleaned(text).replace(/\n+/g, " "))].length;

for (const limit of document.querySelectorAll("[data-limit-of]")) {
  const field = document.getElementById(limit.dataset.limitOf);
  const most = Number(limit.dataset.most);
  const over = limit.querySelector("[data-over]");
  const grouped = new Intl.NumberFormat(document.documentElement.lang);
  let saying;
  const show = () => {
    const count = counted(field.value, "lines" in limit.dataset);
    const much = count - most;
    limit.querySelector("[data-count]").textContent = grouped.format(count);
    limit.classList.toggle("over", much > 0);
    if (!("lines" in limit.dataset)) limit.hidden = count <= most * 0.9;
    if (much > 0) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    // Said once the typing rests: a screen reader reads it out, and not on every key.
    clearTimeout(saying);
    const words = much > 0 ? over.dataset.words.replace("{n}", grouped.format(much)) : "";
    if (words) saying = setTimeout(() => (over.textContent = words), 400);
    else over.textContent = "";
  };
  field.addEventListener("input", show);
  field.addEventListener("limit", show); // js/draft.js has put another text in
  window.addEventListener("pageshow", show);
  show();
}
