import assert from "node:assert/strict";
import { inspect } from "node:util";
import { parseTariffs, tariffAt, windowAt } from "../../../src/journal/tariffs.js";
import { parsePrice, parsePrices } from "../../../src/journal/energy-origins.js";
import { withCost } from "../../../src/journal/cost.js";
import { evenParts, rowsOfParts } from "../../../src/journal/energy-course.js";
import type { ChargeEntry } from "../../../src/journal/entry.js";
import { CarDataError } from "../../../src/support/errors.js";
import { CHARGE, chargesIn, HOME, journalOf, line, SETTINGS, time } from "../../helpers/journal.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const QUARTER = 15 * 60_000;

function refusal(parse: () => unknown): unknown {
  try {
    parse();
  } catch (error) {
    return error instanceof CarDataError ? error.code : error;
  }
  return null;
}

/** Lines of a charge with others in between, by time. */
const during = (...others: ReturnType<typeof line>[]) =>
  [...CHARGE, ...others].sort((one, other) => one.at.localeCompare(other.at));

async function charged(tariffs: unknown, ...others: ReturnType<typeof line>[]): Promise<ChargeEntry> {
  const charge = chargesIn(await journalOf(during(...others), { tariffs: parseTariffs(tariffs) })).at(-1);
  assert.ok(charge !== undefined);
  return charge;
}

const cents = (amount: number) => Math.round(amount * 100) / 100;

