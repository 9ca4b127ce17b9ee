import assert from "node:assert/strict";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE } from "../helpers/flow.js";
import { haNode } from "../helpers/ha-flow.js";
import { journalNode } from "../helpers/journal-flow.js";
import { runningFlow } from "../helpers/running-flow.js";
import { socNode } from "../helpers/soc-flow.js";
import { telematicsNode } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const NODES = ["stream", "telematics", "soc", "ha", "traccar", "journal"];

describe("an account without a login", () => {
  let simulator: Simulator;
  let bench: Bench;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = (loggedIn: boolean) => {
    const devices = [{ vin: simulator.cars[0]!.vin, device: "car" }];
    const tracker = { server: simulator.traccarUrl, devices, wires: [[]] };
    const traccar = { id: "traccar", type: "cardata-traccar", ...PLACE, account: ACCOUNT, ...tracker };
    const others = [socNode({ wires: [[], [], []] }), haNode({ wires: [[]] }), telematicsNode({ wires: [[]] })];
    return runningFlow(bench, simulator, { loggedIn, more: [...others, traccar, journalNode({ wires: [[], []] })] });
  };
  const shown = (id: string) => bench.statuses.filter((one) => one.id === id).at(-1)?.status;
  const allSayIt = () =>
    eventually("all nodes say that a login is needed", () =>
      NODES.every((id) => {
        const { fill, shape, text } = shown(id) ?? {};
        return text === "login needed" && fill === "red" && shape === "ring";
      }),
    );

  it("says under each of its nodes that a login is needed", async () => {
    await start(false);
    await allSayIt();
  });

  it("says so under each of its nodes when the login is lost while they work", async () => {
    await start(true);
    await eventually("a status of each node", () => NODES.every((id) => shown(id) !== undefined));
    for (const id of NODES) assert.notEqual(shown(id)?.text, "login needed", id);
    const admin = await bench.admin();
    await admin.post(`/cardata/account/${ACCOUNT}/logout`);
    await allSayIt();
  });
});
