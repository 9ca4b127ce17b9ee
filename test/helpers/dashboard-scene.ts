import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LANGUAGES } from "../../src/settings/homeassistant-schema.js";
import { DashboardPage, DESKTOP, PHONE, SMALL_PHONE } from "./dashboard-page.js";
import type { Preparation } from "./example-at-work.js";
import type { Stage } from "./example-stage.js";
import { SOC, type FlowNode } from "./flow.js";
import { ROOT } from "./node-red.js";

/** An electric car that charges later, a petrol car, and an electric one of which hardly anything is known. */
const BLUE = "WBY1Z2C30N7A00031";
const FAMILY = "WBA1Z2C30N7A00032";
const SILENT = "WBY1Z2C30N7A00033";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const MAX_ENERGY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const FUEL = "vehicle.drivetrain.fuelSystem.level";
const FUEL_RANGE = "vehicle.drivetrain.lastRemainingRange";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const PORT = "vehicle.body.chargingPort.status";
const LOCK = "vehicle.cabin.door.status";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const PLACES = ["row1.driver", "row1.passenger", "row2.driver", "row2.passenger"];
const LARGEST_BYTES = 150_000;

/** What the page is told of a car. */
interface Known {
  readonly vin: string;
  readonly name: string;
  readonly values: Readonly<Record<string, { readonly value: unknown }>>;
  readonly estimate: { readonly value: number | null } | null;
  readonly place: { readonly latitude: number } | null;
  readonly curve: { readonly points: readonly (readonly number[])[] } | null;
}

/** Tells a whole charge of a car in one moment, as cardata predicted soc would have told it in an hour and a half. */
const PAST_CHARGE = `
const MINUTE = 60000;
const start = Date.now() - 90 * MINUTE;
const at = (time) => new Date(time).toISOString();
return [Array.from({ length: 91 }, (_, minute) => {
  const soc = Math.round((31 + minute * 0.31) * 10) / 10;
  const wide = 0.5 + 0.9 * Math.sin((minute / 90) * Math.PI);
  const estimate = {
    ...{ mode: "charging", sigma: 0.4, band90: [soc - wide, soc + wide], bmwSoc: 31, bmwSocTimestamp: at(start) },
    ...{ method: "AC", powerKw: minute < 3 ? 3.7 * minute : 11, targetSoc: 80, minutesToTarget: Math.round((80 - soc) / 0.31) },
    ...{ energyKwh: minute * 0.16, startedAt: at(start) },
  };
  const timestamp = at(start + minute * MINUTE);
  return { vin: msg.vin, descriptor: "vehicle.predicted_soc", name: "Predicted SOC", unit: "%", payload: soc, timestamp, estimate };
})];`;
const TAB = "cdd1a0000000tab1";
const KEEP = "cdd1a00000keep01";
const inject = (name: string, props: object[], to: string): FlowNode => ({
  ...{ id: name.replaceAll(" ", "-"), type: "inject", z: TAB, name, x: 100, y: 600, props, wires: [[to]] },
});

export const DASHBOARD: Preparation = {
  // The user's names of two of the cars; the third has none.
  change: (node) => {
    if (node.type !== "cardata-account") return node;
    return {
      ...node,
      vehicles: [
        { vin: BLUE, name: "Blue i4" },
        { vin: FAMILY, name: "Family car" },
      ],
    };
  },
  more: [
    inject(
      "level unknown",
      [
        { p: "payload", v: "null", vt: "json" },
        { p: "vin", v: BLUE, vt: "str" },
        { p: "descriptor", v: "vehicle.predicted_soc", vt: "str" },
        { p: "last", v: `{"value":50,"timestamp":"2026-03-02T06:00:00.000Z"}`, vt: "json" },
      ],
      KEEP,
    ),
    inject("past charge", [{ p: "vin", v: BLUE, vt: "str" }], "charge"),
    {
      id: "charge",
      type: "function",
      z: TAB,
      name: "a charge",
      func: PAST_CHARGE,
      outputs: 1,
      x: 300,
      y: 600,
      wires: [[KEEP]],
    },
  ],
};

/** Waits until the page has been told something of a car. */
async function told(stage: Stage, vin: string, fits: (car: Known) => boolean): Promise<Known> {
  const carOf = (message: Record<string, unknown>) => (message["payload"] as Known[]).find((car) => car.vin === vin);
  const message = await stage.message(stage.node("trigger", "gather"), (one) => {
    const car = carOf(one);
    return car !== undefined && fits(car);
  });
  return carOf(message)!;
}

const openings = (states: readonly [door: string, window: string][]) =>
  Object.fromEntries(
    states.flatMap(([door, window], index) => [
      [`vehicle.cabin.door.${PLACES[index]!}.isOpen`, door],
      [`vehicle.cabin.window.${PLACES[index]!}.status`, window],
    ]),
  );
