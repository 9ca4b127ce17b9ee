import assert from "node:assert/strict";
import fc from "fast-check";
import { accountCodec } from "../../../src/rest/rest-state.js";
import { announcedCodec } from "../../../src/account/announcement-repository.js";
import { eventsCodec } from "../../../src/account/logged-event.js";
import { vehiclesCodec } from "../../../src/account/vehicle-registry-codec.js";
import { learningCodec } from "../../../src/account/soc/learning-codec.js";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import type { StoreEvent } from "../../../src/store/trouble-reporter.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { commuter, parkedCar } from "../../simulator/cars/everyday.js";
import { accountInProcess, telematicWants } from "../../helpers/account-in-process.js";
import { testAccount } from "../../helpers/account.js";
import { AllOutputs } from "../../helpers/all-outputs.js";
import { CLIENT_ID, json, START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { mutated, mutation, wrongMembers, type Mutation } from "../../helpers/mutations.js";

/** Number of random changes of each document. */
const RUNS = runs(4);
/** Number of wrong values that each kind of member gets, in turns. */
const VALUES_OF_EACH = runs(1);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NAMES = ["account", "vehicles", "learning", "announced", "events", "tokens"] as const;
type Name = (typeof NAMES)[number];

const SOC = "vehicle.drivetrain.batteryManagement.header";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";

/** Versions that are written now. */
const VERSIONS = {
  account: accountCodec.version,
  vehicles: vehiclesCodec.version,
  learning: learningCodec.version,
  announced: announcedCodec.version,
  events: eventsCodec.version,
};

/** Documents of an account that has seen a lot: polls, containers, trips, charges, a refused car, entities. */
async function fullDocuments(): Promise<{ documents: Record<Name, string>; end: number; vins: string[] }> {
  const files = memoryFiles();
  const cars = [commuter(START, { days: 3, streamedSoc: "often" }), parkedCar(START)];
  const past = accountInProcess({ cars, files });
  past.join("node", telematicWants("node"));
  await past.begin();
  const everything = new AllOutputs(past.account, past.clock);
  everything.begin();
  await past.clock.advance(1.4 * DAY_MS);
  await past.press("tyreDiagnosis");
  await past.press("chargingHistory");
  past.account.soc.capacity(past.account.soc.vins[0] ?? "", 60);
  everything.report();
  everything.close();
  const vins = [...past.account.registry.cars.keys()];
  await past.end();
  const end = past.clock.now();
  const read = async (name: Name) => {
    const { data } = JSON.parse(String(await files.read(`/a1/${name}.json`))) as { data: unknown };
    return JSON.stringify(data);
  };
  const [account, vehicles, learning, announced, events] = await Promise.all(
    (["account", "vehicles", "learning", "announced", "events"] as const).map(read),
  );
  assert.ok(account && vehicles && learning && announced && events);
  // All of one customer: another one's cars would be forgotten.
  const tokens = JSON.stringify(acceptLogin({ ...past.bmw.issueTokens() }, CLIENT_ID, end));
  return { documents: { account, vehicles, learning, announced, events, tokens }, end, vins };
}

/** Everything that we write can be read. */
async function readAgain(files: Files, vaultKey: string, at: number): Promise<void> {
  const events: StoreEvent[] = [];
  const store = new Store("/a1", files, new SimulatedClock(at), (one) => events.push(one));
  await store.document("account", accountCodec).load();
  await store.document("vehicles", vehiclesCodec).load();
  await store.document("learning", learningCodec).load();
  await store.document("announced", announcedCodec).load();
  await store.document("events", eventsCodec).load();
  await new TokenVault(store, vaultKey).load();
  assert.deepEqual(events, []);
}

describe("documents that were changed at random places", function () {
  this.timeout(runs(300_000));
  let past: Awaited<ReturnType<typeof fullDocuments>>;
  before(async () => (past = await fullDocuments()));

  /** Files as after those changes; `whole` changes what stands around the data as well. */
  const filesWith = async (name: Name, mutations: readonly Mutation[], key: string) => {
    const files = memoryFiles();
    for (const one of NAMES) {
      const data = one === name ? mutated(past.documents[one], mutations) : past.documents[one];
      if (one !== "tokens") await files.write(`/a1/${one}.json`, `{"version":${VERSIONS[one]},"data":${data}}`);
      else {
        const vault = new TokenVault(new Store("/a1", files, new SimulatedClock(past.end), () => undefined), key);
        await vault.save(JSON.parse(data) as TokenSet);
      }
    }
    return files;
  };

  const start = async (files: ReturnType<typeof memoryFiles>, vaultKey: string, at: number) => {
    const script = [json(200, {})];
    const parts = testAccount({ id: "a1", files, vaultKey, clock: new SimulatedClock(at), script });
    const everything = new AllOutputs(parts.account, parts.clock);
    const leave = parts.account.rest.join("node", telematicWants("node"));
    await parts.account.open();
    await settle();
    everything.begin();
    if (parts.broker.connections.length > 0) parts.broker.accept();
    const report = (data: Record<string, unknown>) => {
      const timestamp = new Date(parts.clock.now()).toISOString();
      const entries = Object.entries(data).map(([id, value]) => [id, { value, timestamp }]);
      for (const vin of past.vins) {
        const message = JSON.stringify({ vin, data: Object.fromEntries(entries) as unknown });
        parts.account.registry.receive("", Buffer.from(message), parts.clock.now());
      }
    };
    const live = async () => {
      report({ [SOC]: 50, [`${CHARGING}.status`]: "CHARGINGACTIVE" });
      // Until what the start of a charge lets the account ask for.
      await parts.clock.advance(1.1 * MINUTE_MS);
      report({
        ...{ [SOC]: 55, [`${CHARGING}.status`]: "NOCHARGING" },
        ...{ "vehicle.isMoving": true, "vehicle.vehicle.travelledDistance": 13_000 },
      });
      await parts.clock.advance(0.5 * MINUTE_MS);
      report({ "vehicle.isMoving": false, "vehicle.vehicle.travelledDistance": 13_020, [SOC]: 50 });
      // Until the trip is over.
      await parts.clock.advance(3 * MINUTE_MS);
      everything.report();
    };
    const end = async () => {
      everything.close();
      leave();
      await parts.account.close();
      const faults = parts.log.lines.filter((line) => /unexpected error/i.test(line));
      assert.deepEqual(faults, [], "nothing was thrown that somebody else had to catch");
    };
    return { ...parts, live, end };
  };

  const survives = async (name: Name, changes: readonly Mutation[]) => {
    const key = generateVaultKey();
    const files = await filesWith(name, changes, key);
    const first = await start(files, key, past.end);
    await first.live();
    await first.end();
    await readAgain(files, key, first.clock.now());
  };

  it("are all used as they are where nothing was changed", async () => {
    const key = generateVaultKey();
    const { account, end } = await start(await filesWith("account", [], key), key, past.end);
    assert.equal(account.status.login.state, "ok");
    assert.ok(account.status.rest.lastSuccessAt !== undefined && account.rest.quotaReport.calls.length > 3);
    assert.deepEqual([...account.registry.cars.keys()].sort(), [...past.vins].sort());
    assert.ok([...account.registry.cars.values()].every(({ vehicle }) => vehicle.readings.size > 5));
    assert.ok(past.vins.some((vin) => account.soc.predicted(vin)?.capacity?.kwh === 60));
    assert.ok(account.announced.of("node").cars.length > 0);
    await end();
  });

  for (const name of NAMES) {
    it(`load or go aside, and nothing that is made of them throws: ${name}.json, at random`, async () => {
      const changes = fc.array(mutation, { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(changes, (mutations) => survives(name, mutations)),
        { numRuns: RUNS, endOnFailure: true },
      );
    });

    it(`load or go aside, and nothing that is made of them throws: ${name}.json, each kind of member`, async () => {
      for (const wrong of wrongMembers(past.documents[name], VALUES_OF_EACH))
        await survives(name, wrong).catch((cause: unknown) => {
          throw new Error(wrong.map(({ where, what }) => `Place ${where} as ${what}`).join(", "), { cause });
        });
    });
  }
});
