// How much of its limit a field holds, counted as hub/text.py counts: characters after cleaning,
// not the browser's units. Nothing is cut and nothing stopped: what is too long is said here, and by the server.
"use strict";
const BLANKS = /[\p{Cc}\u2800\ufffc]/u;
const UNSEEN = /[\p{Cf}\p{Cs}\p{Co}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0d\u{16fe4}\u{1d159}\u{e0100}-\u{e01ef}]/u;
const UNKNOWN = /\p{Cn}/u;
const PICTURE = /[\p{So}\u{1f000}-\u{1faff}]/u;
const BEFORE_JOINER = /[\p{So}\u{1f000}-\u{1faff}\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/u;
const visible = (text) => {
  const kept = [];
  const letters = [...text];
  letters.forEach((c, at) => {
    if (BLANKS.test(c)) kept.push(" ");
    else if (c === "\u200d") {
      if (BEFORE_JOINER.test(kept.at(-1) ?? "") && PICTURE.test(letters[at + 1] ?? "")) kept.push(c);
    } else if (c === "\ufe0e" || c === "\ufe0f") {
      if (PICTURE.test(kept.at(-1) ?? "")) kept.push(c);
    } else if (!UNSEEN.test(c) && (!UNKNOWN.test(c) || PICTURE.test(c))) kept.push(c);
  });
  return kept.join("");
};
const oneLine = (text) =>
  visible(text)
    .normalize("NFC")
    .replace(/[\p{Zs}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/^ | $/g, "");
const cleaned = (text) =>
  text
    .split(/\r\n|[\r\n\x85\u2028\u2029]/)
    .map(oneLine)
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
const counted = (text, lines) => [...(lines ? cleaned(text) : oneLine(text))].length;

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