describe("the cost of a charge", () => {
  it("is that of the tariff of its place", async () => {
    const tariffs = [
      { place: "home", price: 0.32 },
      { place: "work", price: 0.5 },
    ];
    const charge = await charged(tariffs);
    assert.deepEqual(charge.cost, { amount: cents((charge.gridKwh ?? 0) * 0.32), currency: "EUR", source: "tariff" });
    assert.equal((await charged([{ place: "work", price: 0.5 }])).cost, null);
    assert.equal((await charged([{ price: "0,5" }])).cost?.amount, cents((charge.gridKwh ?? 0) * 0.5));
  });

  it("follows the hours of the day by the clock of the zone", async () => {
    // From 07:10 to 10:31 in Berlin: 50 of 201 minutes before eight.
    const windows = [{ from: "22:00", to: "08:00", price: 0.2 }];
    const charge = await charged([{ place: "home", price: 0.4, windows }]);
    const drawn = charge.gridKwh ?? 0;
    const expected = drawn * ((50 / 201) * 0.2 + (151 / 201) * 0.4);
    assert.ok(Math.abs((charge.cost?.amount ?? 0) - expected) <= 0.02, `${String(charge.cost?.amount)} ${expected}`);
  });

  it("follows prices by message to the moment, below zero as well", async () => {
    const prices = [line(0, "price", { price: 0.4 }), line(110.5, "price", { price: -0.1 })];
    const metered = Array.from({ length: 2411 }, (_, step) => line(10 + step / 12, "power", { kw: 12 }));
    const charge = await charged([{ place: "home", price: "message" }], ...prices, ...metered);
    // 100.5 minutes of 12 kW each.
    assert.equal(charge.cost?.source, "price");
    assert.ok(Math.abs(charge.cost.amount! - 20.1 * 0.4 + 20.1 * 0.1) <= 0.01, String(charge.cost.amount));
  });

  it("is unknown while no price was told, and takes prices by message without any tariff", async () => {
    assert.equal((await charged([{ place: "home", price: "message" }])).cost, null);
    assert.equal((await charged([{ place: "home", price: "message" }], line(150, "price", { price: 1 }))).cost, null);
    const charge = await charged([], line(5, "price", { price: 0.3 }));
    assert.equal(charge.cost?.amount, cents((charge.gridKwh ?? 0) * 0.3));
  });

  it("takes the sun by its own price, by power or by share, and no older than half an hour", async () => {
    const share = Array.from({ length: 21 }, (_, step) => line(9 + step * 10, "solar", { share: 0.5 }));
    const half = await charged([{ place: "home", price: 0.4, solarPrice: 0.08 }], ...share);
    const drawn = half.drawnKwh?.value ?? 0;
    assert.ok(Math.abs((half.solarKwh ?? 0) - drawn / 2) < 0.01);
    assert.ok(Math.abs((half.gridKwh ?? 0) + (half.solarKwh ?? 0) - drawn) < 0.002);
    assert.ok(Math.abs((half.cost?.amount ?? 0) - (drawn / 2) * 0.48) <= 0.01);
    const power = Array.from({ length: 21 }, (_, step) => line(9 + step * 10, "solar", { kw: 2.76 }));
    const quarter = await charged([{ place: "home", price: 0.4 }], ...power);
    assert.ok(Math.abs((quarter.solarKwh ?? 0) - drawn / 4) < 0.1, String(quarter.solarKwh));
    const stale = await charged([{ place: "home", price: 0.4 }], line(9, "solar", { share: 1 }));
    assert.ok((stale.solarKwh ?? 0) > 4 && (stale.solarKwh ?? 0) < 7, String(stale.solarKwh));
  });

  it("has no sun where the car stands at none of the places, if there are any, nor loses it by a restart", async () => {
    const share = Array.from({ length: 21 }, (_, step) => line(9 + step * 10, "solar", { share: 0.5 }));
    const prices = [line(0, "price", { price: 0.4 })];
    const solarOf = async (places: typeof SETTINGS.places, ...others: ReturnType<typeof line>[]) => {
      const [charge] = chargesIn(await journalOf(during(...share, ...prices, ...others), { places }));
      assert.ok(charge?.drawnKwh);
      assert.equal(charge.cost?.amount, cents((charge.gridKwh ?? 0) * 0.4));
      return (charge.solarKwh ?? 0) / charge.drawnKwh.value;
    };
    const [home] = SETTINGS.places;
    assert.ok(home !== undefined);
    assert.equal(await solarOf([{ ...home, latitude: 50 }]), 0);
    for (const places of [[home], []]) assert.ok(Math.abs((await solarOf(places)) - 0.5) < 0.001);
    const restarts = [45, 46, 100, 171].map((minute) => line(minute, "restart"));
    assert.ok(Math.abs((await solarOf([home], ...restarts)) - 0.5) < 0.005);
  });

  it("is reckoned anew when BMW's charging history corrects the energy, and of charges that it fills in", async () => {
    const session = {
      startTime: Date.parse(time(9)) / 1000,
      endTime: Date.parse(time(213)) / 1000,
      energyConsumedFromPowerGridKwh: 40,
      chargingLocation: { mapMatchedLatitude: HOME.latitude, mapMatchedLongitude: HOME.longitude },
      chargingCostInformation: { currency: "EUR", calculatedChargingCost: 12.345 },
    };
    const history = line(300, "chargingHistory", { payload: { data: [session] } });
    assert.equal((await charged([{ place: "home", price: 0.3 }], history)).cost?.amount, 12);
    const prices = [{ from: Date.parse(time(-60)), price: 0.25 }];
    const dynamic = parseTariffs([{ place: "home", price: "message" }]);
    const [filled] = chargesIn(await journalOf([CHARGE[0]!, history], { tariffs: dynamic }, prices));
    assert.deepEqual(filled?.cost, { amount: 10, currency: "EUR", source: "price" });
    const [bmw] = chargesIn(
      await journalOf([CHARGE[0]!, history], { tariffs: parseTariffs([{ place: "work", price: 1 }]) }),
    );
    assert.deepEqual(bmw?.cost, { amount: 12.35, currency: "EUR", source: "chargingHistory" });
  });

  it("is to the cent, whatever the course, the tariff and the hour", async () => {
    const random = new SeededRandom(SEED, "costs");
    const [plain] = chargesIn(await journalOf(CHARGE));
    assert.ok(plain !== undefined);
    for (let run = 0; run < runs(300); run++) {
      const start = Date.UTC(2026, random.between(0, 11), random.between(1, 28), random.between(0, 23));
      const end = start + random.between(1, 60) * QUARTER;
      const kwh = random.between(1, 8000) / 100;
      const [day, night] = [random.between(-50, 90) / 100, random.between(-50, 90) / 100];
      const windows = [{ from: "22:00", to: "06:00", price: night }];
      const charge: ChargeEntry = {
        ...plain,
        start: new Date(start).toISOString().replace(".000Z", "+00:00"),
        detail: { curve: [], parts: rowsOfParts(evenParts(start, end, kwh), start) },
      };
      const settings = { ...SETTINGS, zone: "UTC", tariffs: parseTariffs([{ price: day, windows }]) };
      let expected = 0;
      for (let at = start; at < end; at += QUARTER) {
        const hour = new Date(at).getUTCHours();
        expected += ((kwh * QUARTER) / (end - start)) * (hour >= 22 || hour < 6 ? night : day);
      }
      const { amount = null } = withCost(charge, settings, () => null).cost ?? {};
      assert.ok(Math.abs((amount ?? NaN) - expected) < 0.0051, `${String(amount)} ${expected}`);
    }
  });
});

