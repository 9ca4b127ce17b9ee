import assert from "node:assert/strict";
import { RefusalRegistry } from "../../../src/rest/refusal-registry.js";
import { pollCandidates } from "../../../src/rest/create-scheduler.js";
import { parseSocOptions } from "../../../src/account/soc/soc-options.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { SOC, STATUS } from "../../helpers/test-vehicle.js";
import { GCID, json, VIN } from "../../helpers/fakes.js";
import { CAPACITY, chargeFrom, CHARGING } from "../../helpers/soc.js";

const MINUTE = 60_000;
const CHARGE = chargeFrom(70);

async function liveAccount(options: TestAccountOptions = {}) {
  const parts = testAccount(options);
  const { account, broker, clock } = parts;
  const shown: string[] = [];
  account.events.on("estimate", (vin) => shown.push(vin));
  account.retain("node-1");
  await account.open(parts.login());
  await settle();
  broker.accept();
  await clock.advance(5000);
  const send = (values: Readonly<Record<string, unknown>>) => {
    const timestamp = new Date(clock.now()).toISOString();
    const data = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, timestamp }]));
    broker.publish(VIN, { vin: VIN, entityId: GCID, data });
  };
  return { ...parts, shown, send };
}

describe("an account with estimates", () => {
  it("emits to its nodes that an estimate has changed, also while nothing comes", async () => {
    const { account, send, shown, clock } = await liveAccount();
    send(CHARGE);
    assert.deepEqual(shown, [VIN]);
    await clock.advance(10 * MINUTE);
    assert.ok(shown.length > 10, `${shown.length} changes`);
    assert.equal(account.soc.predicted(VIN)?.mode, "charging");
    await account.close();
  });

  it("goes on after a restart, and emits all estimates once at its start", async () => {
    const first = await liveAccount();
    first.send(CHARGE);
    await first.clock.advance(10 * MINUTE);
    const before = first.account.soc.predicted(VIN)?.soc ?? 0;
    await first.account.close();
    const { clock, files, vaultKey, ownership } = first;
    const again = await liveAccount({ clock, files, vaultKey, ownership });
    assert.equal(again.shown[0], VIN);
    assert.ok(Math.abs((again.account.soc.predicted(VIN)?.soc ?? 0) - before) < 0.2);
    await again.account.close();
  });

  it("leaves no timer behind when it closes in the middle of a charge", async () => {
    const { account, send, clock } = await liveAccount();
    send(CHARGE);
    await account.close();
    account.soc.meter(VIN, 11, 0);
    account.soc.capacity(VIN, 70);
    assert.equal(clock.nextAt(), null);
  });

  it("takes the user's battery and consumption, and the model's where there are none", async () => {
    const script = [json(200, [{ vin: VIN }]), json(200, { modelName: "i4 eDrive40", driveTrain: "BEV" })];
    const plain = await liveAccount({ script: [...script] });
    plain.send({ [SOC]: 60 });
    assert.deepEqual(plain.account.soc.predicted(VIN)?.capacity, { kwh: 80.7, source: "model" });
    assert.equal(plain.account.soc.report(VIN)?.driving.defaultKwhPerKm, 0.18);
    const properties = { vehicles: [{ vin: VIN, batteryKwh: "78", consumption: "22" }] };
    const reported = await liveAccount({ script: [...script], properties });
    reported.account.soc.join("n", parseSocOptions({ magic: true }));
    reported.send({ [SOC]: 60, [CAPACITY]: 80 });
    assert.deepEqual(reported.account.soc.magic(VIN)?.capacity, { kwh: 78, source: "user" });
    assert.equal(reported.account.soc.report(VIN)?.driving.defaultKwhPerKm, 0.22);
  });

  it("forgets what the cars of the former customer have taught", async () => {
    const { account, send, login, files, clock, shown } = await liveAccount();
    send(CHARGE);
    shown.length = 0;
    await account.adoptLogin(login({ gcid: "12345678-1234-4234-8234-123456789abc" }));
    assert.deepEqual(account.soc.vins, []);
    assert.deepEqual(shown, [VIN], "nodes are told that its estimate is gone");
    await clock.advance(MINUTE);
    assert.ok(!String(await files.read("/account-1/learning.json")).includes(VIN));
  });

  it("knows when a charge ought to be over: by the car or by the estimate, whichever is earlier", async () => {
    const { account, send, clock } = await liveAccount();
    const refusals = new RefusalRegistry(
      clock,
      account.registry,
      () => 0,
      () => undefined,
    );
    const candidates = () => pollCandidates(account.registry, refusals, (vin) => account.soc.chargeEndOf(vin));
    const minutesLeft = () => ((candidates()[0]?.charge?.expectedEndAt ?? 0) - clock.now()) / MINUTE;
    send(CHARGE);
    // 10 % of 80 kWh at 10.74 kW and 0.9.
    assert.ok(Math.abs(minutesLeft() - 49) < 6, `${minutesLeft()} min`);
    send({ [`${CHARGING}.timeRemaining`]: 20 });
    assert.ok(Math.abs(minutesLeft() - 20) < 1e-6);
    await clock.advance(90 * MINUTE);
    assert.ok(minutesLeft() <= 0);
    send({ [STATUS]: "NOCHARGING" });
    assert.equal(candidates()[0]?.charge, null);
    await account.close();
  });
});
