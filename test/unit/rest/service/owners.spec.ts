import assert from "node:assert/strict";
import type { Operation, OperationAnswer, OperationRequest } from "../../../../src/rest/operations.js";
import { SingleFlight } from "../../../../src/support/single-flight.js";
import { CarDataError } from "../../../../src/support/errors.js";
import { openingAccounts, request, telematicWants } from "../../../helpers/account-in-process.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const accountWith = openingAccounts();

async function ready(hasContainer = true) {
  const one = accountWith();
  await one.begin();
  const [vin = "", other = ""] = one.bmw.cars.map((car) => car.vin);
  if (hasContainer) assert.equal((await one.press("telematicData", { vin })).error, null);
  one.bmw.log.clear();
  /** A message of a node that can go; resolves to the answers and to the code of the error. */
  const ask = (operation: Operation, changes: Partial<OperationRequest> = {}) => {
    let isThere = true;
    const answers: OperationAnswer[] = [];
    const end = one.account.rest
      .run(
        request(operation, changes),
        (answer) => answers.push(answer),
        () => isThere,
      )
      .then(
        () => null,
        (thrown: unknown) => (thrown as CarDataError).code,
      );
    const go = () => {
      isThere = false;
    };
    return { answers, end, go };
  };
  /** Lets time pass until BMW has got so many requests. */
  const sent = async (count: number, part = "") => {
    while (one.calls(part).length < count) await one.clock.advance(100);
  };
  return { ...one, vin, other, ask, sent };
}

