// Draws the charts of a page: ECharts with the few kinds that pages use, in the colours of the theme. It is loaded only
// when a page has a chart. The policy forbids inline styles in markup, so tooltips are drawn on the canvas too.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { colour } from "./colours";
import { heightOf, SHARES, shares, type Told } from "./shares";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const NAMES = ["primary", "secondary", "accent", "success", "info", "error"];
const drawn = new Map<HTMLElement, EChartsType>();

export function draw(): void {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    const told = place.dataset.told;
    if (drawn.has(place) || !told) continue;
    const kind = place.dataset.chart ?? "", data = JSON.parse(told) as Told, ofShares = SHARES.includes(kind);
    const height = ofShares ? heightOf(kind, data) : undefined;
    if (height !== undefined) place.style.height = `${height}px`;
    const chart = init(place, null, { renderer: "canvas" });
    drawn.set(place, chart);
    if (ofShares) chart.setOption(shares(kind, data, place.dataset.unit ?? "", place.clientWidth));
    else chart.setOption(kind === "curve" ? curve(data) : options(kind, data));
    new ResizeObserver(() => { if (place.isConnected) chart.resize(); }).observe(place);
  }
}

function redraw(): void {
  for (const chart of drawn.values()) chart.dispose();
  drawn.clear();
  draw();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

function options(kind: string, told: Told): Parameters<EChartsType["setOption"]>[0] {
  const text = colour("base-content"), line = colour("base-300"), ground = colour("base-100");
  const bars = kind === "bars" || kind === "stacked";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    color: NAMES.map((name) => colour(name)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 12, top: 16, bottom: told.series.length > 1 ? 40 : 8, containLabel: true },
    legend: told.series.length > 1 ? { bottom: 0, type: "scroll", textStyle: { color: text } } : { show: false },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: ground, borderColor: line,
      textStyle: { color: text }, axisPointer: { type: bars ? "shadow" : "line" },
    },
    xAxis: {
      type: "category", data: told.labels, boundaryGap: bars, axisLabel: { color: text, hideOverlap: true },
      axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
    },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } },
    series: told.series.map((one) => bars
      ? { type: "bar" as const, name: one.name, data: one.values, barMaxWidth: 36, ...(kind === "stacked" ? { stack: "all" } : {}) }
      : {
        type: "line" as const, name: one.name, data: one.values, showSymbol: false, lineStyle: { width: 2 },
        ...(kind === "areas" ? { areaStyle: { opacity: 0.25 }, stack: "all" } : {}),
      }),
  };
}

// What was said against what happened, both in percent: the nearer to the diagonal, the truer. Further series are for the
// table.
function curve(told: Told): Parameters<EChartsType["setOption"]>[0] {
  const text = colour("base-content"), line = colour("base-300"), ground = colour("base-100");
  const [said, happened] = told.series;
  if (!said || !happened) throw new RangeError("A curve has two series: what was said, and what happened.");
  const points = said.values.map((value, place) => [value ?? 0, happened.values[place] ?? 0]);
  const most = Math.min(100, Math.ceil(Math.max(...points.flat(), 1) * 1.05));
  const axis = {
    type: "value" as const, min: 0, max: most, nameLocation: "middle" as const, nameTextStyle: { color: text },
    axisLabel: { color: text, hideOverlap: true, showMaxLabel: false }, splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    color: NAMES.map((name) => colour(name)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 28, right: 16, top: 12, bottom: 28, containLabel: true },
    legend: { show: false },
    tooltip: {
      trigger: "item", renderMode: "richText", confine: true, backgroundColor: ground, borderColor: line,
      textStyle: { color: text },
      formatter: (one: unknown) => {
        const [x, y] = (one as { value: number[] }).value;
        return `${said.name}: ${x}\n${happened.name}: ${y}`;
      },
    },
    xAxis: { ...axis, name: said.name, nameGap: 26 },
    yAxis: { ...axis, name: happened.name, nameGap: 36 },
    series: [
      { type: "line", data: [[0, 0], [most, most]], showSymbol: false, silent: true, lineStyle: { width: 1, type: "dashed", color: text } },
      { type: "line", data: points, symbol: "circle", symbolSize: 9, lineStyle: { width: 2 } },
    ],
  };
}
