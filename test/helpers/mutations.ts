import fc from "fast-check";

/** One change of a JSON value: at the member number `where`, counted over the whole value and from the start again. */
export interface Mutation {
  readonly where: number;
  readonly how: "replace" | "delete" | "rename" | "repeat" | "swap";
  /** JSON text, because not every number that JSON can express can be stringified from a JavaScript number. */
  readonly what: string;
  readonly name: string;
}

interface MutationSpot {
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** Lists values that a disk, a wrong clock, an editor or another program may leave behind. */
const VALUES = [
  ...[
    "1e20",
    "-1e20",
    "1e999",
    "-1e999",
    "8640000000000001",
    "8640000000000000",
    "-8640000000000001",
    "1e308",
    "5e-324",
  ],
  ...["0", "-0", "-1", "0.5", "1", "100", "101", "9007199254740993", "2147483648", "1772431200000", "4102444800000"],
  ...["null", "true", "false", '""', '" "', '"x"', '"NaN"', '"Infinity"', '"1e20"', '"12"', '"2026-13-45T99:99:99Z"'],
  ...["[]", "{}", "[null]", "[[]]", "[{}]", '{"":""}', '{"__proto__":{"at":1}}', '{"length":-1}', '{"toJSON":1}'],
  ...['"\\u0000"', '"\\ud800"', '"WBY1Z2C30N7A00001"', '"../../etc"', '"+275760-09-13T00:00:00.001Z"', '"__proto__"'],
  `"${"x".repeat(20_000)}"`,
  `${"[".repeat(50)}${"]".repeat(50)}`,
  `[${"0,".repeat(5000)}0]`,
];
const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "x", "WBY1Z2C30N7A00001", "-1", "1e9"];

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat(),
  how: fc.constantFrom("replace", "replace", "replace", "replace", "delete", "rename", "repeat", "swap"),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 1, arbitrary: fc.double().map((one) => JSON.stringify(one)) },
  ),
  name: fc.constantFrom(...NAMES),
});

/** The JSON text with those changes. */
export function mutated(json: string, mutations: readonly Mutation[]): string {
  const root = { value: JSON.parse(json) as unknown };
  const texts: string[] = [];
  for (const { where, how, what, name } of mutations) {
    const places = placesIn(root, []);
    const spot = places[where % places.length];
    const other = places[(where * 31 + 7) % places.length];
    if (spot === undefined || other === undefined) continue;
    const value = read(spot);
    if (how === "replace") write(spot, mark(texts, what));
    else if (how === "delete") remove(spot);
    else if (how === "swap") write(spot, structuredClone(read(other)));
    else if (how === "repeat" && Array.isArray(value)) write(spot, [value, value, value].flat());
    else if (how === "rename" && !Array.isArray(spot.parent)) {
      remove(spot);
      write({ parent: spot.parent, key: name }, value);
    }
  }
  return texts.reduce(
    (text, what, index) => text.replaceAll(`"${MARK}${String(index)}"`, () => what),
    JSON.stringify(root.value) ?? "null",
  );
}

/** For what is a number: first the one that is most often fatal. */
const WRONG_NUMBERS = [
  "1e20",
  "-1e20",
  "1e999",
  "8640000000000001",
  "-1",
  "0.5",
  "1e308",
  "-1e308",
  '"1e20"',
  "null",
  "[]",
];
const WRONG_OTHERS = VALUES.filter((what) => what.length < 30);

interface MutationKind {
  readonly where: number;
  readonly isNumber: boolean;
  /** Path of a part of the document that is read by itself; "" is above all parts. */
  readonly part: string;
}

/**
 * A wrong value for one place of each kind in a JSON value: of the members of lists, and of those by VIN or descriptor, for
 * the last one. Members of different parts of the document are changed together, as none of them hides another.
 * @param count how many values for each
 */
export function wrongMembers(json: string, count: number): Mutation[][] {
  const sets = apart(kindsOf(json));
  let turn = 0;
  const wrong = ({ where, isNumber }: MutationKind, round: number): Mutation => {
    const values = isNumber ? WRONG_NUMBERS : WRONG_OTHERS;
    const at = isNumber && round === 0 ? 0 : turn++;
    return { where, how: "replace", what: values[at % values.length] ?? "null", name: "" };
  };
  return Array.from({ length: count }, (_, round) =>
    // From behind, so that no change moves the place of another.
    sets.map((set) => set.map((kind) => wrong(kind, round)).sort((one, other) => other.where - one.where)),
  ).flat();
}

/** Few sets of kinds none of which hides another. */
function apart(kinds: readonly MutationKind[]): MutationKind[][] {
  const sets: MutationKind[][] = [];
  for (const kind of kinds) {
    const set = sets.find((all) => !all.some(({ part }) => part.startsWith(kind.part) || kind.part.startsWith(part)));
    if (set === undefined) sets.push([kind]);
    else set.push(kind);
  }
  return sets;
}

function kindsOf(json: string): MutationKind[] {
  const kinds = new Map<string, MutationKind>();
  let count = 0;
  const walk = (parent: MutationSpot["parent"], path: string): void => {
    for (const key of Object.keys(parent)) {
      const kind = `${path}/${Array.isArray(parent) || /^[A-Z0-9]{17}$|\.|^\d+$/.test(key) ? "*" : key}`;
      const value = read({ parent, key });
      kinds.set(kind, { where: count++, isNumber: typeof value === "number", part: partOf(kind) });
      if (typeof value === "object" && value !== null) walk(value as MutationSpot["parent"], kind);
    }
  };
  walk({ value: JSON.parse(json) as unknown }, "");
  return [...kinds.values()];
}

/** By the first names in the document: what stands directly in an object decides on more than what stands deep in it. */
function partOf(kind: string): string {
  const [, , ...path] = kind.split("/");
  const names = path.filter((name) => name !== "*");
  if (names.length < 2) return "";
  return names
    .slice(0, names.length > 3 ? 3 : 2)
    .map((name) => `${name}/`)
    .join("");
}

const MARK = "what stands here is put in as text ";

function mark(texts: string[], what: string): string {
  return MARK + String(texts.push(what) - 1);
}

function placesIn(parent: MutationSpot["parent"], found: MutationSpot[]): MutationSpot[] {
  for (const key of Object.keys(parent)) {
    found.push({ parent, key });
    const value = read({ parent, key });
    if (typeof value === "object" && value !== null) placesIn(value as MutationSpot["parent"], found);
  }
  return found;
}

function read({ parent, key }: MutationSpot): unknown {
  return (parent as Record<string, unknown>)[key];
}

function write({ parent, key }: MutationSpot, value: unknown): void {
  // An own member, also by the name of one that every object has.
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function remove({ parent, key }: MutationSpot): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}
