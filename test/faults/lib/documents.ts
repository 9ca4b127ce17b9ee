import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseJson, type JsonObject } from "../../../src/support/json.js";

/** The documents of an account as they are on the disk at this moment. */
export interface Documents {
  /** The `data` of each by its name, such as `account`. */
  readonly data: ReadonlyMap<string, unknown>;
  /** Names of files that are no complete document. */
  readonly torn: readonly string[];
  /** Files that were put aside as damaged. */
  readonly aside: readonly string[];
}

/** Reads without changing anything. A file that the reader may not open counts as present, with `undefined`. */
export function documentsIn(folder: string): Documents {
  const names = readdirSync(folder);
  const data = new Map<string, unknown>();
  const torn: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const document = parseJson(readFileSync(join(folder, name), "utf8"));
    if (isObject(document) && typeof document["version"] === "number") data.set(name.slice(0, -5), document["data"]);
    else torn.push(name);
  }
  torn.push(...tornRecordings(join(folder, "recordings")));
  return { data, torn, aside: names.filter((name) => name.includes(".bad-")) };
}

/**
 * Lists recordings with a line that cannot be read; an incomplete last line was cut off by a kill and is mended later.
 */
function tornRecordings(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
    return lines.some((line) => !isObject(parseJson(line)));
  });
}

/** Returns the calls in the ledger of `account.json`, with their times. */
export function callsIn({ data }: Documents): { at: number; outcome: string }[] {
  const { ledger } = asObject(data.get("account"));
  const { attempts } = asObject(ledger);
  if (!Array.isArray(attempts)) return [];
  return attempts.map(asObject).map(({ at, outcome }) => ({ at: Number(at), outcome: String(outcome) }));
}

/** Returns the cars in `vehicles.json`. */
export function carsIn({ data }: Documents): string[] {
  const cars = data.get("vehicles");
  return Array.isArray(cars) ? cars.map((car) => String(asObject(car)["vin"])) : [];
}

/** Returns the entry of a car in `learning.json`; `{}` if there is none. */
export function savedLearning({ data }: Documents, vin: string): JsonObject {
  const cars = data.get("learning");
  return (Array.isArray(cars) ? cars.map(asObject) : []).find((car) => car["vin"] === vin) ?? {};
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
