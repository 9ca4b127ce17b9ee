import type { Editor } from "./editor.js";
import type { FlowNode } from "./flow.js";

/** A rectangle on the canvas [px]. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A node or group as the editor draws it. */
interface Drawn extends Box {
  readonly id: string;
  readonly name: string;
}

interface Wire {
  readonly from: string;
  readonly to: string;
  /** Points of its curve, from its beginning to its end. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface Canvas {
  readonly nodes: readonly Drawn[];
  readonly groups: readonly (Drawn & { readonly stored: Box })[];
  readonly wires: readonly Wire[];
}

/** Declares what is used of the editor's global object here. */
declare const RED: {
  readonly workspaces: { show(id: string): void };
  readonly nodes: {
    filterNodes(filter: {
      z: string;
    }): { id: string; type: string; name?: string; x: number; y: number; w: number; h: number }[];
    groups(tab: string): { id: string; name?: string; x: number; y: number; w: number; h: number }[];
  };
};

/** What a curve may come nearer to a node than it looks [px]. */
const TOLERANCE = 1;
/** Nodes are as wide as their labels in steps of this [px], so that another font makes some of them wider. */
const GRID = 20;
/** The least distance of the lines of a flow that is too long for one [px]. */
const LINE = 40;

/**
 * Returns what is untidy on a tab: wires that run behind nodes or go back, nodes that cover each other, and groups whose
 * frame is drawn otherwise than stored or whose edges differ.
 * @param flow the nodes and groups as they are stored
 */
export async function untidiness(editor: Editor, tab: string, flow: readonly FlowNode[]): Promise<string[]> {
  const stored = flow.filter(({ type, z }) => type === "group" && z === tab).map(storedGroup);
  const { nodes, wires, groups } = await drawn(editor, tab, stored);
  return [
    ...wires.flatMap((wire) => wireFaults(wire, nodes)),
    ...nodes.flatMap((one, index) => nodes.slice(index + 1).flatMap((other) => coverFaults(one, other))),
    ...groups.flatMap((group) => groupFaults(group, groups[0] ?? group)),
  ];
}

interface StoredGroup {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function storedGroup(group: FlowNode): StoredGroup {
  const number = (name: string) => Number(group[name]);
  return { id: group.id, x: number("x"), y: number("y"), w: number("w"), h: number("h") };
}

function wireFaults({ from, to, points }: Wire, nodes: readonly Drawn[]): string[] {
  const named = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  const name = `wire ${named(from)} → ${named(to)}`;
  const [[x, y], [endX, endY]] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]];
  const goesBack = endX < x - TOLERANCE && endY - y < LINE;
  const behind = nodes.filter(({ id }) => id !== from && id !== to).filter((node) => points.some(isIn(node)));
  return [
    ...(goesBack ? [`${name} goes back by ${Math.round(x - endX)} px`] : []),
    ...behind.map((node) => `${name} runs behind ${node.name}`),
  ];
}

function coverFaults(one: Drawn, other: Drawn): string[] {
  const meet = one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  return meet ? [`${one.name} covers ${other.name}`] : [];
}

function groupFaults(group: Canvas["groups"][number], first: Drawn): string[] {
  const { name, stored } = group;
  const isRagged = differ(group.left, first.left) || differ(group.right, first.right);
  const isMoved = sides.some((side) => differ(group[side], stored[side]));
  return [
    ...(isRagged ? [`${name} has other edges than ${first.name}`] : []),
    ...(isMoved ? [`${name} is drawn as ${shown(group)}, stored as ${shown(stored)}`] : []),
  ];
}

const sides = ["left", "right", "top", "bottom"] as const;
const differ = (one: number, other: number) => Math.abs(one - other) > GRID;
const shown = ({ left, top, right, bottom }: Box) => [left, top, right, bottom].map(Math.round).join(" ");

function isIn({ left, right, top, bottom }: Box) {
  return ([x, y]: Wire["points"][number]) =>
    x > left + TOLERANCE && x < right - TOLERANCE && y > top + TOLERANCE && y < bottom - TOLERANCE;
}

/** Shows a tab and measures what is on it. */
async function drawn({ page }: Editor, tab: string, stored: readonly StoredGroup[]): Promise<Canvas> {
  await page.evaluate((id) => {
    RED.workspaces.show(id);
  }, tab);
  // Drawn in the next frames; a node has its size afterwards.
  await page.waitForFunction(
    (id) => RED.nodes.filterNodes({ z: id }).every((node) => document.getElementById(node.id) !== null && node.w > 0),
    tab,
  );
  await page.evaluate("globalThis.__name = (named) => named");
  return page.evaluate(
    ([id, groups]) => {
      const box = (x: number, y: number, w: number, h: number) => ({ left: x, right: x + w, top: y, bottom: y + h });
      interface Link {
        readonly source: { readonly id: string };
        readonly target: { readonly id: string };
      }
      const lines = [...document.querySelectorAll<SVGPathElement>(".red-ui-flow-link-line")];
      const wires = lines.map((line) => {
        const { source, target } = (line.parentElement as unknown as { __data__: Link }).__data__;
        const length = line.getTotalLength();
        const points = Array.from({ length: 101 }, (_, step) => {
          const { x, y } = line.getPointAtLength((length * step) / 100);
          return [x, y] as const;
        });
        return { from: source.id, to: target.id, points };
      });
      const frames = RED.nodes.groups(id).map((group) => {
        const of = groups.find((one) => one.id === group.id);
        const { x, y, w, h } = of ?? group;
        return {
          id: group.id,
          name: group.name ?? "",
          ...box(group.x, group.y, group.w, group.h),
          stored: box(x, y, w, h),
        };
      });
      const nodes = RED.nodes.filterNodes({ z: id }).map((node) => ({
        id: node.id,
        name: node.name === undefined || node.name === "" ? node.type : node.name,
        ...box(node.x - node.w / 2, node.y - node.h / 2, node.w, node.h),
      }));
      return { nodes, groups: frames, wires };
    },
    [tab, stored] as const,
  );
}
