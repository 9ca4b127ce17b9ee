import { EXAMPLE_FILES, exampleFlow } from "./examples.js";
import { SOC, type FlowNode } from "./flow.js";

/** A car that says something. */
export const CAR = "WBY1Z2C30N7A00041";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const MOVING = "vehicle.isMoving";
/** What it says. */
export const VALUES = {
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

/** What a broker keeps after that, of each example that ends in `mqtt out`; `null`: anything. */
export const KEPT: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
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

export const numberOf = (file: string) => file.replace(/(\d\d) .*$/, "$1");
/** The examples that end in `mqtt out`. */
export const ENDING = EXAMPLE_FILES.filter((file) => exampleFlow(file).some(({ type }) => type === "mqtt out"));
/** Nodes that the module of somebody else would bring; without them the rest is what it is. */
export const isOfGuest = ({ type }: FlowNode) => type.startsWith("ha-");

/** Whether a broker keeps what it should of an example. */
export function isFilled(file: string, kept: ReadonlyMap<string, string>): boolean {
  const expected = Object.entries(KEPT[numberOf(file)] ?? {});
  return expected.every(([topic, text]) => (text === null ? kept.has(topic) : kept.get(topic) === text));
}
