import assert from "node:assert/strict";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount } from "../../helpers/account.js";
import { GCID, json, tokenAnswer, VIN } from "../../helpers/fakes.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

/** Node-RED gives a node 15 seconds; a machine at work needs some of them itself. */
const MOST_MS = 13_000;
const TOKENS = "/account-1/tokens.json";

interface Mix {
  /** BMW does not answer a refresh. */
  readonly bmw: boolean;
  /** The request that has to hand over a confirmed login does not end. */
  readonly login: boolean;
  /** The broker does not take leave. */
  readonly broker: boolean;
  /** The disk does not answer. */
  readonly disk: boolean;
}

const MIXES: Mix[] = Array.from({ length: 16 }, (_, bits) => ({
  bmw: (bits & 1) > 0,
  login: (bits & 2) > 0,
  broker: (bits & 4) > 0,
  disk: (bits & 8) > 0,
}));

/** An account at work that records, of which much is not saved yet. */
async function atWork() {
  const files = new TroubledFiles();
  const parts = testAccount({ files, properties: { record: true } });
  const { account, broker, clock, login } = parts;
  account.retain("node-1");
  await account.open(login());
  await settle();
  broker.accept();
  await clock.advance(5000);
  const timestamp = new Date(clock.now()).toISOString();
  const data = { "vehicle.drivetrain.batteryManagement.header": { value: 63, timestamp } };
  broker.publish(VIN, { vin: VIN, entityId: GCID, data });
  return { ...parts, files };
}

describe("the close of an account", () => {
  for (const mix of MIXES) {
    const names = Object.entries(mix).flatMap(([name, hangs]) => (hangs ? [name] : []));
    it(`is over in time while nothing comes of: ${names.join(", ") || "nothing"}`, async () => {
      const { account, clock, http, broker, files } = await atWork();
      if (mix.broker) broker.hang();
      if (mix.bmw) {
        http.hold = new Promise(() => undefined);
        account.refresh().catch(() => undefined);
        await settle();
      }
      if (mix.disk) for (const operation of ["write", "append", "remove"] as const) files.hang(operation);
      const begun = clock.now();
      let took = Infinity;
      void account.close(mix.login ? new Promise(() => undefined) : undefined).then(() => (took = clock.now() - begun));
      await clock.advance(60_000);
      assert.ok(took <= MOST_MS, `${took} ms`);
      if (names.length === 0) assert.equal(took, 0);
    });
  }

  it("is over in time where BMW answers at the last moment, and the disk does not take it", async () => {
    const { account, clock, http, broker, files } = await atWork();
    let answer: () => void = () => undefined;
    http.hold = new Promise((resolve) => (answer = resolve));
    http.script.splice(0, Infinity, json(200, tokenAnswer(clock.now())));
    account.refresh().catch(() => undefined);
    await settle();
    for (const operation of ["write", "append"] as const) files.hang(operation);
    broker.hang();
    let isClosed = false;
    void account.close().then(() => (isClosed = true));
    await clock.advance(9900);
    answer();
    await clock.advance(MOST_MS - 9900);
    assert.ok(isClosed);
  });

  it("saves what BMW answers at the last moment before anything else, on a disk that is slow", async () => {
    const { account, clock, http, files } = await atWork();
    let answer: () => void = () => undefined;
    http.hold = new Promise((resolve) => (answer = resolve));
    const renewed = tokenAnswer(clock.now());
    http.script.splice(0, Infinity, json(200, renewed));
    account.refresh().catch(() => undefined);
    await settle();
    const former = (await files.content(TOKENS))?.toString();
    let isClosed = false;
    files.calls.length = 0;
    void account.close().then(() => (isClosed = true));
    await clock.advance(9900);
    const write = files.hang("write");
    answer();
    await clock.advance(1500);
    assert.deepEqual(
      files.calls.filter((call) => call.startsWith("write")),
      [`write ${TOKENS}`],
    );
    write();
    await clock.advance(0);
    assert.ok(isClosed);
    assert.notEqual((await files.content(TOKENS))?.toString(), former);
    assert.ok(files.calls.some((call) => call === "write /account-1/vehicles.json"));
  });

  it("lasts as long where the time of day is set meanwhile", async () => {
    for (const jump of [-86_400_000, 86_400_000]) {
      const { account, clock, http, files } = await atWork();
      http.hold = new Promise(() => undefined);
      account.refresh().catch(() => undefined);
      await settle();
      files.hang("write");
      let isClosed = false;
      void account.close().then(() => (isClosed = true));
      await clock.advance(5000);
      clock.jump(jump);
      await clock.advance(4900);
      assert.ok(!isClosed, "BMW still has time");
      await clock.advance(MOST_MS - 9900);
      assert.ok(isClosed);
    }
  });
});
