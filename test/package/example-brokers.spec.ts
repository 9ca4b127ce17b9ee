import assert from "node:assert/strict";
import { eventually } from "../helpers/eventually.js";
import { EXAMPLE_FILES, exampleFlow, titleOf } from "../helpers/examples.js";
import { Stage } from "../helpers/example-stage.js";
import { SOC, type FlowNode } from "../helpers/flow.js";
import { userFolder } from "../helpers/red-at-work.js";

const CAR = "WBY1Z2C30N7A00041";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const MOVING = "vehicle.isMoving";
const VALUES = {
  [SOC]: 63,
  "vehicle.drivetrain.batteryManagement.maxEnergy": 80,
  "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange": 240,
  "vehicle.drivetrain.electricEngine.charging.status": "NOCHARGING",
  "vehicle.body.chargingPort.status": "CONNECTED",
  [MOVING]: "ASN_isFalse",
  [ODOMETER]: 1000,
  [`${LOCATION}.latitude`]: 48.1,
  [`${LOCATION}.longitude`]: 11.5,
};

/** What the broker keeps in the end, of each example that ends in `mqtt out`; `null`: anything. */
const KEPT: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  "12": {
    [`homeassistant/device/bmw_cardata_${CAR.toLowerCase()}/config`]: null,
    [`cardata/${CAR}/${SOC}/state`]: "63",
    [`cardata/${CAR}/soc/state`]: "63",
    [`cardata/${CAR}/vehicle.predicted_soc/state`]: null,
    [`cardata/${CAR}/location/attributes`]: null,
    [`cardata/${CAR}/connectivity/state`]: "ON",
    [`cardata/${CAR}/last_update/state`]: null,
    "cardata/availability": "online",
  },
  "13": {
    [`cardata/${CAR}/${SOC}`]: "63",
    [`cardata/${CAR}/${MOVING}`]: "false",
    [`cardata/${CAR}/plugged`]: "true",
    [`cardata/${CAR}/location`]: null,
  },
  "14": {
    [`cardata/${CAR}/evcc/soc`]: null,
    [`cardata/${CAR}/evcc/range`]: "240",
    [`cardata/${CAR}/evcc/status`]: "B",
    [`cardata/${CAR}/evcc/odometer`]: "1000",
    [`cardata/${CAR}/evcc/limitSoc`]: "ErrNotAvailable",
    [`cardata/${CAR}/evcc/finishTime`]: "ErrNotAvailable",
    [`cardata/${CAR}/evcc/climater`]: "ErrNotAvailable",
    "openWB/set/mqtt/vehicle/1/get/soc": null,
    "openWB/set/mqtt/vehicle/1/get/range": "240",
    "openWB/set/mqtt/vehicle/1/get/odometer": "1000",
    "openWB/set/mqtt/vehicle/1/get/soc_timestamp": null,
  },
  "18": {
    [`bmw/${CAR}`]: null,
    "bmw/account/event/connected": null,
  },
  "Home Assistant nodes/01": {
    [`homeassistant/sensor/own_${CAR}/vehicle_travelledDistance/config`]: null,
    [`cardata/${CAR}/${ODOMETER}/own`]: "1000",
  },
};

const numberOf = (file: string) => file.replace(/(\d\d) .*$/, "$1");
const ending = EXAMPLE_FILES.filter((file) => exampleFlow(file).some(({ type }) => type === "mqtt out"));
/** Nodes that the module of somebody else would bring; without them the rest is what it is. */
const isOfGuest = ({ type }: FlowNode) => type.startsWith("ha-");

describe("examples that end in mqtt out", () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(userFolder());
  });
  after(async () => {
    await stage.close();
  });

  it("are all played", () => {
    assert.deepEqual(Object.keys(KEPT).sort(), ending.map(numberOf).sort());
  });

  for (const file of ending)
    describe(`"${titleOf(file)}"`, () => {
      const expected = Object.entries(KEPT[numberOf(file)] ?? {});
      const isKept = (kept: ReadonlyMap<string, string>) =>
        expected.every(([topic, text]) => (text === null ? kept.has(topic) : kept.get(topic) === text));
      let before: ReadonlyMap<string, string>;

      /** Waits until the broker keeps what it should, and all topics that it kept before. */
      const complete = (what: string, topics: Iterable<string> = []) =>
        eventually(what, async () => {
          const kept = await stage.retained();
          return isKept(kept) && [...topics].every((topic) => kept.has(topic)) && kept;
        });

      it("fills its broker", async () => {
        await stage.play(file, { isOmitted: isOfGuest });
        stage.publish(CAR, VALUES, 5);
        if (`bmw/${CAR}` in (KEPT[numberOf(file)] ?? {})) {
          // A whole car is sent within a minute, and at once at a start.
          await stage.arrival(`bmw/${CAR}`);
          await stage.redeploy();
        }
        before = await complete("all that the example keeps at its broker");
      });

      it("fills one again that has forgotten everything", async () => {
        await stage.forget();
        await complete("all again at a broker that forgot", before.keys());
      });

      it("fills one that answers only after everything that was known at the start has been sent", async () => {
        const broker = await stage.startWithoutBroker();
        broker.answer();
        await complete("all at a broker that came late", before.keys());
      });
    });
});
