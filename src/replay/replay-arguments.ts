import { parseArgs } from "node:util";
import { isForm } from "../messages/message-grouping.js";
import { parseVin } from "../support/vin.js";
import { parseTimestamp } from "../vehicle/timestamp.js";
import type { ReplayedNode, ReplayOptions } from "./replay.js";

/** Reports unusable arguments; the message is for the terminal. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs `parse`.
 * @throws UsageError for whatever it throws
 */
export function orUsageError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Returns what the terminal shows of a failure. */
export function failureText(error: unknown, usage: string): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof UsageError ? `${text}\n${usage}\n` : `${text}\n`;
}

export const USAGE = `Usage: cardata-replay FILE [options]
  FILE            a recording (NDJSON, also .gz); - for standard input
  --nodes LIST    nodes to show, comma separated (stream, telematics, predicted-soc,
                  traccar, homeassistant; default: all of these), and journal: the trips
                  and charges as entries of a journal
  --vin VIN       only this car
  --form FORM     each, update or raw (default: each)
  --until TIME    stop at this ISO time
  --catalogue     in the end announce all descriptors of BMW's catalogue to Home Assistant,
                  each that a car of its kind can have; without a value in the recording
                  as unknown
  --help          show this`;

/** Nodes that are shown where none are named. */
const USUAL_NODES: readonly ReplayedNode[] = ["stream", "telematics", "predicted-soc", "traccar", "homeassistant"];
const NODES: readonly ReplayedNode[] = [...USUAL_NODES, "journal"];

/**
 * Parses the command line.
 * @returns `null` if the user asks for help
 * @throws UsageError
 */
export function parseArguments(args: readonly string[]): { file: string; options: ReplayOptions } | null {
  const { values, positionals } = parsed(args);
  if (values.help === true) return null;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("Give exactly one recording.");
  const { vin, form, until, catalogue = false } = values;
  const nodes = nodesOf(values.nodes);
  if (catalogue && !nodes.has("homeassistant")) throw new UsageError("--catalogue needs the node homeassistant.");
  return { file, options: { nodes, vehicle: vehicleOf(vin), form: formOf(form), until: untilOf(until), catalogue } };
}

function nodesOf(list?: string): ReadonlySet<ReplayedNode> {
  if (list === undefined) return new Set(USUAL_NODES);
  return new Set(
    list.split(",").map((typed) => {
      const node = NODES.find((one) => one === typed.trim());
      if (node === undefined) throw new UsageError(`No node is called "${typed}". There are: ${NODES.join(", ")}.`);
      return node;
    }),
  );
}

function vehicleOf(vin?: string): string {
  const vehicle = vin === undefined ? "" : parseVin(vin);
  if (vehicle === null) throw new UsageError("--vin needs a VIN of 17 characters.");
  return vehicle;
}

function formOf(form = "each"): ReplayOptions["form"] {
  if (isForm(form)) return form;
  throw new UsageError("--form is one of each, update, raw.");
}

function untilOf(until?: string): number {
  const time = until === undefined ? Infinity : (parseTimestamp(until) ?? parseTimestamp(`${until}T00:00`));
  if (time === null) throw new UsageError("--until needs an ISO time such as 2026-03-02T06:41:05Z.");
  return time;
}

function parsed(args: readonly string[]) {
  const [string, boolean] = [{ type: "string" }, { type: "boolean" }] as const;
  const options = {
    nodes: string,
    vin: string,
    form: string,
    until: string,
    catalogue: boolean,
    help: boolean,
  } as const;
  return orUsageError(() => parseArgs({ args: [...args], options, allowPositionals: true }));
}
