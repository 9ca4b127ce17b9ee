import assert from "node:assert/strict";
import { createHttpSend } from "../../../src/support/http.js";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { TraccarClient } from "../../../src/traccar/traccar-client.js";
import { START } from "../../helpers/fakes.js";
import { startSimulator, type Simulator } from "../../simulator/index.js";
import { traccarToken } from "../../simulator/traccar-tokens.js";

const MINUTE = 60_000;

describe("simulated Traccar", () => {
  let clock: SimulatedClock;
  let bmw: Simulator;

  beforeEach(async () => {
    clock = new SimulatedClock(START);
    bmw = await startSimulator({ clock, tick: 0 });
  });

  afterEach(() => bmw.stop());

  const clientOf = (token = bmw.traccar.token) =>
    new TraccarClient({ send: createHttpSend("test"), url: bmw.traccarUrl, token });
  const control = (name: string, body: object) =>
    fetch(`${bmw.controlUrl}/${name}`, { method: "POST", body: JSON.stringify(body) });
  const isRefused = (code: string) => (thrown: unknown) => thrown instanceof CarDataError && thrown.code === code;

  it("shows a device in each car, and how it really moves", async () => {
    await clock.advance(MINUTE);
    bmw.step(MINUTE);
    const client = clientOf();
    const devices = await client.devices();
    assert.deepEqual(
      devices.map(({ name }) => name),
      bmw.cars.map(({ model }) => model),
    );
    const driving = bmw.cars.findIndex((car) => car.truth().moving);
    const answer = await client.position(devices[driving]?.id ?? 0);
    const truth = bmw.cars[driving]?.truth();
    assert.ok(truth !== undefined && answer?.position != null);
    assert.ok(Math.abs(answer.position.speedKmh - truth.speedKmh) < 1e-9);
    assert.equal(answer.position.latitude, truth.position.latitude);
    assert.equal(answer.position.fixTime, clock.now());
    assert.equal(answer.serverTime, clock.now());
  });

  it("asks for the token, and refuses a good one on command", async () => {
    await assert.rejects(clientOf("another").devices(), isRefused("traccar_unauthorised"));
    const { token } = bmw.traccar;
    const forged = [traccarToken(clock.now() + MINUTE, "another key"), traccarToken(clock.now() - 1)];
    for (const [status, given] of [
      [200, token],
      [400, "another"],
      [500, `S${token.slice(1)}`],
      ...forged.map((one) => [401, one] as const),
    ] as const) {
      const answer = await fetch(`${bmw.traccarUrl}/api/devices`, { headers: { Authorization: `Bearer ${given}` } });
      assert.deepEqual([answer.status, answer.headers.get("content-type")], [status, "application/json"], given);
      if (status !== 200) assert.match(await answer.text(), /Exception \(/);
    }
    await control("refuseTracker", {});
    await assert.rejects(clientOf().devices(), isRefused("traccar_unauthorised"));
    await control("refuseTracker", { refused: false });
    assert.equal((await clientOf().devices()).length, bmw.cars.length);
  });

  it("shows its web app to whoever asks for a page, and no device that the user may not see", async () => {
    const page = await fetch(`${bmw.traccarUrl}/settings/preferences/api/devices`);
    assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html"]);
    const [{ id, vin } = { id: 0, vin: "" }] = bmw.traccar.devices;
    await control("withholdTracker", { vin });
    assert.equal(await clientOf().position(id), null);
    assert.ok(!(await clientOf().devices()).some((device) => device.id === id));
    await control("withholdTracker", { vin, withheld: false });
    assert.ok((await clientOf().position(id))?.position);
  });

  it("fails as the control address sets it", async () => {
    const client = clientOf();
    const [device] = bmw.traccar.devices;
    assert.ok(device !== undefined);
    await control("html", { server: "traccar" });
    await assert.rejects(client.devices(), isRefused("traccar_invalid_response"));
    await control("drop", { server: "traccar" });
    await assert.rejects(client.devices(), isRefused("traccar_unreachable"));

    await control("spoilTracker", { vin: device.vin, fault: "stale" });
    await clock.advance(MINUTE);
    assert.equal((await client.position(device.id))?.position?.fixTime, START);
    await control("spoilTracker", { vin: device.vin, fault: "ahead" });
    const ahead = clock.now() + 60 * MINUTE;
    await clock.advance(MINUTE);
    assert.equal((await client.position(device.id))?.position?.fixTime, ahead);
    await control("spoilTracker", { vin: device.vin, fault: "invalid" });
    assert.equal((await client.position(device.id))?.position?.valid, false);
    await control("spoilTracker", { vin: device.vin, fault: "empty" });
    assert.equal((await client.position(device.id))?.position, null);
    await control("removeTracker", { vin: device.vin });
    assert.equal(await client.position(device.id), null);
  });
});
