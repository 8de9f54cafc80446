// Going back or forth within the search page: the form shows what the address says, and the results
// follow. htmx would reload the page, and a reload cancels the next step back of a quick reader.
// Loaded before htmx, so that this listener comes first.
"use strict";
window.addEventListener("popstate", (event) => {
  const form = document.getElementById("search");
  if (!form || location.pathname !== form.getAttribute("action")) return;
  event.stopImmediatePropagation();
  const asked = new URLSearchParams(location.search);
  for (const control of form.elements) {
    if (control.name) control.value = asked.get(control.name) ?? "";
  }
  htmx
    .ajax("GET", location.pathname + location.search, { source: "#results", target: "#results" })
    .catch(() => {}); // a newer request has replaced this one
});
