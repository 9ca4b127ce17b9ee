import { readFileSync } from "node:fs";
import { join } from "node:path";
import { uniqueIdOf } from "../../../src/homeassistant/ha-part.js";
import { eventually } from "../../helpers/eventually.js";
import { SOC, streamMessage } from "../../helpers/flow.js";
import { ROOT } from "../../helpers/node-red.js";
import { ODOMETER_KM } from "../../helpers/whole-car.js";
import { ODOMETER } from "../../simulator/cars/stream-data.js";
import { settledFindings, snapshot, stateOf } from "../comparison.js";
import { HomeAssistant } from "../home-assistant.js";
import { listener, summed, type Scene } from "./scene.js";

const PAGE = readFileSync(join(ROOT, "docs", "home-assistant-automations.md"), "utf8");
/** As the page calls the car, so that its ids are those of the page. */
const NAME = "BMW i4";
/** There is no phone here; what Home Assistant shows by itself takes the same title and message. */
const PHONE = /notify\.mobile_app_phone/g;
const BLOCKS = [...PAGE.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, yaml = ""]) =>
  yaml.replace(PHONE, "notify.persistent_notification"),
);
const ALIASES = BLOCKS.map((yaml) => /^alias: (.+)$/m.exec(yaml)?.[1] ?? "");
/** Ids of entities that the page names, of any car. */
const IDS = [
  ...new Set([...PAGE.matchAll(/`(\w+)\.<car>_(\w+)`/g)].map(([, domain, end]) => `${domain}.bmw_i4_${end}`)),
];
/** Whoever wants to know that all is closed has to hear of both front doors. */
const PARKED: Readonly<Record<string, unknown>> = {
  "vehicle.cabin.door.status": "SECURED",
  "vehicle.cabin.door.row1.driver.isOpen": false,
  "vehicle.cabin.door.row1.passenger.isOpen": false,
  "vehicle.cabin.window.row1.driver.status": "CLOSED",
};
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const PLUG = "vehicle.body.chargingPort.status";
const MOVING = "vehicle.isMoving";
const HOUR_MS = 3_600_000;
const WAY_KM = 5;

/** The automations of the docs, pasted into a Home Assistant whose car charges and then drives. */
export const automations: Scene = async (world, report) => {
  const { vin } = world.automated;
  const tell = (values: Readonly<Record<string, unknown>>) => {
    world.simulator.publish(vin, streamMessage(vin, values));
  };
  await world.setUp(vin, { name: NAME });
  tell({ ...PARKED, [SOC]: 60, [ODOMETER]: ODOMETER_KM, [PLUG]: "DISCONNECTED" });
  await world.settled();
  const yaml = BLOCKS.map((block) => `- ${block.trimEnd().replaceAll("\n", "\n  ")}\n`).join("");
  const house = await HomeAssistant.start("metric", world.broker, { hasFrontend: true, automations: yaml });
  try {
    const told = listener(house);
    report.check(
      "automations",
      "all are taken as they stand",
      await settledFindings(() => refused(house)),
      `${ALIASES.length}`,
    );
    report.check(
      "automations",
      "all ids of the page are there",
      await settledFindings(() => missing(house)),
      `${IDS.length}`,
    );

    await untilHeard(house, vin);
    tell({ [MOVING]: true });
    await untilEvent(house, vin, "trip", "tripStarted");
    tell({ [ODOMETER]: ODOMETER_KM + WAY_KM });
    // Whoever charges has arrived, so that no time has to pass for it.
    tell({ [PLUG]: "CONNECTED", [`${CHARGING}.status`]: "CHARGINGACTIVE", [`${CHARGING}.method`]: "AC_TYPE2PLUG" });
    await untilEvent(house, vin, "trip", "tripEnded");
    report.check("automations", "a trip is in the logbook", await settledFindings(() => unlogged(house)));

    await untilEvent(house, vin, "charge", "chargingStarted");
    tell({ [SOC]: 61 });
    tell({ [`${CHARGING}.status`]: "NOCHARGING", [PLUG]: "DISCONNECTED" });
    report.check("automations", "the end of a charge is told", await settledFindings(() => unsaid(house)));
    report.check("automations", "no warning, no error", summed(told()));
  } finally {
    await house.stop();
  }
};

/** An automation that Home Assistant does not understand is unavailable. */
async function refused(house: HomeAssistant): Promise<string[]> {
  const states = await house.api.states();
  return ALIASES.flatMap((alias) => {
    const state = states.find(({ attributes }) => attributes["friendly_name"] === alias)?.state ?? "not there";
    return state === "on" ? [] : [`${alias}: ${state}`];
  });
}

async function missing(house: HomeAssistant): Promise<string[]> {
  const entities = await house.api.entities();
  return IDS.filter((id) => !entities.some(({ entity_id }) => entity_id === id));
}

/** Events are told once: waits until the house listens to them, which is when it has heard that they are available. */
async function untilHeard(house: HomeAssistant, vin: string): Promise<void> {
  await eventually("a house that listens to events", async () => {
    const seen = await snapshot(house);
    const states = ["trip", "charge"].map((what) => stateOf(seen, uniqueIdOf(vin.toLowerCase(), `event_${what}`)));
    return states.every((state) => state !== undefined && state.state !== "unavailable");
  });
}

async function untilEvent(house: HomeAssistant, vin: string, what: string, type: string): Promise<void> {
  await eventually(type, async () => {
    const state = stateOf(await snapshot(house), uniqueIdOf(vin.toLowerCase(), `event_${what}`));
    return state?.attributes["event_type"] === type;
  });
}

async function unsaid(house: HomeAssistant): Promise<string[]> {
  const notes = await house.api.notifications();
  const texts = notes.map(({ title, message }) => `${title ?? ""}: ${message}`);
  const isSaid = texts.some((text) => /^Charging ended: unplugged: 61 % after \d minutes/.test(text));
  return isSaid ? [] : [texts.join(" | ") || "nothing is told"];
}

async function unlogged(house: HomeAssistant): Promise<string[]> {
  const entries = await house.api.logbook(new Date(Date.now() - HOUR_MS));
  const texts = entries.map(({ name, message }) => `${name ?? ""} ${message ?? ""}`.replace(/\s+/g, " ").trim());
  const isLogged = texts.some((text) => /^BMW i4 drove 5 km( in \d minutes)?$/.test(text));
  return isLogged
    ? []
    : [texts.filter((text) => text.includes("drove")).join(" | ") || `none of ${texts.length} entries`];
}
