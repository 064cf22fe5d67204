// Charts of what was answered: a number for each option with the interval in which it probably is (rows, columns, dots),
// and parts of a whole (parts). Of the series the first is the number, the second and third are the ends of its interval;
// of `parts` each is a part. `tones` names a colour for each option, of `parts` for each series.
import type { CustomSeriesRenderItem } from "echarts";
import type { EChartsType } from "echarts/core";
import { colour } from "./colours";

export interface Told {
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
  tones?: string[];
  least?: number;
  most?: number;
}
type Options = Parameters<EChartsType["setOption"]>[0];
interface Pointed { seriesName?: string; name?: string; dataIndex: number; value: number | number[] }

const ROW = 34, ROOM = 56; // pixels of a line, and of what is around all of them
export const SHARES = ["rows", "columns", "dots", "parts"];

// How high the chart has to be for its lines to be told apart; undefined for as high as others are.
export function heightOf(kind: string, told: Told): number | undefined {
  return kind === "columns" ? undefined : told.labels.length * ROW + ROOM + (kind === "parts" ? 24 : 0);
}

export function shares(kind: string, told: Told, unit: string, width: number): Options {
  const text = colour("base-content"), line = colour("base-300"), ground = colour("base-100");
  const lying = kind !== "columns", labelled = told.labels.some((one) => one !== "");
  const category = {
    type: "category" as const, data: told.labels, inverse: lying, axisTick: { show: false },
    axisLine: { lineStyle: { color: line } }, show: labelled,
    axisLabel: { color: text, interval: 0, ...(lying ? { width: Math.round(width * 0.34), overflow: "break" as const } : {}) },
  };
  const value = {
    type: "value" as const, min: told.least ?? 0, max: told.most ?? undefined, axisLabel: { color: text, formatter: `{value}${unit}`, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 24, top: 12, bottom: kind === "parts" ? 40 : 8, containLabel: true },
    legend: kind === "parts" ? { bottom: 0, type: "scroll", textStyle: { color: text }, pageTextStyle: { color: text }, pageIconColor: text } : { show: false },
    tooltip: {
      trigger: kind === "parts" ? "item" : "axis", renderMode: "richText", confine: true, backgroundColor: ground, borderColor: line,
      textStyle: { color: text }, axisPointer: { type: "shadow" }, formatter: (one: unknown) => said(one as Pointed | Pointed[], told, unit),
    },
    xAxis: lying ? value : category,
    yAxis: lying ? category : value,
    series: kind === "parts" ? parts(told, ground) : numbers(kind, told, text, lying),
  };
}

function numbers(kind: string, told: Told, text: string, lying: boolean): object[] {
  const [number, low, high] = told.series;
  const values = (number?.values ?? []).map((one, place) => ({
    value: kind === "dots" ? (lying ? [one, place] : [place, one]) : one,
    itemStyle: { color: colour(told.tones?.[place] ?? "primary") },
  }));
  const main = kind === "dots"
    ? { type: "line", name: number?.name, data: values, symbol: "circle", symbolSize: 12, showAllSymbol: true, lineStyle: { opacity: 0 } }
    : { type: "bar", name: number?.name, data: values, barMaxWidth: lying ? 18 : 40 };
  if (!low || !high) return [main];
  const ends = low.values.map((one, place) => [place, one, high.values[place]]);
  const encode = lying ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] };
  return [main, { type: "custom", name: low.name, data: ends, encode, silent: true, z: 5, renderItem: whisker(text, lying) }];
}

function parts(told: Told, ground: string): object[] {
  const count = told.series.length;
  return told.series.map((one, place) => ({
    type: "bar", name: one.name, data: one.values, stack: "all", barMaxWidth: 22,
    itemStyle: {
      color: told.tones?.[place] ? colour(told.tones[place] ?? "primary") : colour("primary", 0.18 + (0.82 * place) / Math.max(count - 1, 1)),
      borderColor: ground, borderWidth: 1,
    },
  }));
}

function whisker(stroke: string, lying: boolean): CustomSeriesRenderItem {
  return (_params, api) => {
    const at = api.value(0);
    const [from, to] = [1, 2].map((side) => api.coord(lying ? [api.value(side), at] : [at, api.value(side)]));
    if (!from || !to) return null;
    const [x1, y1, x2, y2] = [from[0] ?? 0, from[1] ?? 0, to[0] ?? 0, to[1] ?? 0];
    const across = lying ? [0, 5] : [5, 0], style = { stroke, lineWidth: 1.5, fill: "none" };
    const cap = (x: number, y: number) => ({
      type: "line" as const, style, shape: { x1: x - (across[0] ?? 0), y1: y - (across[1] ?? 0), x2: x + (across[0] ?? 0), y2: y + (across[1] ?? 0) },
    });
    return { type: "group", children: [{ type: "line", style, shape: { x1, y1, x2, y2 } }, cap(x1, y1), cap(x2, y2)] };
  };
}

function said(one: Pointed | Pointed[], told: Told, unit: string): string {
  const first = Array.isArray(one) ? one[0] : one;
  if (!first) return "";
  const label = told.labels[first.dataIndex] ?? "";
  if (!Array.isArray(one)) return `${label ? `${label}\n` : ""}${first.seriesName ?? ""}: ${String(first.value)}${unit}`;
  const [number, low, high] = told.series.map((series) => series.values[first.dataIndex]);
  return `${label}\n${number ?? "–"}${unit}${low == null || high == null ? "" : ` (${low}–${high})`}`;
}
