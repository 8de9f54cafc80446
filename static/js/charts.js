// The network of a region and the technology map, drawn by ECharts in the colours of the page. Both have
// a list or a table beside them that says the same.
"use strict";
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const shades = () => ({
  text: colour("--text"),
  muted: colour("--muted"),
  card: colour("--card"),
  line: colour("--line"),
  company: colour("--dot-company"),
  university: colour("--dot-university"),
  institute: colour("--dot-institute"),
  capability: colour("--dot-university"),
  need: colour("--dot-need"),
  business: colour("--dot-company"),
  asset: colour("--dot-asset"),
});
const KINDS = ["capability", "need", "business", "asset"]; // as hub/profiles/tables.py numbers them
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const font = () => getComputedStyle(document.body).fontFamily;
const tooltip = (c, formatter) => ({
  renderMode: "richText", // no markup of the library's own: the page allows no inline style
  confine: true,
  backgroundColor: c.card,
  borderColor: c.line,
  textStyle: { color: c.text, fontFamily: font() },
  formatter,
});

const network = (data, c) => ({
  animation: !still,
  tooltip: tooltip(c, ({ data: d, dataType }) => (dataType === "edge" ? `${d.value}` : d.name)),
  series: [
    {
      type: "graph",
      layout: "force",
      roam: true,
      zoom: 0.85,
      force: { repulsion: 16000 / (data.nodes.length + 20), edgeLength: [50, 130], gravity: 0.12, layoutAnimation: false },
      emphasis: { focus: "adjacency", label: { show: true } },
      label: { show: true, position: "right", color: c.text, fontFamily: font(), fontSize: 12 },
      labelLayout: { hideOverlap: true },
      data: data.nodes.map((node) => ({
        id: node.id,
        name: node.name,
        address: node.address,
        symbolSize: 8 + 4 * Math.min(node.degree, 6),
        label: { show: data.nodes.length < 70 || node.degree > 1 },
        itemStyle: { color: c[node.kind] },
      })),
      edges: data.edges.map((edge) => ({
        source: edge.source,
        target: edge.target,
        value: edge.strength,
        lineStyle: { color: c.muted, width: 0.5 + edge.strength / 40, opacity: 0.45 },
      })),
    },
  ],
});

const techmap = (data, c) => {
  const small = innerWidth < 768;
  const some = data.points.some((point) => point[4]);
  const points = KINDS.map((kind, number) => ({
    type: "scatter",
    name: kind,
    symbolSize: (_value, { data: point }) => (some && point.here ? 10 : small ? 3 : 5),
    itemStyle: { color: c[kind] },
    data: data.points
      .filter((point) => point[3] === number)
      .map((point) => ({
        value: [point[0], point[1]],
        field: data.fields[point[2]],
        here: point[4],
        address: point.length > 5 ? data.profile.replace("0", point[5]) : null,
        name: point[6] ?? "",
        itemStyle: { opacity: some && !point[4] ? 0.18 : 0.75 },
      })),
  }));
  const axis = { type: "value", show: false, min: -1.05, max: 1.05 };
  return {
    animation: false,
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: axis,
    yAxis: axis,
    dataZoom: [
      { type: "inside", xAxisIndex: 0, filterMode: "none" },
      { type: "inside", yAxisIndex: 0, filterMode: "none" },
    ],
    tooltip: tooltip(c, ({ data: d }) => (d.field ? `${d.name}\n${d.field}` : "")),
    series: [
      ...points,
      {
        type: "scatter",
        silent: true,
        symbolSize: 1,
        itemStyle: { color: "transparent" },
        z: 10,
        label: {
          show: true,
          formatter: "{b}",
          color: c.text,
          fontFamily: font(),
          fontWeight: 700,
          fontSize: small ? 11 : 14,
          textBorderColor: c.card,
          textBorderWidth: 4,
        },
        labelLayout: { hideOverlap: true },
        data: data.labels.map(([x, y, field]) => {
          const name = data.fields[field].split(/[(,]/)[0].trim();
          return { value: [x, y], name: small && name.length > 14 ? `${name.slice(0, 13)}…` : name };
        }),
      },
    ],
  };
};

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
    if (figure.dataset.chart === "techmap" && !data.points.length) return fail(figure.dataset.empty);
    const chart = echarts.init(canvas);
    const paint = () =>
      chart.setOption(figure.dataset.chart === "network" ? network(data, shades()) : techmap(data, shades()));
    paint();
    chart.on("click", ({ data: d }) => d?.address && location.assign(d.address));
    new ResizeObserver(() => chart.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    figure.dataset.drawn = "";
  } catch {
    fail(figure.dataset.failed);
  } finally {
    figure.classList.remove("waiting");
  }
};
const drawAll = () => {
  for (const figure of document.querySelectorAll("[data-chart]:not([data-begun])")) {
    figure.dataset.begun = "";
    draw(figure);
  }
};
drawAll();
document.addEventListener("htmx:afterSettle", drawAll); // what was still being made is there now
