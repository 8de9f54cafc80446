// Drawings whose data are fetched when they come near the window: the network of a region (network.js) and the
// technology map (techmap.js). Both have a list or a table beside them that says the same.
"use strict";
const painters = {}; // by name: takes the figure and its data, draws, gives back what draws it again
const breath = () => new Promise((go) => setTimeout(go)); // lets what the reader does come in between

const draw = async (figure) => {
  const canvas = figure.querySelector(".chart-canvas");
  const fail = (words) => {
    canvas.textContent = words;
    figure.classList.add("failed");
    figure.removeAttribute("aria-hidden");
  };
  figure.classList.add("waiting");
  try {
    const answer = await fetch(figure.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    await breath();
    const again = await painters[figure.dataset.chart](figure, data);
    if (!again) return fail(figure.dataset.empty);
    let width = canvas.clientWidth;
    new ResizeObserver(() => {
      if (canvas.clientWidth === width) return; // as when it begins to be observed
      width = canvas.clientWidth;
      again();
    }).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    document.fonts.addEventListener("loadingdone", again); // names are measured
    figure.dataset.drawn = "";
  } catch {
    fail(figure.dataset.failed);
  } finally {
    figure.classList.remove("waiting");
  }
};
const near = new IntersectionObserver(
  (figures) => {
    for (const { target, isIntersecting } of figures) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "50%" },
);
const drawAll = () => {
  for (const figure of document.querySelectorAll("[data-chart]:not([data-begun])")) {
    figure.dataset.begun = "";
    near.observe(figure);
  }
};
document.addEventListener("DOMContentLoaded", drawAll); // every painter is there by then
document.addEventListener("htmx:afterSettle", drawAll); // what was still being made is there now
