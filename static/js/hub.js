// What every page has: menus that close, printing, copying the address or a text of the page, a word when a request fails, and
// the check that a page which comes back still belongs to whoever is at the browser.
"use strict";

const announce = (text) => {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  requestAnimationFrame(() => (announcer.textContent = text));
};

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const target = event.target.closest("[data-print], [data-copy-address], [data-copy]");
  if (!target) return;
  const copied = target.dataset.copy ? document.getElementById(target.dataset.copy).innerText.trim() : location.href;
  if ("print" in target.dataset) window.print();
  else if (!navigator.clipboard) window.prompt(target.textContent.trim(), copied); // not over plain HTTP
  else
    navigator.clipboard.writeText(copied).then(() => {
      announce(target.dataset.copied);
      target.dataset.label ??= target.textContent;
      target.textContent = target.dataset.copied;
      setTimeout(() => (target.textContent = target.dataset.label), 2500);
    });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// On paper there is nothing to open: what is folded away is printed too.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details.because:not([open]), details.solved:not([open])")];
  for (const one of folded) one.open = true;
});
window.addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});

// A browser may refuse to keep anything; pages work without.
const store = (name) => {
  try {
    return window[name];
  } catch {
    return null;
  }
};

// Drafts lie in this browser; whoever signs out leaves none to the next person at it.
document.addEventListener("submit", (event) => {
  if (!("forgetDrafts" in event.target.dataset)) return;
  const kept = store("localStorage");
  for (const key of Object.keys(kept ?? {})) if (key.startsWith("draft:")) kept.removeItem(key);
});

// What was sent from the posting form is saved, says the server, and names its form: that draft may go.
for (const { dataset } of document.querySelectorAll("[data-accepted]")) {
  const kept = dataset.accepted && store("localStorage");
  for (const key of Object.keys(kept || {})) {
    if (key.startsWith("draft:") && key.endsWith(`:${dataset.accepted}`)) kept.removeItem(key);
  }
}

// A page can come back from the browser's memory as it was left. When somebody has signed in or out since, in
// this tab or in another, it is emptied at once and asked for again (see hub/accounts/cookie.py).
const mark = () => /(?:^|; )session-mark=([^;]*)/.exec(document.cookie)?.[1] ?? "";
const mine = document.body.dataset.session;
const personOf = (of) => of.split(".")[1] ?? "";
const askAgain = () => {
  document.body.replaceChildren();
  location.reload();
};
// What somebody has begun to write is not thrown away with the page: it is covered until the same person is
// back. Another person's signing in, or a page without anything written, asks anew.
let begunToWrite = false;
document.addEventListener("input", (event) => {
  if (event.target.form?.method === "post") begunToWrite = true;
});
let covering = null;
const hideRest = (covered) => {
  for (const part of document.body.children) if (part !== covering) part.hidden = covered;
};
const checkWhose = () => {
  const now = mark();
  if (!mine || now === mine || (now && personOf(now) === personOf(mine))) {
    if (covering) hideRest(false);
    covering?.remove();
    covering = null;
    return;
  }
  if (now || !begunToWrite) return askAgain();
  if (covering) return;
  covering = document.createElement("main");
  covering.className = "inner covered";
  const said = Object.assign(document.createElement("p"), { className: "notice", textContent: document.body.dataset.covered });
  said.setAttribute("role", "alert");
  const link = Object.assign(document.createElement("a"), { href: document.body.dataset.signIn, target: "_blank", textContent: document.body.dataset.signInText });
  link.className = "krds-btn primary";
  covering.append(said, link);
  document.body.append(covering);
  hideRest(true);
};
window.addEventListener("pageshow", async (event) => {
  const back = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (back && mark() !== mine) return begunToWrite ? checkWhose() : askAgain();
  if (!event.persisted || !mine) return;
  try {
    // The session may also have ended elsewhere: by a new password, or of old age.
    const answer = await fetch("/session", { cache: "no-store" });
    if (answer.ok && (await answer.json()).mark !== mine) askAgain();
  } catch {
    // Without a connection nothing can be asked; the page stays.
  }
});
// The other tabs of somebody who has signed out show nothing more of it once they come into view.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") checkWhose();
});
