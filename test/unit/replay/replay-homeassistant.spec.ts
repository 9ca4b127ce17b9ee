import assert from "node:assert/strict";
import { keyOf } from "../../../src/homeassistant/ha-part.js";
import { canHave } from "../../../src/vehicle/drive-type.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage, type ReplayedNode, type ReplayOptions } from "../../../src/replay/replay.js";
import type { Form } from "../../../src/messages/types.js";
import { ODOMETER, SOC } from "../../helpers/test-vehicle.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const time = (minute: number) => `2026-03-02T06:${String(minute).padStart(2, "0")}:00.000Z`;
const CONFIG = `homeassistant/device/bmw_cardata_${VIN.toLowerCase()}/config`;

function stream(minute: number, values: Readonly<Record<string, unknown>>, vin = VIN) {
  const timestamp = time(minute);
  const data = Object.entries(values).map(([descriptor, value]) => [descriptor, { value, timestamp }]);
  return { at: timestamp, kind: "stream", payload: { vin, data: Object.fromEntries(data) as unknown } };
}

interface SentToBroker {
  readonly at: string;
  readonly node: string;
  readonly topic: string;
  readonly payload: string;
}

async function played(
  lines: readonly object[],
  nodes: readonly ReplayedNode[] = ["homeassistant"],
  form: Form = "each",
  more: Partial<ReplayOptions> = {},
) {
  const sent: ReplayedMessage[] = [];
  const options = { nodes: new Set(nodes), vehicle: "", form, until: Infinity, ...more };
  const replay = new Replay(options, (message) => sent.push(message));
  for (const line of lines) await replay.play(line as RecordedLine);
  await replay.end();
  const reported = sent.map(({ at, node, msg }): SentToBroker => ({
    at,
    node,
    ...(msg as Pick<SentToBroker, "topic" | "payload">),
  }));
  const configs = reported.filter(({ topic }) => topic === CONFIG);
  const components = (config: SentToBroker | undefined) =>
    Object.keys((JSON.parse(config?.payload ?? "{}") as { components?: object }).components ?? {});
  return { replay, sent, told: reported, configs, components };
}

