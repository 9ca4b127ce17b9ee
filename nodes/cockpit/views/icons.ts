import { h, type VNode } from "../view.js";

/** Drawn for this page, in a square of 24. */
const PATHS = {
  car: "M4 16v-4l2-5.200A2.500 2.500 0 0 1 8.300 5h7.400a2.500 2.500 0 0 1 2.300 1.800l2 5.200v4m-16 0h16m-16 0v2.500h2.500V16m11 0v2.500H20V16M4.500 11.500h15M7 14h1.500m7 0H17",
  bolt: "M13 2 5 13.500h6L10 22l9-12h-6.500z",
  plug: "M9 3v5m6-5v5M7 8h10v4a5 5 0 0 1-10 0zm5 9v4",
  unplugged: "M9 3v5m6-5v5M7 8h10v4a5 5 0 0 1-10 0zm5 9v4M3 3l18 18",
  alert: "M12 3 2 20.500h20zm0 6.500v5m0 2.300v.7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 4v5l3.500 2",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c.500-4 4-6 8-6s7.500 2 8 6",
  lock: "M6 11h12v9H6zm2.500 0V8a3.500 3.500 0 0 1 7 0v3",
  unlock: "M6 11h12v9H6zm2.500 0V8a3.500 3.500 0 0 1 6.800-1.200",
  road: "M8 3 4 21M16 3l4 18M12 4v3m0 3.500v3m0 3.500v3",
  pin: "M12 21.500S5 14.800 5 9.500a7 7 0 0 1 14 0c0 5.300-7 12-7 12zM12 7a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  check: "m4 12.500 5.500 5.500L20 7",
  cross: "M5 5l14 14M19 5 5 19",
  question: "M8.500 9a3.500 3.500 0 1 1 5 3.200c-1 .6-1.500 1.200-1.500 2.300m0 3v.5",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zm5 11.500L21 21",
  thermometer: "M10 14.500V5a2 2 0 0 1 4 0v9.500a4 4 0 1 1-4 0z",
  wrench:
    "M20 6.500a5 5 0 0 1-6.500 6L7 19a2.100 2.100 0 0 1-3-3l6.500-6.500A5 5 0 0 1 17 4l-2.500 2.500.5 2.500 2.500.5z",
  back: "m15 5-7 7 7 7",
  forth: "m9 5 7 7-7 7",
  download: "M12 3v12m-5-5 5 5 5-5M4 20.500h16",
  node: "M3 8h12v8H3zm12 4h6m-3-3 3 3-3 3",
  signal: "M5 19v-4m4.700 4v-8m4.600 8V8M19 19V4",
  heart: "M3 12h4l2.500-6 4 12 2.500-6h5",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words that say the same. */
export function icon(name: IconName, size: "small" | "large" = "small"): VNode {
  return h(`svg.icon.${size}`, { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}
