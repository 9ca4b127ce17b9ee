import { HA_CONSTANTS, isJsonObject, type Json } from "../../helpers/ha-constants.js";
import { PYTHON, runInner } from "../debian.js";
import type { Scene } from "./scene.js";

/** Parts of the extract that are schemas, and under which of its names their keys stand. */
const KEY_LISTS = ["required", "optional", "atLeastOneOf"];

/** The extract of constants that `npm test` judges by is that of this Home Assistant. */
export const constants: Scene = async ({ metric }, report) => {
  const real = JSON.parse(await runInner(PYTHON, `${metric.folder.inner}/constants.py`)) as Json;
  const findings = Object.entries(real).flatMap(([path, value]) => {
    if (path === "version")
      return differing("_meta.homeAssistantVersion", [value], [partAt("_meta.homeAssistantVersion")]);
    if (isJsonObject(value)) return classFindings(path, value);
    return differing(path, value as unknown[], keysAt(path));
  });
  report.check("constants", "the extract for `npm test` is of this version", findings, String(real["version"]));
};

function classFindings(path: string, real: Json): string[] {
  const known = partAt(path) as Json;
  return [...new Set([...Object.keys(real), ...Object.keys(known)])].flatMap((name) =>
    differing(`${path}.${name}`, (real[name] ?? []) as unknown[], (known[name] ?? []) as unknown[]),
  );
}

function differing(path: string, real: readonly unknown[], known: readonly unknown[]): string[] {
  const list = (values: readonly unknown[]) =>
    values.map((value) => (typeof value === "string" ? value : "no unit")).join(", ");
  const [fresh, gone] = [real.filter((one) => !known.includes(one)), known.filter((one) => !real.includes(one))];
  if (fresh.length === 0 && gone.length === 0) return [];
  return [`${path}: not in the extract: ${list(fresh) || "-"}; no longer there: ${list(gone) || "-"}`];
}

function partAt(path: string): unknown {
  return path.split(".").reduce<unknown>((part, name) => (isJsonObject(part) ? part[name] : undefined), HA_CONSTANTS);
}

function keysAt(path: string): unknown[] {
  const part = partAt(path);
  return isJsonObject(part)
    ? KEY_LISTS.flatMap((name) => (part[name] as unknown[] | undefined) ?? [])
    : (part as unknown[]);
}
