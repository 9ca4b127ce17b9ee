import uPlot from "uplot";
import type { CockpitJournal } from "../../../src/cockpit/contract.js";
import type { Formats } from "../formats.js";
import { capacityColumns, capacityRange } from "../journal.js";
import { drawingKind, type Running } from "../view.js";
import { colourOf } from "./colour-of.js";

export interface CapacityChart {
  readonly capacity: CockpitJournal["capacity"];
  readonly health: CockpitJournal["health"];
  readonly formats: Formats;
  /** Colours are read when they are drawn. */
  readonly isDark: boolean;
}

const HEIGHT = 240;
const LEAST_WIDTH = 200;

/** Draws the capacity over time with its band, what single charges tell, and what the car says. */
export const capacityChart = drawingKind<CapacityChart>((element, first) => new Plot(element, first));

class Plot implements Running<CapacityChart> {
  #shown: CapacityChart;
  readonly #plot: uPlot;
  readonly #sizes: ResizeObserver;

  constructor(
    private readonly element: HTMLElement,
    first: CapacityChart,
  ) {
    this.#shown = first;
    this.#plot = new uPlot(this.#options(), aligned(first), element);
    this.#sizes = new ResizeObserver(() => {
      const width = widthOf(element);
      // Hidden elements have no width.
      if (element.clientWidth > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
    });
    this.#sizes.observe(element);
  }

  update(next: CapacityChart): void {
    const { capacity, isDark, formats } = this.#shown;
    this.#shown = next;
    if (next.capacity !== capacity || next.isDark !== isDark || next.formats !== formats)
      this.#plot.setData(aligned(next));
  }

  stop(): void {
    this.#sizes.disconnect();
    this.#plot.destroy();
  }

  #options(): uPlot.Options {
    const colour = (name: string) => () => colourOf(this.element, name);
    const line = { spanGaps: true, points: { show: false }, pxAlign: 0 };
    const edge = { ...line, stroke: colour("--chart-band"), width: 0.5 };
    const axis = {
      ...{ font: "12px system-ui, sans-serif", stroke: colour("--ink-soft"), ticks: { show: false } },
      grid: { stroke: colour("--chart-grid"), width: 1 },
    };
    const dots = { show: true, size: 5, width: 1, stroke: colour("--chart-told"), fill: colour("--card") };
    return {
      ...{ width: widthOf(this.element), height: HEIGHT },
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: (_plot, min, max) => widened(min, max) },
        y: { range: () => capacityRange(this.#shown.capacity, this.#shown.health) },
      },
      bands: [{ series: [3, 2], fill: colour("--chart-band") }],
      series: [
        {},
        { ...line, stroke: colour("--chart-level"), width: 2.5 },
        edge,
        edge,
        { stroke: colour("--chart-told"), paths: () => null, points: dots },
        { ...line, stroke: colour("--chart-power"), width: 1.5, dash: [6, 4] },
      ],
      axes: [
        {
          ...axis,
          ...{ size: 32, space: 80 },
          values: (_plot, splits, _axis, _space, step) =>
            splits.map((at) => this.#shown.formats.tick(at * 1000, step * 1000)),
        },
        {
          ...axis,
          size: 62,
          values: (_plot, splits) => splits.map((kwh) => this.#shown.formats.withUnit(kwh, "kWh", 1)),
        },
      ],
    };
  }
}

function aligned({ capacity, health }: CapacityChart): uPlot.AlignedData {
  const { at, value, low, high, charge, told } = capacityColumns(capacity, health);
  return [[...at], [...value], [...low], [...high], [...charge], [...told]];
}

const DAY = 86_400;

/** Also one moment has room on both sides. */
function widened(min: number | null, max: number | null): [number, number] {
  const [from, to] = [min ?? 0, max ?? 0];
  const room = Math.max(DAY, (to - from) * 0.02);
  return [from - room, to + room];
}

function widthOf({ clientWidth }: HTMLElement): number {
  return Math.max(LEAST_WIDTH, clientWidth);
}
