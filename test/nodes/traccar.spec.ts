import assert from "node:assert/strict";
import { Bench, recorders } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, accountNode, PLACE, streamMessage, TAB, type FlowNode } from "../helpers/flow.js";
import { liveWith, witnessesOf } from "../helpers/soc-flow.js";
import { startSimulator, type Simulator } from "../simulator/index.js";
import { traccarToken } from "../simulator/traccar-tokens.js";
import type { AdminAnswer } from "../helpers/admin.js";
import type { TraccarDeviceView, TraccarRequest } from "../../nodes/lib/admin-contract.js";

const MOVING = "vehicle.isMoving";
const DAY = 24 * 3_600_000;
const API_PATHS = new Set(["/api/devices", "/api/positions"]);

describe("cardata-traccar", () => {
  let simulator: Simulator;
  let bench: Bench;
  /** The car that drives from the start. */
  let vin: string;
  let device: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    const driving = simulator.traccar.devices[1]!;
    ({ vin, name: device } = driving);
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const traccarNode = (changes: object = {}): FlowNode => {
    const settings = { account: ACCOUNT, server: simulator.traccarUrl, devices: [{ vin, device }], interval: "60" };
    return { id: "traccar", type: "cardata-traccar", ...PLACE, name: "", wires: [["speeds"]], ...settings, ...changes };
  };
  const flowWith = (changes: object = {}, more: readonly FlowNode[] = []) => [
    TAB,
    accountNode(simulator),
    traccarNode(changes),
    ...witnessesOf("traccar"),
    ...recorders("speeds"),
    ...more,
  ];
  const start = (changes: object = {}, more: readonly FlowNode[] = [], token = simulator.traccar.token) =>
    liveWith(bench, simulator, flowWith(changes, more), { traccar: { token }, rival: { token } });
  const ends = () => [...bench.messages("completed"), ...bench.messages("failures")].map((message) => message["id"]);
  /** Sends a message, and waits until the node is done with it; the error, if there was one. */
  const give = async (message: object) => {
    const id = `message-${ends().length + 1}`;
    bench.node("traccar").receive({ ...message, id });
    await eventually(`the end of ${id}`, () => ends().includes(id));
    return bench.messages("failures").find((failed) => failed["id"] === id)?.error;
  };
  const drive = (isMoving: boolean) => {
    simulator.publish(vin, streamMessage(vin, { [MOVING]: isMoving }));
  };
  const looks = async (text: string | RegExp, id = "traccar") => {
    const fits = ({ text: shown = "" }) => (typeof text === "string" ? shown === text : text.test(shown));
    const { status } = await eventually(`the status ${String(text)}`, () =>
      bench.statuses.find((one) => one.id === id && fits(one.status)),
    );
    return [status.fill, status.shape];
  };

  it("polls on request, and sends speed and position", async () => {
    await start();
    simulator.step(60_000);
    assert.equal(await give({ command: "poll" }), undefined);
    const { payload, topic, unit, device: named, bracket, position } = await bench.message("speeds");
    assert.equal(payload, 52);
    assert.deepEqual(
      { topic, unit, named, bracket },
      { topic: `cardata/${vin}/traccar`, unit: "km/h", named: device, bracket: "city" },
    );
    const { latitude, valid } = position as Record<string, unknown>;
    assert.equal(typeof latitude, "number");
    assert.equal(valid, true);
    assert.deepEqual(await looks("52 km/h"), ["green", "dot"]);
  });

  it("looks by itself from the start of a trip on", async () => {
    await start();
    assert.deepEqual(await looks("waiting for a trip"), ["grey", "ring"]);
    assert.deepEqual(simulator.traccar.requests, []);
    drive(true);
    await bench.message("speeds");
  });

  it("looks without a trip if it is set to", async () => {
    await start({ mode: "always" });
    await bench.message("speeds");
  });

  it("does nothing for a message without a command, and says what it knows of others", async () => {
    await start();
    assert.equal(await give({ payload: 1 }), undefined);
    assert.equal((await give({ command: "fly" }))?.code, "unknown_command");
    assert.deepEqual(simulator.traccar.requests, []);
  });

  it("sends null for a silent tracker when asked to poll", async () => {
    await start();
    simulator.traccar.spoil(vin, "empty");
    await give({ command: "poll" });
    assert.equal((await bench.message("speeds"))["payload"], null);
    assert.deepEqual(await looks("tracker silent"), ["yellow", "ring"]);
  });

  it("says that the token is refused, and never shows it", async () => {
    await start({}, [], "wrong-token-4711");
    const error = await give({ command: "poll" });
    assert.equal(error?.code, "traccar_unauthorised");
    assert.deepEqual(await looks("token refused"), ["red", "ring"]);
    assert.ok(!JSON.stringify([bench.received, bench.statuses]).includes("wrong-token-4711"));
  });

  it("takes the address from whatever page the browser shows, and a name with blanks at its ends", async () => {
    const server = `${simulator.traccarUrl}/settings/preferences`;
    await start({ server, devices: [{ vin, device: `  ${device} ` }] });
    assert.equal(await give({ command: "poll" }), undefined);
    assert.equal(typeof (await bench.message("speeds"))["payload"], "number");
    assert.deepEqual(new Set(simulator.traccar.requests.map(({ path }) => path)), API_PATHS);
  });

  for (const [left, text, shown] of [
    [7 * DAY, "token ends in 7 days", ["yellow", "dot"]],
    [DAY, "token ends in 24 h", ["yellow", "dot"]],
    [-DAY, "token has expired", ["red", "ring"]],
  ] as const)
    it(`says "${text}" although no car drives`, async () => {
      // A moment less, so that the time which the start takes matters nothing.
      await start({}, [], traccarToken(Date.now() + left - 60_000));
      assert.deepEqual(await looks(text), shown);
    });

  it("says that the server is away", async () => {
    await start();
    simulator.traccar.faults.down(true);
    assert.equal((await give({ command: "poll" }))?.code, "traccar_unreachable");
    assert.deepEqual(await looks("server unreachable"), ["red", "ring"]);
  });

  it("says that no tracker has this name", async () => {
    await start({ devices: [{ vin, device: "Somebody's phone" }] });
    assert.equal((await give({ command: "poll" }))?.code, "traccar_device_unknown");
    assert.deepEqual(await looks("unknown tracker"), ["red", "ring"]);
  });

  it("says that nothing is set up", async () => {
    await start({ server: "", devices: [] });
    assert.deepEqual(await looks("not set up"), ["grey", "ring"]);
  });

  it("leaves a car to the node with the lowest id", async () => {
    await start({}, [traccarNode({ id: "rival", wires: [[]] })]);
    assert.deepEqual(await looks("other node looks"), ["yellow", "ring"]);
    assert.deepEqual(await looks("waiting for a trip", "rival"), ["grey", "ring"]);
  });

  describe("the dialog's list of trackers", () => {
    const ask = async (request: Partial<TraccarRequest>) => {
      const admin = await bench.admin();
      return admin.post("/cardata/traccar/devices", { node: "traccar", server: simulator.traccarUrl, ...request });
    };
    const codeOf = ({ status, body }: AdminAnswer) => [status, (body as { error: { code: string } }).error.code];

    it("comes by what is typed, before anything is deployed", async () => {
      await bench.load([TAB]);
      const { status, body } = await ask({ node: "new", token: simulator.traccar.token });
      assert.equal(status, 200);
      assert.deepEqual(
        body,
        simulator.traccar.devices.map(({ name, uniqueId }): TraccarDeviceView => ({ name, uniqueId })),
      );
    });

    it("comes by the saved token, which goes to the saved server only", async () => {
      await start();
      assert.equal((await ask({ token: "__PWRD__" })).status, 200);
      const before = simulator.traccar.requests.length;
      const elsewhere = simulator.traccarUrl.replace("127.0.0.1", "localhost");
      assert.deepEqual(codeOf(await ask({ server: elsewhere, token: "__PWRD__" })), [400, "traccar_token_missing"]);
      assert.equal(simulator.traccar.requests.length, before);
    });

    it("is refused with the reason", async () => {
      await start();
      const { token } = simulator.traccar;
      for (const mistyped of ["wrong", `S${token.slice(1)}`, `${token.slice(0, 20)}A${token.slice(20)}`])
        assert.deepEqual(codeOf(await ask({ token: mistyped })), [400, "traccar_unauthorised"], mistyped);
      assert.deepEqual(codeOf(await ask({ server: "traccar.lan", token: "x" })), [400, "traccar_url_invalid"]);
      assert.deepEqual(codeOf(await ask({ token: "" })), [400, "traccar_token_missing"]);
    });
  });
});
