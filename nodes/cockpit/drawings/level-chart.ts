import uPlot from "uplot";
import type { Formats } from "../formats.js";
import type { ChartColumns } from "../history.js";
import { powerRange, powerTicks } from "../power-scale.js";
import { drawingKind, type Running } from "../view.js";
import { colourOf } from "./colour-of.js";

export interface LevelChart {
  /** What is shown when nobody has zoomed [s]. */
  readonly range: readonly [number, number];
  readonly columns: ChartColumns;
  readonly formats: Formats;
  /** Colours are read when they are drawn. */
  readonly isDark: boolean;
  /** Whether the range moves on with the time. */
  readonly isGoingOn: boolean;
  /** Says at which place of the columns somebody points; `null`: at none. */
  readonly onPoint: (index: number | null) => void;
  /** Changes when other times were chosen, which ends a zoom. */
  readonly choice: string;
}

const LEAST_HEIGHT = 280;
const DAY = 86_400;

/** Draws level, band, BMW's points and power; arrow keys move over it as a mouse does. */
export const levelChart = drawingKind<LevelChart>((element, first) => new Plot(element, first));

class Plot implements Running<LevelChart> {
  #shown: LevelChart;
  #isZoomed = false;
  readonly #plot: uPlot;
  readonly #sizes: ResizeObserver;

  constructor(
    private readonly element: HTMLElement,
    first: LevelChart,
  ) {
    this.#shown = first;
    this.#plot = new uPlot(this.#options(), aligned(first.columns), element);
    this.#sizes = new ResizeObserver(() => {
      this.#fit();
    });
    this.#sizes.observe(element);
    element.addEventListener("keydown", (event) => {
      this.#onKey(event);
    });
    element.addEventListener("blur", () => {
      this.#plot.setCursor({ left: -10, top: -10 });
    });
  }

  update(next: LevelChart): void {
    const before = this.#shown;
    this.#shown = next;
    const isMoved = next.isGoingOn && next.range[1] !== before.range[1];
    const isOther = next.choice !== before.choice;
    const isPainted = next.isDark === before.isDark && next.formats === before.formats;
    if (next.columns === before.columns && !isMoved && !isOther && isPainted) return;
    if (isOther) this.#isZoomed = false;
    // A zoom stays while new points come.
    this.#plot.setData(aligned(next.columns), !this.#isZoomed);
    if (this.#isZoomed) this.#plot.redraw();
  }

  stop(): void {
    this.#sizes.disconnect();
    this.#plot.destroy();
  }

  #fit(): void {
    const { width, height } = sizeOf(this.element);
    const isSame = width === this.#plot.width && height === this.#plot.height;
    // Hidden elements have no width.
    if (this.element.clientWidth > 0 && !isSame) this.#plot.setSize({ width, height });
  }

  #onKey(event: KeyboardEvent): void {
    const { at } = this.#shown.columns;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || at.length === 0) return;
    event.preventDefault();
    const now = this.#plot.cursor.idx ?? (step < 0 ? at.length : -1);
    const index = Math.min(at.length - 1, Math.max(0, now + step));
    this.#plot.setCursor({ left: this.#plot.valToPos(at[index] ?? 0, "x"), top: 10 });
  }

  #options(): uPlot.Options {
    const colour = (name: string) => () => colourOf(this.element, name);
    const line = { spanGaps: false, points: { show: false }, pxAlign: 0 };
    return {
      ...sizeOf(this.element),
      legend: { show: false },
      cursor: { y: false, points: { size: 9 }, drag: { x: true, y: false }, bind: { dblclick: this.#wholeAgain } },
      scales: {
        x: { time: true, range: (_plot, min, max) => this.#times(min, max) },
        level: { range: [0, 100] },
        power: { range: (_plot, min, max) => powerRange(min, max) },
      },
      bands: [{ series: [3, 2], fill: colour("--chart-band") }],
      series: [
        {},
        { ...line, scale: "level", stroke: colour("--chart-level"), width: 2.5, points: { show: isAlone } },
        { ...line, scale: "level", stroke: colour("--chart-band"), width: 0.5 },
        { ...line, scale: "level", stroke: colour("--chart-band"), width: 0.5 },
        { scale: "level", stroke: colour("--chart-told"), paths: () => null, points: this.#toldPoints() },
        { ...line, scale: "power", stroke: colour("--chart-power"), fill: colour("--chart-power-fill"), width: 1.5 },
        {
          scale: "level",
          stroke: colour("--chart-level"),
          width: 2,
          dash: [2, 6],
          spanGaps: true,
          points: { show: false },
        },
      ],
      axes: this.#axes(colour("--ink-soft"), colour("--chart-grid"), colour("--chart-power")),
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.#shown.onPoint((cursor.left ?? -1) < 0 ? null : (cursor.idx ?? null));
          },
        ],
        setSelect: [
          ({ select }) => {
            if (select.width > 0) this.#isZoomed = true;
          },
        ],
      },
    };
  }

  /** Shows all after a zoom. */
  readonly #wholeAgain: uPlot.Cursor.MouseListenerFactory = (_plot, _target, handler) => (event) => {
    this.#isZoomed = false;
    return handler(event);
  };

  #toldPoints(): uPlot.Series.Points {
    const colour = (name: string) => () => colourOf(this.element, name);
    return { show: true, size: 7, width: 2, stroke: colour("--chart-told"), fill: colour("--card") };
  }

  #axes(ink: () => string, grid: () => string, power: () => string): uPlot.Axis[] {
    const font = "12px system-ui, sans-serif";
    const common = { font, stroke: ink, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
    return [
      {
        ...common,
        size: 32,
        space: 80,
        values: (_plot, splits, _axis, _space, step) => this.#timeLabels(splits, step),
      },
      {
        ...common,
        scale: "level",
        size: 46,
        values: (_plot, splits) => splits.map((one) => this.#shown.formats.percent(one)),
      },
      {
        ...{ font, stroke: power, ticks: { show: false }, grid: { show: false } },
        ...{ scale: "power", side: 1, size: 54 },
        splits: ({ scales: { power } }) => (this.#hasPower ? powerTicks([power?.min ?? 0, power?.max ?? 0]) : []),
        values: (_plot, splits) => splits.map((one) => `${this.#shown.formats.number(one)} kW`),
      },
    ];
  }

  get #hasPower(): boolean {
    return this.#shown.columns.power.some((value) => value !== null);
  }

  /** Keeps the chosen range unless somebody has zoomed, also around one point or none. */
  #times(min: number | null, max: number | null): [number, number] {
    const [from, to] = this.#shown.range;
    if (!this.#isZoomed || min === null || max === null || min === max) return [from, to];
    return [min, max];
  }

  #timeLabels(splits: readonly number[], step: number): string[] {
    const { formats } = this.#shown;
    if (step >= DAY) return splits.map((at) => formats.day(at * 1000));
    return splits.map((at) => (isMidnight(at) ? formats.day(at * 1000) : formats.clock(at * 1000)));
  }
}

function aligned({ at, level, low, high, told, power, ahead }: ChartColumns): uPlot.AlignedData {
  return [[...at], [...level], [...low], [...high], [...told], [...power], [...ahead]];
}

/** Returns whether a series is one value, which no line shows. */
function isAlone({ data }: uPlot, series: number): boolean {
  return [...(data[series] ?? [])].filter((value) => value !== null).length === 1;
}

function isMidnight(at: number): boolean {
  const date = new Date(at * 1000);
  return date.getHours() === 0 && date.getMinutes() === 0;
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(200, clientWidth), height: Math.max(LEAST_HEIGHT, clientHeight) };
}