const tyres = (pressures: readonly unknown[]) =>
  Object.fromEntries(
    ["row1.wheel.left", "row1.wheel.right", "row2.wheel.left", "row2.wheel.right"].flatMap((wheel, index) => [
      [`vehicle.chassis.axle.${wheel}.tire.pressure`, pressures[index]],
      [`vehicle.chassis.axle.${wheel}.tire.pressureTarget`, 260],
    ]),
  );
const at = (latitude: number, longitude: number) => ({
  [`${LOCATION}.latitude`]: latitude,
  [`${LOCATION}.longitude`]: longitude,
});

/** Sends values as `stage.publish` does, distances with their unit. */
function drive(stage: Stage, vin: string, distances: Readonly<Record<string, number>>): void {
  const timestamp = new Date().toISOString();
  const entries = Object.entries(distances).map(([descriptor, value]) => [
    descriptor,
    { value, unit: "km", timestamp },
  ]);
  stage.simulator.publish(vin, {
    vin,
    entityId: "entity",
    topic: vin,
    timestamp,
    data: Object.fromEntries(entries) as object,
  });
}

/** Plays the dashboard: three cars at once, each by itself, before and after a restart. */
export async function playDashboard(stage: Stage): Promise<void> {
  stage.publish(BLUE, { [SOC]: 31, [MAX_ENERGY]: 80, [`${CHARGING}.status`]: "NOCHARGING", [RANGE]: 152 }, 8);
  drive(stage, BLUE, { [ODOMETER]: 23456 });
  drive(stage, FAMILY, { [ODOMETER]: 80123, [FUEL_RANGE]: 410 });
  stage.publish(BLUE, {
    ...{ [PORT]: "DISCONNECTED", [LOCK]: "SECURED", ...at(48.13743, 11.57549) },
    ...{
      ...openings([
        ["CLOSED", "CLOSED"],
        ["CLOSED", "INTERMEDIATE"],
        ["CLOSED", "CLOSED"],
        ["OPEN", "INVALID"],
      ]),
    },
    ...tyres([260, 265, 210, "INVALID"]),
  });
  stage.publish(FAMILY, { [FUEL]: 64, [LOCK]: "UNLOCKED" });
  stage.publish(
    FAMILY,
    openings([
      ["CLOSED", "CLOSED"],
      ["CLOSED", "CLOSED"],
    ]),
  );
  stage.publish(SILENT, { [RANGE]: 95 });

  const blue = await told(stage, BLUE, ({ estimate, place }) => estimate?.value === 31 && place !== null);
  const family = await told(stage, FAMILY, ({ values }) => values["fuel"]?.value === 64);
  await told(stage, SILENT, ({ values }) => values["range"]?.value === 95);
  assert.deepEqual([blue.name, family.name], ["Blue i4", "Family car"]);
  // Nothing charges, so there is nothing to draw; and no car has anything of another.
  assert.deepEqual([blue.curve, family.curve, family.estimate, family.place], [null, null, null, null]);
  assert.equal("fuel" in blue.values, false);
  assert.equal(family.values["odometer"]?.value, 80123);
  await readPage(stage);

  await stage.press("past charge");
  await told(stage, BLUE, ({ curve }) => curve?.points.length === 91);
  await told(stage, FAMILY, ({ curve }) => curve === null);
  await readCharge(stage);
  await readLanguages(stage);

  // No deploy takes the curve of the last charge away.
  await stage.redeploy();
  await told(stage, BLUE, ({ curve }) => curve?.points.length === 91);

  // The next charge begins a curve of its own.
  stage.publish(BLUE, { [SOC]: 60, [`${CHARGING}.status`]: "CHARGINGACTIVE", [`${CHARGING}.method`]: "AC_TYPE2PLUG" });
  await told(stage, BLUE, ({ curve }) => curve !== null && curve.points[0]![1]! >= 59.5);

  // A level that is not known any more is no number.
  await stage.press("level unknown");
  await told(stage, BLUE, ({ estimate }) => estimate?.value === null);
  await readUnknown(stage);

  assert.deepEqual(stage.errors(), []);
  await stage.restart();
  const again = await told(stage, BLUE, ({ estimate, place }) => estimate !== null && place !== null);
  assert.equal(again.name, "Blue i4");
  assert.ok(again.estimate!.value! >= 31, JSON.stringify(again.estimate));
  await told(stage, FAMILY, ({ values, estimate }) => values["fuel"]?.value === 64 && estimate === null);
  await DashboardPage.visit(stage.url, { width: PHONE }, async (page) => {
    assert.match(await page.text("battery"), /Blue i4.* Mileage 23,456 km/);
    await page.choose("Family car");
    assert.match(await page.text("battery"), /^Family car 64% Tank .*Mileage 80,123 km$/);
  });
}