describe("work for a node that goes", () => {
  it("is not sent when it still waits for its turn", async () => {
    const { ask, calls, clock, sent, vin } = await ready();
    const first = ask("basicData", { vin });
    const second = ask("tyreDiagnosis", { vin });
    await sent(1);
    second.go();
    await clock.advance(MINUTE_MS);
    assert.deepEqual([await first.end, await second.end], [null, "node_closed"]);
    assert.equal(calls().length, 1);
  });

  it("is not repeated after BMW's gateway failed", async () => {
    const { ask, bmw, calls, clock, sent, vin } = await ready();
    bmw.faults.api.status(1, 503, "");
    const asked = ask("basicData", { vin });
    await sent(1);
    asked.go();
    await clock.advance(5 * MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.equal(calls().length, 1);
  });

  it("is not repeated with a renewed token", async () => {
    const { ask, bmw, calls, clock, vin } = await ready();
    bmw.faults.api.status(1, 401, "");
    bmw.faults.oauth.holdAnswers();
    const asked = ask("basicData", { vin });
    while (bmw.log.count("refresh") === 0) await clock.advance(100);
    asked.go();
    bmw.faults.oauth.releaseAnswers();
    await clock.advance(5 * MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.equal(calls().length, 1);
  });

  it("reads no further page and no further car", async () => {
    const { ask, bmw, calls, clock, sent } = await ready();
    const asked = ask("chargingHistory", { maxPages: 10 });
    await sent(1);
    asked.go();
    await clock.advance(MINUTE_MS);
    assert.equal(calls().length, 1);
    assert.ok(bmw.cars.length > 1);
    assert.equal(asked.answers.length <= 1, true);
  });

  it("makes no data container", async () => {
    const { ask, calls, clock, vin } = await ready(false);
    const asked = ask("telematicData", { vin });
    asked.go();
    await clock.advance(MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.equal(calls().length, 0);
  });

  it("makes none when it has only looked for one", async () => {
    const { ask, calls, clock, sent, vin } = await ready(false);
    const asked = ask("telematicData", { vin });
    await sent(1);
    asked.go();
    await clock.advance(MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.deepEqual([calls().length, calls("POST").length], [1, 0]);
  });

  it("remembers the data container that was being made", async () => {
    const { account, ask, calls, clock, sent, vin } = await ready(false);
    const asked = ask("telematicData", { vin });
    await sent(1, "POST");
    asked.go();
    await clock.advance(MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.equal(calls("telematicData").length, 0);
    assert.notEqual(account.rest.state.containers.container, null);
  });

  it("deletes no further data container", async () => {
    const { ask, calls, clock, sent } = await ready();
    const asked = ask("containers", { containerAction: "deleteOwn", confirm: true });
    await sent(1);
    asked.go();
    await clock.advance(MINUTE_MS);
    assert.equal(await asked.end, "node_closed");
    assert.equal(calls("DELETE").length, 0);
  });

  it("goes on for another node that asks for the same", async () => {
    const { ask, calls, clock, sent, vin } = await ready();
    const blocking = ask("basicData", { vin });
    const one = ask("tyreDiagnosis", { vin });
    const other = ask("tyreDiagnosis", { vin });
    await sent(1);
    one.go();
    await clock.advance(MINUTE_MS);
    assert.deepEqual([await blocking.end, await other.end], [null, null]);
    assert.equal(other.answers.length, 1);
    assert.equal(calls("TyreDiagnosis").length, 1);
  });

  it("is taken up again by a node that comes when the others have gone", async () => {
    const shared = new SingleFlight<string>();
    let runs = 0;
    let release: () => void = () => undefined;
    const work = async (isWanted: () => boolean) => {
      runs++;
      await new Promise<void>((resolve) => (release = resolve));
      if (!isWanted()) throw new CarDataError("node_closed");
      return `run ${runs}`;
    };
    let isThere = true;
    const first = shared.run("a", () => isThere, work);
    isThere = false;
    const late = shared.run("a", () => true, work);
    release();
    assert.deepEqual([await first, await late], ["run 1", "run 1"]);

    isThere = true;
    const second = shared.run("a", () => isThere, work);
    isThere = false;
    release();
    const later = Promise.resolve().then(() => shared.run("a", () => true, work));
    await assert.rejects(second, { code: "node_closed" });
    await new Promise(setImmediate);
    release();
    assert.equal(await later, "run 3");
  });
});

describe("an automatic poll", () => {
  it("that waits is not sent for a node that goes, and does not hold up the others", async () => {
    const { account, bmw, calls, clock, join, vin, other } = await ready();
    const leave = join("n1", telematicWants("n1", { schedule: "dense", vin: other }));
    join("n2", telematicWants("n2", { schedule: "dense", vin }));
    // Somebody's call takes long, so that the poll has to wait for its turn.
    await clock.advance(9_500);
    bmw.faults.api.hang(1);
    const asked = account.rest.run(request("image", { vin }), () => undefined).catch(() => undefined);
    await clock.advance(5_000);
    assert.equal(calls(`${other}/telematicData`).length, 0);
    leave();
    await clock.advance(2 * HOUR_MS);
    await asked;
    assert.equal(calls(`${other}/telematicData`).length, 0);
    assert.ok(calls(`${vin}/telematicData`).length >= 1);
  });

  it("stops with the last node that wants it, for days", async () => {
    const { calls, clock, join, vin } = await ready();
    const leave = join("n1", telematicWants("n1", { schedule: "dense", vin }));
    await clock.advance(5 * HOUR_MS);
    const before = calls().length;
    assert.ok(before > 0);
    leave();
    await clock.advance(3 * DAY_MS);
    assert.equal(calls().length, before);
  });

  it("takes the renewal of what is known of the cars with it", async () => {
    const { bmw, calls, clock, join, sent } = await ready();
    const wants = {
      descriptors: null,
      pollRequests: [{ kind: "tyreDiagnosis", node: "n1", vin: null, pages: 1 }],
    } as const;
    await clock.advance(40 * DAY_MS);
    const before = calls().length;
    const leave = join("n1", wants);
    await sent(before + 1, "");
    assert.match(calls().at(-1)?.kind ?? "", /mappings/);
    leave();
    await clock.advance(3 * DAY_MS);
    assert.equal(calls("basicData").length, 0);
    join("n1", wants);
    await clock.advance(DAY_MS);
    assert.equal(calls("basicData").length, bmw.cars.length);
  });

  it("that is under way at a deploy answers the new node", async () => {
    const { answers, calls, clock, join, sent, vin } = await ready();
    const wants = telematicWants("n1", { schedule: "dense", vin });
    const leave = join("n1", wants);
    await sent(1, "telematicData");
    leave();
    join("n1", wants);
    await clock.advance(MINUTE_MS);
    assert.equal(answers.length, 1);
    assert.equal(calls("telematicData").length, 1);
  });
});
