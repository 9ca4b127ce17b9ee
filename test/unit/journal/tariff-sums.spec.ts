import assert from "node:assert/strict";
import { sumsByTariff } from "../../../src/journal/tariff-sums.js";
import { parseTariffs } from "../../../src/journal/tariffs.js";
import { CHARGE, chargesIn, journalOf, SETTINGS } from "../../helpers/journal.js";

const NONE = () => null;
const kwh = (value: number) => Math.round(value * 100) / 100;

describe("the sums by tariff", () => {
  it("part a charge where the price changes, and make up its cost", async () => {
    // The charge runs from 07:10 to 10:31 by the clock of the zone.
    const tariffs = parseTariffs([
      { place: "home", price: 0.4, windows: [{ from: "6:00", to: "9:00", price: 0.2 }] },
      { price: 0.6 },
    ]);
    const settings = { ...SETTINGS, tariffs };
    const charges = chargesIn(await journalOf(CHARGE, settings));
    const sums = sumsByTariff(charges, settings, NONE);
    assert.deepEqual(
      sums.map(({ place, window, price, charges: count }) => [place, window, price, count]),
      [
        ["home", "06:00-09:00", 0.2, 1],
        ["home", null, 0.4, 1],
      ],
    );
    const [charge] = charges;
    assert.equal(kwh(sums.reduce((sum, { gridKwh }) => sum + gridKwh, 0)), kwh(charge?.gridKwh ?? NaN));
    assert.equal(kwh(sums.reduce((sum, { cost }) => sum + cost, 0)), charge?.cost?.amount);
  });

  it("say of how much energy no price is known", async () => {
    const charges = chargesIn(await journalOf(CHARGE));
    const [byMessage, ...more] = sumsByTariff(charges, SETTINGS, NONE);
    assert.equal(more.length, 0);
    assert.deepEqual([byMessage?.price, byMessage?.cost], ["message", 0]);
    assert.equal(kwh(byMessage?.unpricedKwh ?? 0), kwh(charges[0]?.gridKwh ?? NaN));
    const elsewhere = { ...SETTINGS, tariffs: parseTariffs([{ place: "work", price: 0.5 }]) };
    assert.deepEqual(
      sumsByTariff(charges, elsewhere, NONE).map(({ place, price, cost }) => [place, price, cost]),
      [[null, null, 0]],
    );
  });
});
