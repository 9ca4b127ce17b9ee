import { parseArgs } from "node:util";
import { isForm } from "../messages/message-grouping.js";
import type { ExportOptions } from "../journal/export/export-options.js";
import { parseVin } from "../support/vin.js";
import { parseTimestamp } from "../vehicle/timestamp.js";
import { exportOf, type ExportArguments } from "./export-arguments.js";
import { journalOf, type JournalArguments, type ReplayedJournal } from "./journal-arguments.js";
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
  --places FILE   the places of the journal: a JSON list of {name, latitude, longitude,
                  radius, purpose}
  --tariffs FILE  what a kWh costs: a JSON list of {place, price, windows, solarPrice}
  --prices FILE   prices as messages would have told them: a JSON list of {from, price}
  --currency CODE currency of all prices (default: EUR)
  --zone ZONE     whose days and hours count in the journal, such as Europe/Berlin
                  (default: the zone of this computer)
  --export FORMAT print the journal as csv, json, gpx or html instead of its messages
  --kinds LIST    what is exported: trips, charges (default: both; csv needs one)
  --language CODE language of the export: en, de, es, fr, it, nl, pt (default: en)
  --help          show this`;

/** Nodes that are shown where none are named. */
const USUAL_NODES: readonly ReplayedNode[] = ["stream", "telematics", "predicted-soc", "traccar", "homeassistant"];
const NODES: readonly ReplayedNode[] = [...USUAL_NODES, "journal"];

/** Holds what the command line asks for. */
export interface WantedReplay {
  readonly file: string;
  readonly options: ReplayOptions;
  /** How the journal is exported in the end, instead of all messages; `null`: it is not. */
  readonly exporting: ExportOptions | null;
}

/**
 * Parses the command line.
 * @returns `null` if the user asks for help
 * @throws UsageError
 */
export function parseArguments(args: readonly string[]): WantedReplay | null {
  const { values, positionals } = parsed(args);
  if (values.help === true) return null;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("Give exactly one recording.");
  const { vin, form, until, catalogue = false } = values;
  const nodes = nodesOf(values.nodes);
  if (catalogue && !nodes.has("homeassistant")) throw new UsageError("--catalogue needs the node homeassistant.");
  const { journal, exporting } = journalFor(nodes, values);
  const plain = { nodes, vehicle: vehicleOf(vin), form: formOf(form), until: untilOf(until), catalogue };
  return { file, options: journal === null ? plain : { ...plain, journal }, exporting };
}

/** Reads the options of the journal and of its export; `null` where it is not shown. */
function journalFor(
  nodes: ReadonlySet<ReplayedNode>,
  { places, tariffs, prices, currency, zone, export: format, kinds, language }: JournalArguments & ExportArguments,
): { readonly journal: ReplayedJournal | null; readonly exporting: ExportOptions | null } {
  const [named, ofExport] = [
    { places, tariffs, prices, currency, zone },
    { export: format, kinds, language },
  ];
  if (nodes.has("journal"))
    return orUsageError(() => {
      const journal = journalOf(named);
      return { journal, exporting: exportOf(ofExport, journal.settings.currency) };
    });
  const [unused] = Object.entries({ ...named, ...ofExport }).find(([, value]) => value !== undefined) ?? [];
  if (unused !== undefined) throw new UsageError(`--${unused} needs the node journal.`);
  return { journal: null, exporting: null };
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
    places: string,
    tariffs: string,
    prices: string,
    currency: string,
    zone: string,
    export: string,
    kinds: string,
    language: string,
    help: boolean,
  } as const;
  return orUsageError(() => parseArgs({ args: [...args], options, allowPositionals: true }));
}
