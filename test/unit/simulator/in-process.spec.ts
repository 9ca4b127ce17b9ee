import assert from "node:assert/strict";
import { HttpFailure, type HttpRequest } from "../../../src/support/http.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { commuter, parkedCar, secondaryCar } from "../../simulator/cars/everyday.js";
import { bmwInProcess } from "../../simulator/in-process.js";
import { DAY, HOUR, MIDNIGHT, MINUTE, restBench, SECOND } from "./rest-bench.js";

const PATH = "/customers/vehicles/mappings";
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

const failure = (kind: HttpFailure["kind"]) => (error: unknown) => error instanceof HttpFailure && error.kind === kind;

function refresh(clientId: string, refreshToken: string): HttpRequest {
  const fields = { grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken };
  const url = "https://any.host.example/gcdm/oauth/token";
  const body = new URLSearchParams(fields).toString();
  return { method: "POST", url, headers: FORM, body, timeoutMs: 1000, maxBytes: 1e6 };
}

describe("simulated BMW in process", () => {
  it("refreshes tokens and serves REST, whatever the host", async () => {
    const bmw = bmwInProcess({ clock: new SimulatedClock(MIDNIGHT) });
    const first = bmw.issueTokens().refresh_token;
    const answer = await bmw.send(refresh(bmw.clientId, first));
    const { access_token: token } = JSON.parse(answer.body.toString()) as { access_token: string };
    const headers = { Authorization: `Bearer ${token}`, "X-Version": "v1" };
    for (const host of ["https://api-cardata.bmwgroup.com", "http://127.0.0.1:9"]) {
      const { status } = await bmw.send({ method: "GET", url: host + PATH, headers, timeoutMs: 1000, maxBytes: 1e6 });
      assert.equal(status, 200);
    }
    assert.equal((await bmw.send(refresh(bmw.clientId, first))).status, 400);
    assert.deepEqual([bmw.log.count("refresh"), bmw.log.count("rest*")], [2, 2]);
  });

  it("fails as a network does: dropped, refused, cut off, too large", async () => {
    const { bmw, call } = restBench();
    bmw.faults.api.drop();
    await assert.rejects(call(PATH), failure("network"));
    bmw.faults.api.down(true);
    await assert.rejects(call(PATH), failure("network"));
    bmw.faults.api.down(false);
    bmw.faults.api.truncated();
    const cut = await call(PATH);
    assert.equal(cut.status, 200);
    assert.throws(() => JSON.parse(cut.bytes.toString()), SyntaxError);
    await assert.rejects(call(PATH, { maxBytes: 10 }), failure("too_large"));
    bmw.faults.api.status(1, 503, { exveErrorId: "CU-503" });
    assert.equal((await call(PATH)).error, "CU-503");
    bmw.faults.oauth.drop();
    await assert.rejects(bmw.send(refresh(bmw.clientId, "x")), failure("network"));
  });

  it("fails on command, by the name that the system has for it", async () => {
    const { bmw, call } = restBench();
    const { api } = bmw.faults;
    api.always({ status: 503, body: { exveErrorId: "CU-503" } });
    for (let time = 0; time < 3; time++) assert.equal((await call(PATH)).error, "CU-503");
    api.always(null);
    assert.equal((await call(PATH)).status, 200);
    api.down(true, "EAI_AGAIN");
    await assert.rejects(call(PATH), { kind: "network", message: "EAI_AGAIN" });
  });

  it("accepts the newest refresh token only, and does not rotate it by being asked", () => {
    const bmw = bmwInProcess({ clock: new SimulatedClock(MIDNIGHT) });
    const [old, token] = [bmw.issueTokens().refresh_token, bmw.issueTokens().refresh_token];
    assert.deepEqual([bmw.accepts(old), bmw.accepts(token), bmw.accepts(token)], [false, true, true]);
    assert.equal(bmw.accepts(""), false);
  });

  it("hangs until the request's own time limit, or until it is aborted", async () => {
    const { bmw, call, clock } = restBench();
    bmw.faults.api.hang(2);
    const slow = assert.rejects(call(PATH, { timeoutMs: 30_000 }), failure("timeout"));
    await clock.advance(29_999);
    assert.equal(clock.nextAt(), MIDNIGHT + 30_000);
    await clock.advance(1);
    await slow;
    const controller = new AbortController();
    const given = assert.rejects(call(PATH, { signal: controller.signal }), failure("aborted"));
    controller.abort();
    await given;
    assert.equal(clock.nextAt(), null);
    await assert.rejects(call(PATH, { signal: controller.signal }), failure("aborted"));
  });

  it("logs each REST call with its time, its result and its car, also one that a fault answered", async () => {
    const [mine, theirs] = [parkedCar(MIDNIGHT), secondaryCar(MIDNIGHT)];
    const { bmw, call, ofCar, create, clock } = restBench({ cars: [mine, theirs] });
    await ofCar(mine.vin, "basicData");
    await clock.advance(SECOND);
    await ofCar(theirs.vin, "basicData");
    bmw.faults.api.drop();
    await assert.rejects(ofCar(mine.vin, "image"));
    bmw.faults.api.status(1, 503, { exveErrorId: "CU-503" });
    await call(PATH);
    const { body } = await create(["vehicle.isMoving"]);
    const id = String(body["containerId"]);
    await call(`/customers/containers/${id}`, { method: "DELETE" });
    const at = MIDNIGHT + SECOND;
    const path = (vin: string, resource: string) => `rest /customers/vehicles/${vin}/${resource}`;
    assert.deepEqual(bmw.log.entries, [
      { kind: path(mine.vin, "basicData"), at: MIDNIGHT, status: 200, vin: mine.vin },
      { kind: path(theirs.vin, "basicData"), at, status: 403, error: "CU-104", vin: theirs.vin },
      { kind: path(mine.vin, "image"), at, vin: mine.vin },
      { kind: `rest ${PATH}`, at, status: 503, error: "CU-503" },
      { kind: "rest POST /customers/containers", at, status: 201 },
      { kind: `rest DELETE /customers/containers/${id}`, at, status: 204 },
    ]);
    assert.deepEqual([bmw.log.count("rest*"), bmw.log.count(`rest ${PATH}`)], [6, 1]);
  });

  it("emits what would go over the stream, until nobody listens", () => {
    const bmw = bmwInProcess({ clock: new SimulatedClock(MIDNIGHT), cars: [commuter(MIDNIGHT)] });
    const received: { vin: string; entityId: string; data: object }[] = [];
    const stop = bmw.onReport((vin, payload) => {
      assert.equal(payload.vin, vin);
      received.push(payload);
    });
    bmw.step(8 * HOUR);
    assert.ok(received.length > 30, String(received.length));
    assert.equal(received[0]?.entityId, bmw.gcid);
    stop();
    const before = received.length;
    bmw.step(12 * HOUR);
    assert.equal(received.length, before);
  });

  it("moves the cars with the clock if it is given a tick, until it is stopped", async () => {
    const clock = new SimulatedClock(MIDNIGHT);
    const bmw = bmwInProcess({ clock, cars: [commuter(MIDNIGHT)], tick: MINUTE });
    await clock.advance(HOUR);
    assert.equal(bmw.cars[0]?.truth().time, MIDNIGHT + HOUR);
    bmw.stop();
    await clock.advance(HOUR);
    assert.equal(bmw.cars[0].truth().time, MIDNIGHT + HOUR);
    assert.equal(clock.nextAt(), null);
  });

  it("takes two cars through 30 days, polled every hour", async () => {
    const cars = [commuter(MIDNIGHT), parkedCar(MIDNIGHT)];
    const { bmw, clock, container, ofCar } = restBench({ cars });
    const id = await container(["vehicle.drivetrain.batteryManagement.header"]);
    for (let minutes = 1; minutes <= 30 * 24 * 60; minutes++) {
      clock.runTo(MIDNIGHT + minutes * MINUTE);
      bmw.step(MINUTE);
      if (minutes % 60 === 0) assert.equal((await ofCar(cars[0]!.vin, `telematicData?containerId=${id}`)).status, 200);
    }
    assert.equal(cars[0]?.logbook.sessions.length, 30);
    assert.equal(cars[1]?.truth().time, MIDNIGHT + 30 * DAY);
  });
});
