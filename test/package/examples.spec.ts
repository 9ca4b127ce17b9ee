import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { EXAMPLE_FILES, exampleFlow, titleOf } from "../helpers/examples.js";
import type { FlowNode } from "../helpers/flow.js";
import { ROOT } from "../helpers/node-red.js";
import { userFolder } from "../helpers/red-at-work.js";
import { RedProcess } from "../helpers/red-process.js";

/** Nodes that every Node-RED has, as far as examples use them. */
const CORE = [
  ...["tab", "group", "comment", "inject", "debug", "catch", "status", "function", "switch", "change", "template"],
  ...["trigger", "rbe", "join", "link in", "link out", "mqtt in", "mqtt out", "mqtt-broker"],
  ...["http request", "file"],
];
/** Additional nodes that the examples in a folder need. */
const GUESTS: Readonly<Record<string, readonly string[]>> = {
  "FlowFuse Dashboard": [...["ui-base", "ui-page", "ui-theme", "ui-group", "ui-template"]],
  "Home Assistant nodes": ["ha-sensor", "ha-binary-sensor", "ha-entity-config", "ha-device-config"],
};
/** The properties by which a node uses a config node. */
const REFERENCES = ["account", "broker", "group", "page", "ui", "theme", "entityConfig", "deviceConfig"];
const VIN = /\b(?=\w*\d)[A-HJ-NPR-Z0-9]{17}\b/;
const MOST_WITHOUT_GROUP = 6;

const own = readdirSync(join(ROOT, "dist", "nodes"))
  .filter((file) => file.endsWith(".html"))
  .map((file) => file.replace(".html", ""));
/** Other nodes that a node names. */
function namedBy(node: FlowNode): string[] {
  // A broker's `broker` is its address.
  const references = node.type === "mqtt-broker" ? [] : REFERENCES.map((name) => node[name]);
  const wires = (node["wires"] as string[][] | undefined) ?? [];
  const watched = (node["scope"] as string[] | null | undefined) ?? [];
  return [...wires.flat(), ...watched, ...references].filter((id): id is string => typeof id === "string" && id !== "");
}
const isPlaced = ({ x }: FlowNode) => x !== undefined;

describe("examples", () => {
  it("show every node of the package", () => {
    const shown = new Set(EXAMPLE_FILES.flatMap((file) => exampleFlow(file).map(({ type }) => type)));
    for (const type of own) if (type !== "cardata-account") assert.ok(shown.has(type), type);
  });

  it("stand in the README's list", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const file of EXAMPLE_FILES) assert.ok(readme.includes(`| ${titleOf(file)} `), file);
  });

  it("are numbered without a gap, and share no id", () => {
    const numbers = EXAMPLE_FILES.filter((file) => !file.includes("/")).map((file) => Number(file.slice(0, 2)));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
    const ids = EXAMPLE_FILES.flatMap((file) => exampleFlow(file).map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const file of EXAMPLE_FILES)
    describe(`"${titleOf(file)}"`, () => {
      const flow = exampleFlow(file);
      const [folder = ""] = file.includes("/") ? file.split("/") : [];

      it("explains itself first", () => {
        assert.match(file, /(^|\/)\d\d [A-Z][^/]+\.json$/);
        assert.equal(flow.filter(({ type }) => type === "tab").length, 1);
        const [first] = flow.filter(({ type, z }) => z !== undefined && type !== "group");
        assert.equal(first?.type, "comment");
        assert.ok(String(first["name"]).length > 10 && !String(first["name"]).includes("\n"));
        assert.ok(String(first["info"]).length > 50);
      });

      it("holds nothing personal", () => {
        const text = JSON.stringify(flow);
        assert.doesNotMatch(text, VIN);
        for (const node of flow) {
          assert.equal("credentials" in node, false);
          if (node.type === "mqtt-broker") assert.deepEqual([node["broker"], node["port"]], ["localhost", "1883"]);
          if ("vehicle" in node) assert.equal(node["vehicle"], "");
          if (node.type.startsWith("ha-")) assert.equal(node["server"] ?? "", "");
        }
      });

      it("leaves the account to its user, and says so: a second one with the same login would not work", () => {
        for (const { id, type, account = "" } of flow) assert.deepEqual([id, account], [id, ""], type);
        assert.ok(flow.every(({ type }) => type !== "cardata-account"));
        const [{ name, info } = {} as FlowNode] = flow.filter(({ type }) => type === "comment");
        assert.match(`${String(name)}\n${String(info)}`, /choose your account/i);
      });

      it("uses nodes of the core and of this package only, or of what its folder is named after", () => {
        const known = new Set([...CORE, ...own, ...(GUESTS[folder] ?? [])]);
        for (const { type } of flow) assert.ok(known.has(type), type);
      });

      it("hangs together: wires, config nodes and what is watched", () => {
        const ids = new Set(flow.map(({ id }) => id));
        for (const node of flow)
          for (const target of namedBy(node)) assert.ok(ids.has(target), `${node.id} names ${target}`);
      });

      it("lies in groups, on the canvas", () => {
        const placed = flow.filter((node) => isPlaced(node) && node.type !== "group");
        for (const { x, y, id } of placed) assert.ok(Number(x) >= 20 && Number(y) >= 20, id);
        if (placed.length > MOST_WITHOUT_GROUP) assert.ok(placed.every(({ g }) => g !== undefined));
        for (const group of flow.filter(({ type }) => type === "group")) {
          const members = placed.filter(({ g }) => g === group.id).map(({ id }) => id);
          assert.deepEqual([...(group["nodes"] as string[])].sort(), members.sort(), group.id);
        }
      });
    });

  it("are offered in the import menu of a real Node-RED", async () => {
    const red = await RedProcess.start({ userDir: userFolder() });
    try {
      const offered = async (folder: string) => {
        const answer = await fetch(`${red.url}/library/examples/flows/${PACKAGE_NAME}${folder}`);
        return JSON.stringify(await answer.json());
      };
      for (const file of EXAMPLE_FILES) {
        const { dir, name } = parse(file);
        const menu = await offered(dir === "" ? "" : `/${encodeURIComponent(dir)}`);
        assert.ok(menu.includes(JSON.stringify(name)), menu);
      }
    } finally {
      await red.stop();
    }
  });
});