describe("tariffs and prices", () => {
  it("hold on the days that they name, over midnight on the day on which the window begins", () => {
    const [tariff] = parseTariffs([
      {
        price: 3,
        windows: [
          { from: "22:00", to: "06:00", days: ["fri"], price: 1 },
          { from: "0:00", to: "24:00", days: ["sun"], price: 2 },
        ],
      },
    ]);
    assert.ok(tariff !== undefined);
    const at = (text: string) => windowAt(tariff, Date.parse(text), "Europe/Berlin")?.price ?? tariff.price;
    assert.equal(at("2026-03-06T21:30:00+01:00"), 3);
    assert.equal(at("2026-03-06T22:00:00+01:00"), 1);
    assert.equal(at("2026-03-07T05:45:00+01:00"), 1);
    assert.equal(at("2026-03-07T06:00:00+01:00"), 3);
    assert.equal(at("2026-03-07T23:00:00+01:00"), 3);
    assert.equal(at("2026-03-08T23:45:00+01:00"), 2);
    // The night that becomes summer time.
    assert.equal(at("2026-03-29T03:00:00+02:00"), 2);
  });

  it("of a place go before that of everywhere else", () => {
    const tariffs = parseTariffs([{ price: 0.6 }, { place: "home", price: 0.3 }]);
    assert.equal(tariffAt({ name: "home", ...HOME }, tariffs)?.price, 0.3);
    assert.equal(tariffAt({ name: "work", ...HOME }, tariffs)?.price, 0.6);
    assert.equal(tariffAt(null, tariffs)?.price, 0.6);
  });

  it("that are no numbers are refused", () => {
    for (const wrong of ["", " ", "abc", "0x1", "1e3", NaN, Infinity, null, undefined, true, {}, [0.3], 1e9])
      assert.equal(
        refusal(() => parsePrice(wrong)),
        "price_invalid",
        inspect(wrong),
      );
    assert.deepEqual([0.31, "0.31", " 0,31 ", -0.05, 0].map(parsePrice), [0.31, 0.31, 0.31, -0.05, 0]);
  });

  it("are refused as a whole where one part cannot be used", () => {
    const window = { from: "22:00", to: "06:00", price: 0.2 };
    const wrong = [
      ...[{}, [7], [{ price: "message", windows: [window] }], [{ price: 1 }, { price: 2 }]],
      ...[{ from: "22:10" }, { to: "25:00" }, { to: "24:15" }, { to: "22:00" }, { days: [] }, { days: ["monday"] }].map(
        (change) => [{ price: 1, windows: [{ ...window, ...change }] }],
      ),
    ];
    for (const one of wrong)
      assert.equal(
        refusal(() => parseTariffs(one)),
        "tariff_invalid",
        JSON.stringify(one),
      );
    assert.equal(
      refusal(() => parseTariffs([{ place: "home" }])),
      "price_invalid",
    );
    assert.equal(
      refusal(() => parseTariffs([{ price: 1, windows: [{ ...window, price: "x" }] }])),
      "price_invalid",
    );
    for (const one of [{}, [1], [{ price: 1 }], [{ from: "2026-02-31", price: 1 }], [{ from: time(0), price: "x" }]])
      assert.equal(
        refusal(() => parsePrices(one)),
        "price_invalid",
        JSON.stringify(one),
      );
  });

  it("by message that cannot be used are left out of a replay, and counted", async () => {
    const wrong = [
      line(1, "price", { price: "much" }),
      line(1, "price", { price: 7, from: "soon" }),
      line(2, "solar", { kw: -1 }),
      line(3, "solar", { kw: 1, share: 1 }),
    ];
    const charge = await charged([{ place: "home", price: "message" }], line(0, "price", { price: 0.2 }), ...wrong);
    assert.equal(charge.cost?.amount, cents((charge.gridKwh ?? 0) * 0.2));
    assert.equal(charge.solarKwh, 0);
  });
});
