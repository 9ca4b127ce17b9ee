import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type AnyNode, type CallExpression, type ObjectExpression } from "acorn";
import { ROOT } from "../helpers/node-red.js";

const NODES = join(ROOT, "dist", "nodes");
const sets = readdirSync(NODES)
  .filter((file) => file.endsWith(".html"))
  .map((file) => file.replace(".html", ""));
const SCRIPT = /<script type="text\/javascript">([\s\S]*?)<\/script>/;

/** The definition as the flow library finds it: `registerType` with literals, in a classic script. */
function definitionOf(set: string): { type: unknown; members: ReadonlyMap<string, unknown> } {
  const html = readFileSync(join(NODES, `${set}.html`), "utf8");
  const program = parse(SCRIPT.exec(html)?.[1] ?? "", { ecmaVersion: 2020, sourceType: "script" });
  const calls: CallExpression[] = [];
  walk(program, (node) => {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
    if (node.callee.property.type === "Identifier" && node.callee.property.name === "registerType") calls.push(node);
  });
  assert.equal(calls.length, 1);
  const [type, definition] = calls[0]?.arguments ?? [];
  assert.equal(type?.type, "Literal");
  assert.equal(definition?.type, "ObjectExpression");
  return { type: (type as { value?: unknown }).value, members: membersOf(definition) };
}

function membersOf(object: ObjectExpression): ReadonlyMap<string, unknown> {
  return new Map(
    object.properties.flatMap((property): [string, unknown][] => {
      if (property.type !== "Property" || property.key.type !== "Identifier") return [];
      const { value } = property;
      return [[property.key.name, value.type === "Literal" ? value.value : value.type]];
    }),
  );
}

function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const value of Object.values(node) as unknown[])
    for (const member of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof member === "object" && member !== null && "type" in member) walk(member as AnyNode, visit);
}

describe("editor files, as the flow library reads them", () => {
  it("are there for every node that package.json names", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      "node-red": { nodes: Record<string, string> };
    };
    assert.deepEqual(Object.keys(manifest["node-red"].nodes).sort(), [...sets].sort());
  });

  for (const set of sets)
    it(`of ${set} register the type with literals`, () => {
      const { type, members } = definitionOf(set);
      assert.equal(type, set);
      assert.equal(members.get("defaults"), "ObjectExpression");
      if (members.get("category") === "config") return;
      assert.equal(members.get("category"), "CarData");
      assert.match(String(members.get("color")), /^#[0-9A-F]{6}$/i);
      assert.equal(typeof members.get("inputs"), "number");
      assert.equal(typeof members.get("outputs"), "number");
      const icon = String(members.get("icon"));
      assert.ok(existsSync(join(NODES, "icons", icon)), icon);
      assert.match(readFileSync(join(NODES, "icons", icon), "utf8"), /fill="#fff"|stroke="#fff"/);
    });

  for (const set of sets)
    it(`of ${set} hold template and help`, () => {
      const html = readFileSync(join(NODES, `${set}.html`), "utf8");
      for (const part of ["template", "help"]) assert.ok(html.includes(`data-${part}-name="${set}"`), part);
    });
});