/** Nothing charges: what each car's page says, and what it does not. */
async function readPage(stage: Stage): Promise<void> {
  await DashboardPage.visit(stage.url, { width: PHONE }, async (page) => {
    await page.choose("Blue i4");
    assert.match(await page.text("battery"), /^Blue i4 31% .*Not plugged in Range 152 km Mileage 23,456 km$/);
    assert.match(await page.text("charge"), /No charge seen yet/);
    const doors = await page.text("openings");
    assert.match(doors, /2 open, 1 unknown · locked/);
    assert.match(doors, /Door rear, passenger side open .*Window front, passenger side partly open/);
    assert.match(doors, /Window rear, passenger side unknown/);
    assert.equal(await page.page.locator(".cd-openings li").count(), 9);
    assert.match(
      await page.text("tyres"),
      /Front left 2\.6 bar target 2\.6 bar.*Rear left 2\.1 bar low, .*Rear right unknown/,
    );
    assert.deepEqual(await page.misfits(), []);

    // Nobody else learns where the car is, until the map is asked for.
    assert.match(await page.text("place"), /48\.13743, 11\.57549/);
    assert.deepEqual(page.foreign, []);
    await page.page.locator(".cd-button").click();
    await page.page.locator("iframe.cd-map").waitFor();
    assert.match(
      (await page.page.locator("iframe.cd-map").getAttribute("src"))!,
      /^https:\/\/www\.openstreetmap\.org\/.*marker=48\.13743%2C11\.57549$/,
    );
    // It was asked for one car, not for the next.
    await page.choose("Family car");
    assert.match(await page.text("battery"), /64% Tank .*Range 410 km/);
    assert.equal(await page.page.locator(".cd-charge, iframe.cd-map").count(), 0);
    assert.match(await page.text("openings"), /All 4 closed · not locked/);
    assert.doesNotMatch(await page.text("battery"), /23,456|31/);
    await page.choose("…0033");
    const silent = await page.text("battery");
    assert.match(silent, /unknown Battery level .*Mileage unknown/);
    assert.doesNotMatch(silent, /\b0\b/);
    assert.match(await page.text("openings"), /Doors and windows unknown · lock unknown/);
  });
}

async function readCharge(stage: Stage): Promise<void> {
  for (const [width, isDark] of [
    [DESKTOP, false],
    [DESKTOP, true],
    [PHONE, false],
    [PHONE, true],
  ] as const) {
    await DashboardPage.visit(stage.url, { width, isDark }, async (page) => {
      await page.choose("Blue i4");
      await page.page.locator(".cd-curve").waitFor();
      assert.match(await page.text("battery"), /58\.9% .*Charging · AC · 11\.0 kW 80 % in 1 h \d+ min, at /);
      assert.match(await page.text("charge"), /Charge since .*Power, kW/);
      assert.deepEqual([await page.misfits(), page.foreign], [[], []]);
      if (!isDark) keep(width === PHONE ? "dashboard-phone.png" : "dashboard.png", await page.picture());
    });
  }
}

/** Nothing is cut in any language, and what the browser says decides which it is. */
async function readLanguages(stage: Stage): Promise<void> {
  await DashboardPage.visit(stage.url, { width: SMALL_PHONE, locale: "de-AT" }, async (page) => {
    await page.choose("Blue i4");
    assert.match(await page.text("battery"), /^Blue i4 58,9% .*Lädt · AC · 11,0 kW .*Kilometerstand 23 456 km$/);
    assert.match(await page.text("openings"), /Tür hinten, Beifahrerseite offen/);
    const faults: string[] = [];
    for (const width of [SMALL_PHONE, DESKTOP]) {
      await page.widen(width);
      for (const language of LANGUAGES) {
        await page.speak(language);
        for (const car of ["Family car", "…0033", "Blue i4"]) {
          await page.choose(car);
          const found = [...(await page.misfits()), ...(await page.collisions())];
          faults.push(...found.map((fault) => `${language}, ${width} px, ${car}: ${fault}`));
        }
      }
    }
    assert.deepEqual(faults, []);
  });
}

async function readUnknown(stage: Stage): Promise<void> {
  await DashboardPage.visit(stage.url, { width: DESKTOP }, async (page) => {
    await page.choose("Blue i4");
    await page.page.locator(".cd-dial .number.unknown").waitFor();
    assert.match(await page.text("battery"), /unknown Battery level Last known: 50\.0 %, on /);
    assert.equal(await page.page.locator(".cd-dial .level, .cd-dial .band").count(), 0);
  });
}

/** The pictures of the documentation, written only on demand. */
function keep(name: string, picture: Buffer): void {
  assert.ok(picture.length < LARGEST_BYTES, `${name} has ${picture.length} bytes`);
  if (process.env["CARDATA_SCREENSHOTS"] === "1") writeFileSync(join(ROOT, "docs", name), picture);
}
