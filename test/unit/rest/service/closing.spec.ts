import assert from "node:assert/strict";
import type { CarDataError } from "../../../../src/support/errors.js";
import { settle } from "../../../../src/support/simulated-clock.js";
import { openingAccounts, request } from "../../../helpers/account-in-process.js";

const SECOND_MS = 1000;

const accountWith = openingAccounts();

describe("an account that closes while BMW makes a data container", () => {
  /** The list of containers is answered; the order to make one is not yet. */
  const start = async () => {
    const one = accountWith();
    await one.begin();
    const [vin = ""] = one.bmw.cars.map((car) => car.vin);
    const outcome = one.account.rest
      .run(request("telematicData", { vin }), () => undefined)
      .then(
        () => "answered",
        (error: unknown) => (error as CarDataError).code,
      );
    while (one.calls("POST").length === 0) {
      if (one.calls("containers").length === 1) one.bmw.faults.api.holdAnswers();
      await one.clock.advance(SECOND_MS / 10);
    }
    one.bmw.log.clear();
    return Object.assign(one, { outcome, vin });
  };

  it("waits for the answer and keeps the container; nothing more goes out, and the caller gets an error", async () => {
    const one = await start();
    const { account } = one;
    let isClosed = false;
    const closed = account.close().then(() => (isClosed = true));
    await one.clock.advance(5 * SECOND_MS);
    assert.equal(isClosed, false);
    one.bmw.faults.api.releaseAnswers();
    await closed;
    assert.equal(await one.outcome, "rest_aborted");
    assert.equal(one.calls().length, 0);
    const { container } = account.rest.state.containers;
    assert.notEqual(container, null);
    await one.restart();
    assert.deepEqual(one.account.rest.state.containers.container, container);
    assert.equal((await one.press("telematicData", { vin: one.vin })).error, null);
    assert.equal(one.calls("containers").length, 0, "it is found again without a call");
  });

  it("gives up after ten seconds", async () => {
    const one = await start();
    const closed = one.account.close();
    await one.clock.advance(10 * SECOND_MS);
    await closed;
    assert.equal(await one.outcome, "rest_aborted");
    assert.equal(one.clock.nextAt(), null);
  });
});

describe("an account that closes while BMW is only read", () => {
  it("ends at once", async () => {
    const one = accountWith();
    await one.begin();
    one.bmw.faults.api.holdAnswers();
    const asked = one.account.rest.run(request("vehicles"), () => undefined);
    const refused = assert.rejects(asked, { code: "rest_aborted" });
    await settle();
    await Promise.all([one.account.close(), refused]);
    assert.equal(one.clock.nextAt(), null);
  });
});