describe("replay of cardata-homeassistant", () => {
  it("announces a car seconds after its first message, then sends its states at once", async () => {
    const { told: reported, configs, components } = await played([stream(0, { [SOC]: 63 }), stream(1, { [SOC]: 62 })]);
    assert.ok(reported.every(({ node }) => node === "cardata-homeassistant"));
    assert.deepEqual(
      configs.map(({ at }) => at),
      ["2026-03-02T06:00:03.000Z"],
    );
    assert.ok(components(configs[0]).includes("predicted_soc"), "what no node prints is shown all the same");
    const levels = reported.filter(({ topic }) => topic === `cardata/${VIN}/${SOC}/state`);
    assert.deepEqual(
      levels.map(({ at, payload }) => [at, payload]),
      [
        ["2026-03-02T06:00:03.000Z", "63"],
        [time(1), "62"],
      ],
    );
  });

  it("shows BMW's answers and the tracker's reports", async () => {
    const { configs, components } = await played([
      stream(0, { [ODOMETER]: 1000 }),
      { at: time(0), kind: "speed", vin: VIN, kmh: 50 },
      { at: time(0), kind: "chargingHistory", vin: VIN, payload: { data: [] } },
      stream(1, { [ODOMETER]: 1001 }),
    ]);
    const shown = components(configs.at(-1));
    for (const key of ["traccar", "chargingHistory"]) assert.ok(shown.includes(key), `${key} in ${shown.join()}`);
  });

  it("takes the battery back when the car turns out to have none", async () => {
    const { configs, components } = await played([
      stream(0, { [SOC]: 12, [ODOMETER]: 1000 }),
      stream(1, { [ODOMETER]: 1001 }),
      { at: time(2), kind: "basicData", vin: VIN, payload: { driveTrain: "CONV" } },
      stream(3, { [ODOMETER]: 1002 }),
    ]);
    assert.ok(components(configs[0]).includes("predicted_soc"));
    assert.ok(!components(configs.at(-1)).includes("predicted_soc"));
  });

  it("announces after a restart what was announced before", async () => {
    const { configs, components } = await played([
      stream(0, { [SOC]: 63, [ODOMETER]: 1000 }),
      { at: time(1), kind: "restart" },
      stream(2, { [ODOMETER]: 1001 }),
    ]);
    assert.equal(configs.length, 2);
    assert.deepEqual(components(configs[1]).sort(), components(configs[0]).sort());
  });

  it("understands all forms, and shows nothing of whole messages", async () => {
    const lines = [stream(0, { [SOC]: 63 }), stream(1, { [SOC]: 62 })];
    assert.equal((await played(lines, ["homeassistant"], "update")).configs.length, 1);
    const { configs, components, replay } = await played(lines, ["homeassistant"], "raw");
    assert.ok(!components(configs[0]).some((key) => key.includes("batteryManagement")));
    assert.deepEqual(replay.skipped.toJSON(), {});
  });

  it("takes whatever the other nodes send of all that there is, of several cars", async () => {
    const everything = Object.fromEntries([...allDefinitions()].map(({ id }, index) => [id, index]));
    const lines = [stream(0, everything), stream(0, everything, OTHER_VIN), stream(1, everything)];
    const { replay, told: reported } = await played(lines);
    assert.deepEqual(replay.skipped.toJSON(), {});
    assert.equal(reported.filter(({ topic }) => topic.startsWith("homeassistant/")).length, 2);
  });

  it("announces the whole catalogue on wish, as each kind of car has it, what was not sent as unknown", async () => {
    const lines = [
      stream(0, { [SOC]: 63 }),
      { at: time(0), kind: "basicData", vin: VIN, payload: { driveTrain: "BEV" } },
      stream(0, { [ODOMETER]: 1000 }, OTHER_VIN),
      { at: time(0), kind: "basicData", vin: OTHER_VIN, payload: { driveTrain: "CONV" } },
    ];
    const { told, components } = await played(lines, ["homeassistant"], "each", { catalogue: true });
    const shown = (vin: string) =>
      new Set(
        components(told.filter(({ topic }) => topic === CONFIG.replace(VIN.toLowerCase(), vin.toLowerCase())).at(-1)),
      );
    const [electric, petrol] = [shown(VIN), shown(OTHER_VIN)];
    for (const { id } of allDefinitions())
      for (const [car, driveType] of [
        [electric, "bev"],
        [petrol, "combustion"],
      ] as const)
        assert.equal(car.has(keyOf(id)), canHave(driveType, id), `${id} of ${driveType}`);
    const states = (descriptor: string) =>
      told.filter(({ topic }) => topic === `cardata/${VIN}/${descriptor}/state`).map(({ payload }) => payload);
    assert.deepEqual([states(SOC), states(ODOMETER)], [["63"], ["None"]]);
    const only = await played(lines, ["homeassistant"], "each", { catalogue: true, vehicle: VIN });
    assert.ok(!only.told.some(({ topic }) => topic === `cardata/${OTHER_VIN}/${SOC}/state`));
  });

  it("changes nothing of what the other nodes print, and prints the same again", async () => {
    const lines = [stream(0, { [SOC]: 63 }), { at: time(1), kind: "restart" }, stream(2, { [SOC]: 62 })];
    const others = ["stream", "predicted-soc"] as const;
    const alone = await played(lines, others);
    const beside = await played(lines, [...others, "homeassistant"]);
    const ofOthers = beside.sent.filter(({ node }) => node !== "cardata-homeassistant");
    assert.equal(JSON.stringify(ofOthers), JSON.stringify(alone.sent));
    assert.ok(ofOthers.length < beside.sent.length);
    const again = await played(lines, [...others, "homeassistant"]);
    assert.equal(JSON.stringify(again.sent), JSON.stringify(beside.sent));
  });
});
