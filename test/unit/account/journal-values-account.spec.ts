import assert from "node:assert/strict";
import type { JournalStir } from "../../../src/journal/journal-value-feed.js";
import type { JournalValue } from "../../../src/journal/journal-values.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { json, VIN } from "../../helpers/fakes.js";
import { CHARGE } from "../../helpers/journal.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

/** An account that hears a charge at its times, and what it tells of its journal as values. */
async function liveAccount(options: TestAccountOptions = {}) {
  const files = (options.files as TroubledFiles | undefined) ?? new TroubledFiles();
  const parts = testAccount({ ...options, files });
  const { account, broker, clock, vaultKey, ownership } = parts;
  const told: { values: readonly JournalValue[]; why: JournalStir }[] = [];
  account.events.on("journal", (_vin, values, why) => told.push({ values, why }));
  account.retain("node-1");
  await account.open(parts.login());
  await settle();
  broker.accept();
  const charge = async () => {
    for (const { at, payload } of CHARGE) {
      await clock.advance(Math.max(0, Date.parse(at) - clock.now()));
      if (payload !== undefined) broker.publish(VIN, payload);
      await settle();
    }
    await clock.advance(2 * 3_600_000);
    await settle();
  };
  const meter = () => account.journal.valuesOf(VIN).find(({ name }) => name.endsWith("EnergyCharged"))?.value ?? null;
  const again = { ...options, files, clock, vaultKey, ownership, script: [json(200, [])] };
  return { ...parts, told, charge, meter, again };
}

describe("what the journal of an account tells as values", () => {
  it("comes with each charge, is known after a restart, and does not fall with a deletion", async () => {
    const first = await liveAccount();
    await first.charge();
    const kwh = first.meter();
    assert.ok(kwh !== null && kwh > 1, String(kwh));
    assert.ok(first.told.some(({ values }) => values.some(({ name }) => name === "journal.lastCharge")));
    await first.account.close();
    const second = await liveAccount(first.again);
    await settle();
    assert.equal(second.meter(), kwh);
    assert.deepEqual([...new Set(second.told.map(({ why }) => why))], ["start"]);
    await second.account.journal.desk.erase(VIN);
    await settle();
    assert.equal(second.meter(), kwh);
    assert.equal(second.told.at(-1)?.values.find(({ name }) => name === "journal.lastCharge")?.value, null);
    await second.account.close();
    const third = await liveAccount(second.again);
    await settle();
    assert.equal(third.meter(), kwh);
    await third.account.close();
  });
});
