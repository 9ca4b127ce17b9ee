import assert from "node:assert/strict";
import { CarDataError } from "../../../src/support/errors.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { TraccarClient } from "../../../src/traccar/traccar-client.js";
import { DeviceList } from "../../../src/traccar/device-list.js";
import { TraccarServer } from "../../simulator/traccar-server.js";
import { steadyCar } from "../../helpers/tracked-car.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function bench() {
  const clock = new SimulatedClock(START);
  const car = steadyCar(VIN, "i4");
  const server = new TraccarServer(clock, [car, steadyCar(OTHER_VIN, "330e")]);
  const client = new TraccarClient({ send: server.send, url: "http://traccar.lan:8082", token: server.token });
  const list = new DeviceList(client, clock);
  const asked = (path: string) => server.requests.filter((request) => request.path === path).length;
  return { clock, car, server, list, lists: () => asked("/api/devices"), positions: () => asked("/api/positions") };
}

async function errorOf(promise: Promise<unknown>): Promise<CarDataError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof CarDataError, String(thrown));
  return thrown;
}

describe("list of trackers", () => {
  it("finds a device by its exact name or its identifier, with one list for all", async () => {
    const { server, list, lists } = bench();
    const [first, second] = server.devices;
    await Promise.all([list.positionOf("i4"), list.positionOf(second?.uniqueId ?? "")]);
    assert.equal(lists(), 1);
    assert.deepEqual(
      server.requests.flatMap(({ deviceId }) => deviceId ?? []),
      [first?.id, second?.id],
    );
  });

  it("names what there is when it does not know a device, and asks again after an hour", async () => {
    const { clock, server, list, lists, positions } = bench();
    const error = await errorOf(list.positionOf("I4"));
    assert.deepEqual(error.problem, { code: "traccar_device_unknown", params: { device: "I4", known: "i4, 330e" } });
    await clock.advance(59 * MINUTE);
    await errorOf(list.positionOf("I4"));
    assert.equal(lists(), 1);
    server.add(steadyCar("WBY1Z2C30N7A00003", "I4"));
    await clock.advance(MINUTE);
    assert.ok((await list.positionOf("I4")).position);
    assert.equal(lists(), 2);
    assert.equal(positions(), 1);
  });

  it("asks at once when somebody has a doubt", async () => {
    const { server, list } = bench();
    await errorOf(list.positionOf("new"));
    server.add(steadyCar("WBY1Z2C30N7A00003", "new"));
    list.invalidate();
    assert.ok((await list.positionOf("new")).position);
  });

  it("finds a device again that was deleted and made anew", async () => {
    const { clock, car, server, list } = bench();
    await list.positionOf("i4");
    await clock.advance(2 * HOUR);
    server.remove(VIN);
    server.add(car);
    assert.ok((await list.positionOf("i4")).position);
  });

  it("finds a device that was given back with the next look", async () => {
    const { clock, server, list, lists } = bench();
    await list.positionOf("i4");
    await clock.advance(HOUR);
    server.withhold(VIN);
    for (let look = 0; look < 3; look++)
      assert.equal((await errorOf(list.positionOf("i4"))).code, "traccar_device_unknown");
    await clock.advance(MINUTE);
    server.withhold(VIN, false);
    assert.ok((await list.positionOf("i4")).position);
    assert.equal(lists(), 2);
  });

  it("asks no device that has another name by now", async () => {
    const { clock, server, list } = bench();
    await list.positionOf("i4");
    await clock.advance(HOUR);
    server.withhold(VIN);
    await errorOf(list.positionOf("i4"));
    server.withhold(VIN, false);
    server.rename(VIN, "her phone");
    list.invalidate();
    assert.deepEqual((await errorOf(list.positionOf("i4"))).params, { device: "i4", known: "her phone, 330e" });
  });

  it("compares names and identifiers without the blanks at their ends", async () => {
    const { server, list } = bench();
    server.rename(VIN, "\u00a0i4 ");
    for (const word of ["i4", " i4", ` ${server.devices[0]?.uniqueId ?? ""} `])
      assert.ok((await list.positionOf(word)).position, word);
  });

  it("says that a device is gone, without asking for the list more than once an hour", async () => {
    const { clock, server, list, lists } = bench();
    await list.positionOf("i4");
    server.remove(VIN);
    assert.equal((await errorOf(list.positionOf("i4"))).code, "traccar_invalid_response");
    await clock.advance(HOUR);
    for (let look = 0; look < 30; look++) {
      const error = await errorOf(list.positionOf("i4"));
      assert.deepEqual(error.params, { device: "i4", known: "330e" });
    }
    assert.equal(lists(), 2);
  });

  it("keeps to the hour when the clock was set back", async () => {
    const { clock, server, list } = bench();
    await errorOf(list.positionOf("new"));
    clock.jump(-24 * HOUR);
    server.add(steadyCar("WBY1Z2C30N7A00003", "new"));
    assert.ok((await list.positionOf("new")).position);
  });

  it("asks anew after a list that could not be had", async () => {
    const { server, list } = bench();
    server.faults.status(1, 500);
    assert.equal((await errorOf(list.positionOf("i4"))).code, "traccar_unreachable");
    assert.ok((await list.positionOf("i4")).position);
  });
});
