import assert from "node:assert/strict";
import { commuter, parkedCar, petrolCar } from "../../simulator/cars/everyday.js";
import { codeOf, DAY, HOUR, MIDNIGHT, MINUTE, restBench } from "./rest-bench.js";

interface Session {
  readonly startTime: number;
  readonly endTime: number;
  readonly displayedStartSoc: number;
  readonly displayedSoc: number;
  readonly energyConsumedFromPowerGridKwh?: number;
  readonly chargingBlocks?: readonly object[];
  readonly mileage: number;
}

const iso = (time: number) => new Date(time).toISOString();
const range = (from: number, to: number) => `chargingHistory?from=${iso(from)}&to=${iso(to)}`;
const MONTH = range(MIDNIGHT - 30 * DAY, MIDNIGHT);

function historyBench(car = parkedCar(MIDNIGHT)) {
  const bench = restBench({ cars: [car] });
  const ask = (query: string) => bench.ofCar(car.vin, query);
  const page = async (query: string) => {
    const { status, body } = await ask(query);
    assert.equal(status, 200);
    return { sessions: body["data"] as Session[], next: body["next_token"] as string | undefined };
  };
  const all = async (query: string) => {
    const pages: Session[][] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const one = await page(query + (token === "" ? "" : `&nextToken=${token}`));
      pages.push(one.sessions);
      token = one.next;
    }
    return pages;
  };
  return { ...bench, ask, page, all };
}

describe("simulated REST: charging history", () => {
  it("has the charges that the car did, in whole seconds", async () => {
    const { bmw, pass, all } = historyBench(commuter(MIDNIGHT));
    const car = bmw.cars[0]!;
    for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 30) await pass(30 * MINUTE);
    const sessions = (await all(range(MIDNIGHT, MIDNIGHT + 3 * DAY))).flat();
    assert.equal(sessions.length, 3);
    const energy = sessions.reduce((sum, session) => sum + (session.energyConsumedFromPowerGridKwh ?? 0), 0);
    assert.ok(Math.abs(energy - car.truth().gridKwh) < 0.05, `${energy} of ${car.truth().gridKwh}`);
    for (const { startTime, endTime, displayedStartSoc, displayedSoc } of sessions) {
      assert.equal((startTime * 1000 - MIDNIGHT) % DAY < 22 * HOUR + MINUTE, true);
      assert.ok(endTime > startTime && Number.isInteger(startTime) && Number.isInteger(endTime));
      assert.ok(displayedSoc === 80 || displayedSoc === 79, String(displayedSoc));
      assert.ok(displayedStartSoc < displayedSoc);
    }
  });

  it("is empty while the first charge goes on, and for a petrol car", async () => {
    const electric = historyBench(commuter(MIDNIGHT));
    await electric.pass(22 * HOUR + MINUTE);
    assert.deepEqual(await electric.all(range(MIDNIGHT, MIDNIGHT + DAY)), [[]]);
    assert.deepEqual(await historyBench(petrolCar(MIDNIGHT)).all(MONTH), [[]]);
  });

  it("has invented charges of a car that never charges, always the same", async () => {
    const first = await historyBench().all(MONTH);
    assert.deepEqual(await historyBench().all(MONTH), first);
    assert.deepEqual(
      first.map(({ length }) => length),
      [10, 10, first.flat().length - 20],
    );
    const sessions = first.flat();
    assert.equal(new Set(sessions.map(({ startTime }) => startTime)).size, sessions.length);
    for (const { startTime, endTime } of sessions)
      assert.ok(startTime * 1000 >= MIDNIGHT - 30 * DAY && endTime * 1000 <= MIDNIGHT);
    const empty = sessions.filter(({ energyConsumedFromPowerGridKwh: energy }) => energy === undefined);
    assert.ok(empty.length > 0 && empty.every(({ chargingBlocks }) => chargingBlocks === undefined));
  });

  it("is not sorted", async () => {
    const starts = (await historyBench().all(MONTH)).flat().map(({ startTime }) => startTime);
    const sorted = [...starts].sort((one, other) => one - other);
    assert.notDeepEqual(starts, sorted);
    assert.notDeepEqual(starts, sorted.reverse());
  });

  it("accepts 59 days and refuses more, and ranges that are none", async () => {
    const { ask } = historyBench();
    assert.equal((await ask(range(MIDNIGHT - 59 * DAY, MIDNIGHT))).status, 200);
    assert.equal(codeOf(await ask(range(MIDNIGHT - 60 * DAY, MIDNIGHT))), "400 CU-401");
    for (const query of [
      "chargingHistory",
      `chargingHistory?from=${iso(MIDNIGHT)}`,
      "chargingHistory?from=yesterday&to=today",
      range(MIDNIGHT, MIDNIGHT - DAY),
    ])
      assert.equal(codeOf(await ask(query)), "400 CU-401", query);
  });

  it("refuses page tokens that are unknown, expired or of another question", async () => {
    const { ask, page, bmw, clock } = historyBench();
    assert.equal(codeOf(await ask(`${MONTH}&nextToken=x`)), "400 CU-125");
    const { next: expired } = await page(MONTH);
    bmw.faults.expirePageTokens();
    assert.equal(codeOf(await ask(`${MONTH}&nextToken=${expired}`)), "400 CU-125");
    const { next } = await page(MONTH);
    assert.equal(codeOf(await ask(`${range(MIDNIGHT - 29 * DAY, MIDNIGHT)}&nextToken=${next}`)), "400 CU-125");
    assert.equal((await ask(`${MONTH}&nextToken=${next}`)).status, 200);
    await clock.advance(HOUR);
    assert.equal(codeOf(await ask(`${MONTH}&nextToken=${next}`)), "400 CU-125");
  });

  it("can give the same token again and again", async () => {
    const { page, bmw } = historyBench();
    bmw.faults.repeatPageToken();
    const { next } = await page(MONTH);
    assert.ok(next);
    assert.equal((await page(`${MONTH}&nextToken=${next}`)).next, next);
    bmw.faults.repeatPageToken(false);
    assert.notEqual((await page(`${MONTH}&nextToken=${next}`)).next, next);
  });
});
