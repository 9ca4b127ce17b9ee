import assert from "node:assert/strict";
import { DEFAULT_SOC_OPTIONS } from "../../../src/account/soc/soc-options.js";
import type { TrackerFix } from "../../../src/traccar/tracker-types.js";
import { openingAccounts } from "../../helpers/account-in-process.js";
import { START } from "../../helpers/fakes.js";
import { commuter, parkedCar } from "../../simulator/cars/everyday.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** At five in the afternoon; the first battery level is known by then. */
const WAY_HOME = START + 11 * HOUR;

describe("tracker of a car on its way to work", () => {
  const open = openingAccounts();

  /** At six, an hour before the way to work, with a tracker in each of two cars. */
  async function atSix() {
    const cars = [commuter(START, { days: 1, streamedSoc: "often" }), parkedCar(START)];
    const one = open({ cars, tick: 1000 });
    const [car, parked] = cars;
    assert.ok(car !== undefined && parked !== undefined);
    const fixes: (readonly [vin: string, fix: TrackerFix])[] = [];
    const join = () => {
      one.account.retain("node");
      one.account.soc.join("node", { ...DEFAULT_SOC_OPTIONS, magic: true });
      one.account.trackers.join("node", {
        url: "http://traccar.lan:8082",
        token: one.bmw.traccar.token,
        devices: one.bmw.traccar.devices.map(({ vin, uniqueId }) => ({ vin, device: uniqueId })),
        intervalMs: MINUTE,
        mode: "trips",
        onFix: (vin, fix) => fixes.push([vin, fix]),
        onState: () => undefined,
      });
    };
    join();
    await one.begin();
    const looks = () => one.bmw.traccar.requests.filter(({ path }) => path === "/api/positions");
    const shown = () => one.account.soc.magic(car.vin)?.drive ?? null;
    return { one, car, parked, fixes, join, looks, shown };
  }

  it("is looked at during trips only, and gives the estimate its speed", async () => {
    const { one, car, fixes, looks, shown } = await atSix();
    await one.clock.advanceTo(START + HOUR - MINUTE);
    assert.equal(looks().length, 0);
    await one.clock.advanceTo(START + 3 * HOUR);
    const morning = looks().length;
    assert.ok(morning >= 30 && morning <= 50, String(morning));
    await one.clock.advanceTo(WAY_HOME - MINUTE);
    assert.equal(looks().length, morning);

    await one.clock.advanceTo(WAY_HOME + 15 * MINUTE);
    const [vin, fix] = fixes.at(-1) ?? [];
    assert.equal(vin, car.vin, "the other car stands");
    assert.equal(fix?.speedKmh, car.truth().speedKmh);
    assert.equal(shown()?.speedKmh, fix.speedKmh);
    assert.equal(shown()?.speedBracket, "city");
    await one.clock.advanceTo(WAY_HOME + 2 * HOUR);
    assert.equal(shown()?.speedKmh, null);
  });

  it("goes on after a restart in the middle of the trip, and never speaks of a trip itself", async () => {
    const { one, car, join, looks } = await atSix();
    await one.clock.advanceTo(START + HOUR + 15 * MINUTE);
    await one.restart();
    const before = looks().length;
    join();
    await one.clock.advance(3 * MINUTE);
    assert.ok(looks().length >= before + 3);
    await one.clock.advanceTo(START + 2 * HOUR);
    assert.equal(one.account.registry.cars.get(car.vin)?.vehicle.isOnTrip, false);
  });

  it("moves nothing but the estimate when the tracker says that a parked car drives", async () => {
    const { one, parked } = await atSix();
    const liar = { vin: parked.vin, model: "liar", truth: () => ({ ...parked.truth(), speedKmh: 120 }) };
    one.bmw.traccar.remove(parked.vin);
    one.bmw.traccar.add(liar, "liar");
    const reported: (number | null)[] = [];
    one.account.trackers.join("another", {
      url: "http://traccar.lan:8082",
      token: one.bmw.traccar.token,
      devices: [{ vin: parked.vin, device: "liar" }],
      intervalMs: MINUTE,
      mode: "always",
      onFix: (_vin, fix) => reported.push(fix.speedKmh),
      onState: () => undefined,
    });
    await one.clock.advance(30 * MINUTE);
    assert.equal(reported.filter((kmh) => kmh === 120).length, 31);
    assert.equal(one.account.registry.cars.get(parked.vin)?.vehicle.isOnTrip ?? false, false);
  });
});
