import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { Bench, recorders, type Received } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, SOC } from "../helpers/flow.js";
import { mqttOutStatus } from "../helpers/mqtt-out-status.js";
import { asking, askingFlow, telematicsNode, type AskOptions } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

type Message = Received["message"];

describe("input of cardata-telematics", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vins: string[];

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    vins = simulator.cars.map(({ vin }) => vin);
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = (options: AskOptions = {}) => asking(bench, simulator, options);
  const calls = () => simulator.log.count("rest*");
  const answers = () => bench.messages("answers");
  const ends = () => [...bench.messages("completed"), ...bench.messages("failures")].map((message) => message["id"]);
  /** Asks, and waits until the node is done with it. */
  const ask = async (message: object = {}) => {
    const id = `question-${ends().length + 1}`;
    bench.node("telematics").receive({ ...message, id });
    await eventually(`the end of ${id}`, () => ends().includes(id));
  };
  const refused = async (message: object = {}) => {
    await ask(message);
    const failure = bench.messages("failures").at(-1);
    return { failure, ...failure?.error, cause: failure?.error?.cause as Record<string, unknown> | undefined };
  };

  it("sends the known values again when the broker of an mqtt out node has come back, without a request", async () => {
    await start();
    await ask();
    const before = answers().map(({ topic, payload }) => [topic, payload]);
    const asked = calls();
    bench.received.length = 0;
    bench.node("telematics").receive({ id: "back", ...mqttOutStatus("connected") });
    await eventually("all values again", () => answers().length >= before.length);
    assert.deepEqual(
      answers()
        .map(({ topic, payload }) => [topic, payload])
        .sort(),
      before.sort(),
    );
    assert.ok(answers().every(({ fresh }) => fresh === false));
    assert.deepEqual([calls(), ends()], [asked, ["back"]]);
  });

  it("takes the status of an mqtt out node for no request", async () => {
    await start({ node: { operation: "chargingHistory" } });
    const before = calls();
    await ask(mqttOutStatus("connected"));
    await ask(mqttOutStatus("disconnected"));
    await turn();
    assert.deepEqual([calls(), answers(), bench.messages("failures")], [before, [], []]);
  });

  describe("asks for the values of a car", () => {
    it("and sends one message for each, with what is left of the quota", async () => {
      await start({ node: { vehicle: vins[0] } });
      await ask({ _msgid: "trace" });
      assert.equal(calls(), 1);
      const soc = answers().find(({ descriptor }) => descriptor === SOC)!;
      const { payload, topic, vin, unit, source, fresh, quota } = soc;
      assert.equal(typeof payload, "number");
      assert.deepEqual(
        { topic, vin, unit, source, fresh },
        { topic: `cardata/${vins[0]}/${SOC}`, vin: vins[0], unit: "%", source: "rest", fresh: true },
      );
      const { used, remaining, limit, window } = quota as Record<string, unknown>;
      assert.deepEqual([used, remaining, limit, window], [1, 49, 50, "utc-day"]);
      assert.deepEqual([...new Set(answers().map(({ _msgid }) => _msgid))], ["trace"]);
      const count = answers().length;
      assert.deepEqual(
        answers().map(({ parts }) => [(parts as { index: number }).index, (parts as { count: number }).count]),
        Array.from({ length: count }, (_one, index) => [index, count]),
      );
      assert.ok(count > 3);
    });

    it("of all cars if none is named, and spares calls for what is fresh", async () => {
      await start();
      await ask();
      assert.equal(calls(), vins.length);
      const seen = () => [...new Set(answers().map(({ vin }) => vin))];
      assert.deepEqual(seen(), vins);
      const before = answers().length;
      await ask();
      assert.equal(calls(), vins.length);
      assert.deepEqual(
        [
          ...new Set(
            answers()
              .slice(before)
              .map(({ fresh }) => fresh),
          ),
        ],
        [false],
      );
      await ask({ force: true });
      assert.equal(calls(), 2 * vins.length);
    });

    it("in one message for each car in the form `update`", async () => {
      await start({ node: { vehicle: vins[0], form: "update" } });
      await ask();
      const [{ topic, payload, readings } = {} as Message, ...more] = answers();
      assert.deepEqual([topic, more], [`cardata/${vins[0]}`, []]);
      assert.equal(typeof (payload as Record<string, unknown>)[SOC], "number");
      assert.equal((readings as unknown[]).length, Object.keys(payload as object).length);
    });

    it("as BMW writes them in the form `raw`", async () => {
      await start({ node: { vehicle: vins[0], form: "raw" } });
      await ask();
      const [{ payload } = {} as Message, ...more] = answers();
      assert.deepEqual(more, []);
      assert.match(JSON.stringify(payload), new RegExp(`"${SOC}":\\{"value":"\\d+"`));
    });

    it("of another car if the message names one", async () => {
      await start({ node: { vehicle: vins[0] } });
      await ask({ vin: vins[1] });
      assert.deepEqual([...new Set(answers().map(({ vin }) => vin))], [vins[1]]);
    });

    it("of the car whose alias the message names", async () => {
      await start({ account: { vehicles: [{ vin: vins[1], alias: "Anna's car" }] } });
      await ask({ vin: "Anna_s_car" });
      assert.deepEqual([...new Set(answers().map(({ vin }) => vin))], [vins[1]]);
      assert.equal((await refused({ vin: "Nobody" })).code, "vin_invalid");
    });
  });

  describe("asks for other things", () => {
    it("and re-uses the message for the answer", async () => {
      await start({ node: { vehicle: vins[0], operation: "chargingHistory" } });
      const from = new Date(Date.now() - 10 * 24 * 3600 * 1000).toISOString();
      await ask({ mine: { kept: true }, payload: "before", parts: { id: "other" }, from });
      const [answer = {}, ...more] = answers();
      assert.deepEqual(more, []);
      assert.ok(Array.isArray(answer["payload"]));
      assert.deepEqual(
        [answer["topic"], answer["vin"], answer["mine"], answer["parts"]],
        [`cardata/${vins[0]}/chargingHistory`, vins[0], { kept: true }, undefined],
      );
      assert.match((answer["summary"] as { text: string }).text, /charge/);
      assert.equal((answer["quota"] as { used: number }).used, calls());
    });

    it("once for each car, and no answer shares anything with another", async () => {
      await start({ node: { operation: "basicData" } });
      await ask({ mine: { list: [] } });
      assert.deepEqual(
        answers().map(({ topic }) => topic),
        vins.map((vin) => `cardata/${vin}/basicData`),
      );
      const own = answers().map((answer) => answer["mine"]);
      assert.equal(new Set(own).size, vins.length);
    });

    it("such as a picture, which comes as bytes", async () => {
      await start({ node: { vehicle: vins[0], operation: "image" } });
      await ask();
      const [answer = {}] = answers();
      assert.ok(Buffer.isBuffer(answer["payload"]));
      assert.equal(answer["contentType"], "image/png");
    });

    it("or a picture that it has, without a call, to a broker that has come back", async () => {
      await start({ node: { vehicle: vins[0], operation: "image" } });
      await ask();
      const asked = calls();
      bench.node("telematics").receive(mqttOutStatus("connected"));
      await eventually("the picture once more", () => answers().length === 2);
      const [first, second] = answers();
      assert.deepEqual(
        [second?.["payload"], second?.["topic"], calls()],
        [first?.["payload"], first?.["topic"], asked],
      );
    });

    it("or about the account, if the message says so", async () => {
      await start();
      await ask({ operation: "vehicles" });
      const [answer = {}] = answers();
      assert.equal(answer["topic"], "cardata/account/vehicles");
      assert.deepEqual(
        (answer["payload"] as { vin: string }[]).map(({ vin }) => vin),
        vins,
      );
    });

    it("or for the quota, at no cost", async () => {
      await start({ node: { operation: "quota" } });
      await ask();
      assert.equal(calls(), 0);
      assert.equal((answers()[0]!["payload"] as { used: number }).used, 0);
    });

    it("but deletes containers only for a message that confirms it", async () => {
      await start({ node: { operation: "containers", containerAction: "delete" } });
      const [containerId] = simulator.faults.foreignContainers(1);
      const { code, cause } = await refused({ containerId });
      assert.deepEqual([code, cause?.["action"], calls()], ["confirm_needed", "change-input", 0]);
      await ask({ containerId, confirm: true });
      assert.deepEqual(answers()[0]!["payload"], { action: "delete", deleted: [containerId], failed: [] });
      assert.equal(simulator.log.count("rest DELETE*"), 1);
    });
  });

  it("completes each message once", async () => {
    await start({ node: { operation: "quota" } });
    await ask();
    await ask();
    await turn();
    assert.deepEqual(ends(), ["question-1", "question-2"]);
    assert.deepEqual(bench.messages("failures"), []);
  });

  describe("is answered by an error", () => {
    it("that contains BMW's reason, what is left and what to do, and leaves the message as it was", async () => {
      await start({ node: { vehicle: vins[0] } });
      simulator.faults.refuseCar(vins[0]!);
      const { failure, code, message, cause } = await refused({ payload: "mine" });
      assert.equal(code, "cu_104");
      assert.match(message ?? "", /You are not the main user of the car …/);
      const { exveErrorRef, quota, ...rest } = cause!;
      assert.deepEqual(rest, {
        code: "cu_104",
        httpStatus: 403,
        exveErrorId: "CU-104",
        retryAt: null,
        action: "choose-vehicle",
      });
      assert.ok(typeof exveErrorRef === "string" && exveErrorRef !== "");
      assert.equal((quota as { used: number }).used, 1);
      assert.deepEqual([failure?.["payload"], failure?.["quota"]], ["mine", quota]);
      assert.deepEqual([answers(), ends().length], [[], 1]);
    });

    it("when one of the cars fails, after the others were answered", async () => {
      await start({ node: { operation: "basicData" } });
      simulator.faults.refuseCar(vins[1]!);
      assert.equal((await refused()).code, "cu_104");
      assert.deepEqual(
        answers().map(({ vin }) => vin),
        [vins[0], vins[2]],
      );
    });

    const WRONG: Record<string, [message: object, code: string]> = {
      "an operation that does not exist": [{ operation: "explode" }, "unknown_operation"],
      "a car of somebody else": [{ vin: "WBA00000000000009" }, "vehicle_unknown"],
      "a VIN that is none": [{ vin: "my car" }, "vin_invalid"],
      "a date that is none": [{ operation: "chargingHistory", from: "yesterday" }, "date_range_invalid"],
      "a range that BMW refuses": [{ operation: "chargingHistory", from: "2020-01-01" }, "date_range_too_long"],
      "too many pages": [{ operation: "chargingHistory", maxPages: 11 }, "pages_invalid"],
    };
    it("without a call for what is known to fail, and msg.force asks all the same", async () => {
      await start({ node: { vehicle: vins[0] } });
      simulator.faults.refuseCar(vins[0]!);
      await refused();
      assert.equal(calls(), 1);
      for (const operation of ["telematicData", "basicData", "image"]) {
        const { code, message, cause } = await refused({ operation });
        assert.deepEqual([code, cause?.["exveErrorId"]], ["cu_104", "CU-104"]);
        assert.match(message ?? "", /BMW said so on .* UTC and was not asked again; .*msg\.force set to true/);
        assert.ok(Date.parse(String(cause?.["retryAt"])) > Date.now());
      }
      assert.equal(calls(), 1);
      simulator.faults.refuseCar(vins[0]!, false);
      await ask({ operation: "basicData", force: true });
      assert.deepEqual([answers().length, calls()], [1, 2]);
    });

    for (const [what, [message, code]] of Object.entries(WRONG))
      it(`for ${what}, and no call is spent`, async () => {
        await start();
        const { code: got, cause } = await refused(message);
        assert.deepEqual([got, cause?.["code"], calls()], [code, code, 0]);
      });

    it("for a mistyped car in the settings, where it is not replaced by the message", async () => {
      await start({ node: { vehicle: "WBY123" } });
      assert.equal((await refused()).code, "vin_invalid");
      assert.equal(calls(), 0);
      await ask({ vin: vins[0] });
      assert.ok(answers().length > 0);
    });

    it("before the login", async () => {
      await start({ loggedIn: false });
      const { code, cause } = await refused();
      assert.deepEqual([code, cause?.["action"]], ["not_logged_in", "login"]);
    });

    it("with a broker as source, which has no API behind it", async () => {
      await start({ account: { source: "broker", brokerHost: "127.0.0.1", brokerPort: "1" }, loggedIn: false });
      assert.equal((await refused()).code, "rest_needs_login");
      const { status } = await bench.status("telematics", "asks BMW nothing");
      assert.deepEqual([status.fill, status.shape], ["grey", "ring"]);
    });

    const WITHOUT: Record<string, (one: Simulator) => ReturnType<typeof askingFlow>> = {
      "no account is chosen": (one) => askingFlow(one, { node: { account: "" } }),
      "the account is gone": (one) => askingFlow(one).filter(({ id }) => id !== ACCOUNT),
      "the account is disabled": (one) => askingFlow(one, { account: { d: true } }),
      "the account is a node of another type": (one) => askingFlow(one, { node: { account: "answers" } }),
    };
    for (const [when, flow] of Object.entries(WITHOUT))
      it(`when ${when}, and the node says "no account"`, async () => {
        await bench.load(flow(simulator));
        const { status } = await bench.status("telematics", "no account");
        assert.deepEqual([status.fill, status.shape], ["grey", "ring"]);
        const { code, cause } = await refused();
        assert.deepEqual([code, cause?.["action"], cause?.["quota"]], ["no_account", "change-input", null]);
        assert.deepEqual(bench.messages("completed"), []);
      });
  });

  it("answers at the node that was asked, not at the others", async () => {
    const other = telematicsNode({ id: "other", operation: "quota", wires: [["heard"]] });
    await start({ more: [other, ...recorders("heard")] });
    await ask({ vin: vins[0] });
    assert.ok(answers().length > 0);
    assert.deepEqual(bench.messages("heard"), []);
  });

  it("works with a node of which only the account is stored, as in a flow of an older version", async () => {
    const { id, type, z, x, y, account, wires } = telematicsNode();
    const bare = { id, type, z, x, y, account, wires };
    const { credentials } = await start();
    const flow = askingFlow(simulator).map((node) => (node.id === id ? (bare as unknown as typeof node) : node));
    await bench.deploy(flow, "full", credentials);
    await ask({ vin: vins[0] });
    assert.ok(answers().some(({ descriptor }) => descriptor === SOC));
  });
});
