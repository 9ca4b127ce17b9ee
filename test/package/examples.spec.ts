import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { ROOT } from "../helpers/node-red.js";
import { installPacked } from "../helpers/packed.js";
import { RedProcess, temporaryFolder } from "../helpers/red-process.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

interface FlowNode extends Record<string, unknown> {
  readonly id: string;
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
}

const EXAMPLES = join(ROOT, "examples");
const files = readdirSync(EXAMPLES, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
const flowOf = (file: string) => JSON.parse(readFileSync(join(EXAMPLES, file), "utf8")) as FlowNode[];
const ERROR_LEVEL = 20;
const ANSWERING = new Set(["cardata-predicted-soc", "cardata-telematics", "cardata-traccar"]);

describe("examples", () => {
  it("show every node of the package", () => {
    const shown = new Set(files.flatMap((file) => flowOf(file).map(({ type }) => type)));
    const own = readdirSync(join(ROOT, "dist", "nodes")).filter((file) => file.endsWith(".html"));
    for (const file of own) assert.ok(shown.has(file.replace(".html", "")), file);
  });

  it("stand in the README's list", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const file of files) assert.ok(readme.includes(file.replace(".json", "")), file);
  });

  for (const file of files)
    it(`"${file}" explains itself and holds nothing personal`, () => {
      const flow = flowOf(file);
      assert.equal(flow.filter(({ type }) => type === "tab").length, 1);
      assert.ok(flow.some(({ type, info }) => type === "comment" && String(info).length > 50));
      for (const node of flow) {
        assert.equal("credentials" in node, false);
        if (node.type === "cardata-account") assert.deepEqual(node["vehicles"], []);
        if ("vehicle" in node) assert.equal(node["vehicle"], "");
        if (node.x !== undefined) assert.ok(node.x >= 20 && Number(node.y) >= 20, node.id);
      }
    });

  describe("in a real Node-RED", () => {
    let simulator: Simulator;
    let red: RedProcess;

    before(async function () {
      this.timeout(90_000);
      simulator = await startSimulator({ autoApprove: true, codeInterval: 5 });
      const userDir = temporaryFolder("examples");
      installPacked(userDir);
      red = await RedProcess.start({ userDir });
    });

    after(async () => {
      await red.stop();
      await simulator.stop();
    });

    it("are offered in the import menu", async () => {
      const answer = await fetch(`${red.url}/library/examples/flows/${PACKAGE_NAME}`);
      const offered = JSON.stringify(await answer.json());
      for (const file of files) assert.ok(offered.includes(file.replace(".json", "")), offered);
    });

    /** Presses the buttons that lead to a node. */
    async function press(flow: readonly FlowNode[], node: string): Promise<void> {
      const leads = ({ type, wires }: FlowNode) => type === "inject" && JSON.stringify(wires).includes(`"${node}"`);
      for (const { id } of flow.filter(leads)) await fetch(`${red.url}/inject/${id}`, { method: "POST" });
    }

    /** As its comment says: the car at the wallbox is chosen. */
    const chosen = (node: FlowNode): FlowNode =>
      node.type === "cardata-predicted-soc" ? { ...node, vehicle: simulator.cars[0]!.vin } : node;

    it("run: what hears the stream sends, and what has a button answers it", async () => {
      for (const file of files) {
        red.logs.length = 0;
        red.sent.length = 0;
        const flow = flowOf(file);
        const account = flow.find(({ type }) => type === "cardata-account")?.id ?? "";
        await logIn(red.url, account, simulator);
        await deployFlow(red.url, account, simulator, flow.filter(({ id }) => id !== account).map(chosen));
        await red.log("Stream connected");
        const streams = flow.filter(({ type }) => type === "cardata-stream" || type === "cardata-predicted-soc");
        for (const { id } of streams) {
          simulator.step(60_000);
          await red.message((sent) => sent.id === id);
        }
        for (const { id, type } of flow) {
          if (!ANSWERING.has(type)) continue;
          await press(flow, id);
          await red.message((sent) => sent.id === id);
        }
        const errors = red.logs.filter(({ level }) => level <= ERROR_LEVEL);
        assert.deepEqual(errors, [], file);
      }
    }).timeout(90_000);
  });
});
