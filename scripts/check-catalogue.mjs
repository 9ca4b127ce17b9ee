// Checks resources/catalogue.json, the one source of descriptor facts for runtime and editor, and resources/names/, which
// name the descriptors in other languages.
import { readdirSync, readFileSync } from "node:fs";
import { findingsOfNames, LANGUAGES } from "./check-names.mjs";

const TYPES = ["boolean", "string", "float", "double", "uint8", "uint16", "uint32", "int8", "int16", "int32", null];
const UNITS = [
  "%",
  "km",
  "°C",
  "kPa",
  "kWh",
  "kWh/100km",
  "kW",
  "L",
  "min",
  "h",
  "s",
  "A",
  "V",
  "km/h",
  "°",
  "stars",
  "months",
  "weeks",
  null,
];
const CATEGORIES = [
  "Basic vehicle data",
  "ConnectedDrive contracts",
  "Derived values",
  "Electric vehicle",
  "Metadata",
  "Tyres",
  "Usage-based data",
  "Vehicle events",
  "Vehicle status",
];
const MEMBERS = ["id", "name", "category", "type", "unit", "streamable", "structured", "on", "off", "unknown", "range"];
const ID = /^vehicle(\.[A-Za-z][A-Za-z0-9_]{0,63}){1,15}$/;
const COUNT = 303;

const text = readFileSync(new URL("../resources/catalogue.json", import.meta.url), "utf8");
const catalogue = JSON.parse(text);
const findings = [];
const check = (right, id, what) => right || findings.push(`${id}: ${what}`);
const isList = (value, type) =>
  Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === type);

check(catalogue.length === COUNT, "catalogue", `${catalogue.length} descriptors, expected ${COUNT}`);
check(new Set(catalogue.map(({ id }) => id)).size === catalogue.length, "catalogue", "an id stands twice");
check(
  new Set(catalogue.map(({ name }) => name.toLowerCase())).size === catalogue.length,
  "catalogue",
  "a name stands twice",
);
check(text.split("\n").length === COUNT + 3, "catalogue", "not one descriptor a line");
catalogue.forEach(({ id }, index) => check(index === 0 || catalogue[index - 1].id < id, id, "not in order"));

for (const facts of catalogue) {
  const { id, name, category, type, unit, streamable, structured, on, off, unknown, range } = facts;
  check(ID.test(id), id, "malformed id");
  check(
    typeof name === "string" && name === name.trim() && name.length >= 1 && name.length <= 40,
    id,
    "name of 1 to 40 characters",
  );
  check(CATEGORIES.includes(category), id, `unknown category ${category}`);
  check(TYPES.includes(type), id, `unknown type ${type}`);
  check(UNITS.includes(unit), id, `unknown unit ${unit}`);
  check([true, false, null].includes(streamable), id, "streamable is true, false or null");
  check(
    structured === undefined || (structured === true && [null, "string"].includes(type)),
    id,
    "structured text only",
  );
  check((on === undefined) === (off === undefined), id, "on and off go together");
  if (on !== undefined) {
    check(type === "boolean" && isList(on, "string") && isList(off, "string"), id, "on and off are texts of a boolean");
    check(
      on.every((literal) => !off.includes(literal)),
      id,
      "a literal is both on and off",
    );
  }
  check(unknown === undefined || isList(unknown, "number"), id, "unknown is a list of numbers");
  check(
    range === undefined || (isList(range, "number") && range[0] < range[1] && unit === "%"),
    id,
    "range is [low, high] of a percentage",
  );
  for (const member of Object.keys(facts)) check(MEMBERS.includes(member), id, `unknown member ${member}`);
}

const folder = new URL("../resources/names/", import.meta.url);
const files = readdirSync(folder).sort();
for (const language of LANGUAGES) check(files.includes(`${language}.json`), `names/${language}.json`, "is missing");
for (const file of files)
  findings.push(...findingsOfNames(catalogue, file, readFileSync(new URL(file, folder), "utf8")));

if (findings.length > 0) console.error(findings.join("\n"));
else console.log(`catalogue: ${catalogue.length} descriptors, names in ${files.length} other languages, ok`);
process.exitCode = findings.length > 0 ? 1 : 0;
