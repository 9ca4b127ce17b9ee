import { Cockpit } from "../../src/cockpit/cockpit.js";
import { settle } from "../../src/support/simulated-clock.js";
import { HOME, householdCars, householdLife, WORK } from "../simulator/cars/household.js";
import { restValues } from "../simulator/cars/rest-values.js";
import type { SimulatedCar } from "../simulator/cars/car.js";
import { accountInProcess, telematicWants } from "./account-in-process.js";
import type { World } from "./cockpit-world.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** The simulated cars miss the places that they come back to by some metres a day. */
const RADIUS_M = "1000";
/** What a car reports comes so late at most. */
const STEP_MS = 2 * 60_000;

/** What the cockpit tells of three simulated cars after some days of their life, on the evening of a workday. */
export async function cockpitLife(end: number, days: number): Promise<Partial<World>> {
  const start = end - (end % DAY_MS) - days * DAY_MS;
  const cars = householdCars(start, days);
  const names = ["Blue i4", "Family car", "Mini"];
  const one = accountInProcess({
    start,
    cars,
    properties: {
      name: "My BMW",
      vehicles: cars.map(({ vin }, index) => ({ vin, name: names[index] ?? "" })),
      places: [
        { ...HOME, radius: RADIUS_M },
        { ...WORK, radius: RADIUS_M, purpose: "commute" },
      ],
      tariffs: [
        { place: "Home", price: "0.31" },
        { place: "", price: "0.59" },
      ],
    },
  });
  const { clock, account, bmw } = one;
  const cockpit = new Cockpit({ clock, secret: Buffer.from("of the tests"), accounts: () => [account] });
  const stop = cockpit.follow(account);
  await one.begin();
  const wants = telematicWants("poll", { schedule: "dense", minIntervalMs: 2 * HOUR_MS });
  one.join("poll", { ...wants, descriptors: cars.flatMap(descriptorsOf) });
  account.trackers.join("tracker", {
    url: "http://in-process",
    token: bmw.traccar.token,
    devices: bmw.traccar.devices.map(({ vin, name }) => ({ vin, device: name })),
    intervalMs: 60_000,
    mode: "trips",
    onFix: () => undefined,
    onState: () => undefined,
  });
  const until = start + householdLife(days);
  while (clock.now() < until) {
    const step = Math.min(STEP_MS, until - clock.now());
    await clock.advance(step);
    bmw.step(step);
  }
  await settle();
  const viewer = { name: "owner", isAnonymous: false };
  const snapshot = cockpit.snapshot(viewer);
  const key = snapshot.cars[0]?.key ?? "";
  const journal = await cockpit.journal(key);
  const months = new Map(
    await Promise.all(journal.months.map(async (name) => [name, await cockpit.month(key, name)] as const)),
  );
  const world: Partial<World> = {
    snapshot,
    history: await cockpit.history(key),
    tracks: await cockpit.tracks(key),
    learned: cockpit.learned(key),
    values: [...cockpit.values(key, "en").values],
    plan: { cost: 1, quota: snapshot.accounts[0]!.quota },
    journal,
    month: (name) => months.get(name) ?? { key, month: name, sum: null, trips: [], charges: [], isCut: false },
  };
  stop();
  await one.end();
  return world;
}

/** All that BMW could tell of a car. */
function descriptorsOf(car: SimulatedCar): string[] {
  const { measured, states } = restValues(car.design, car.truth());
  return [...measured, ...states].map(([descriptor]) => descriptor);
}
