import assert from "node:assert/strict";
import { settle } from "../../../../src/support/simulated-clock.js";
import { accountInProcess, openingAccounts, request, telematicWants } from "../../../helpers/account-in-process.js";
import { START } from "../../../helpers/fakes.js";
import { commuter } from "../../../simulator/cars/everyday.js";
import type { SimulatedCar } from "../../../simulator/cars/car.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const accountWith = openingAccounts();

async function logged(options = {}) {
  const one = accountWith(options);
  await one.begin();
  const [vin = "", other = ""] = one.bmw.cars.map((car) => car.vin);
  one.bmw.log.clear();
  return {
    ...one,
    vin,
    other,
    get account() {
      return one.account;
    },
  };
}

const fleet = (size: number): SimulatedCar[] =>
  Array.from({ length: size }, (_, index) =>
    commuter(START, { days: 0, vin: `WBY1Z2C30N7A01${String(index).padStart(3, "0")}` }),
  );

describe("nodes that are pressed at once", () => {
  it("share the call for a car", async () => {
    const { account, clock, calls, press, vin } = await logged();
    await press("telematicData", { vin });
    const before = calls("telematicData").length;
    const answers: unknown[] = [];
    const all = Promise.all([
      account.rest.run(request("telematicData", { vin, force: true }), (answer) => answers.push(answer)),
      account.rest.run(request("telematicData", { vin, force: true }), (answer) => answers.push(answer)),
    ]);
    await clock.advance(MINUTE_MS);
    await all;
    assert.equal(answers.length, 2);
    assert.equal(calls("telematicData").length, before + 1);
  });

  it("share the call for a picture", async () => {
    const { account, clock, calls, vin } = await logged();
    const answers: unknown[] = [];
    const all = Promise.all([
      account.rest.run(request("image", { vin }), (answer) => answers.push(answer)),
      account.rest.run(request("image", { vin }), (answer) => answers.push(answer)),
    ]);
    await clock.advance(MINUTE_MS);
    await all;
    assert.equal(answers.length, 2);
    assert.equal(calls("image").length, 1);
  });

  it("while others still come get one container that holds what all want", async () => {
    const { account, clock, calls, join, vin } = await logged();
    join("n1", { descriptors: ["vehicle.vehicle.travelledDistance"], pollRequests: [] });
    const asked = account.rest.run(request("telematicData", { vin }), () => undefined);
    for (let node = 2; node <= 4; node++) {
      await clock.advance(8 * SECOND_MS);
      join(`n${node}`, {
        descriptors: [`vehicle.drivetrain.fuelSystem.${["level", "remainingFuel", "x"][node - 2] ?? ""}`],
        pollRequests: [],
      });
    }
    await clock.advance(MINUTE_MS);
    await asked;
    assert.equal(calls("POST").length, 1);
    assert.equal(account.rest.state.containers.container?.accepted.length, 4);
  });
});

describe("ten data containers of others", () => {
  it("cost two calls a day, however many cars are to be polled, and force tries again", async () => {
    const { bmw, clock, join, calls, press, vin } = await logged();
    bmw.faults.foreignContainers(10);
    join("n1", telematicWants("n1", { schedule: "dense" }));
    await clock.advance(DAY_MS - HOUR_MS);
    assert.ok(calls().length <= 4, `${calls().length} calls`);
    bmw.faults.loseContainers();
    assert.equal((await press("telematicData", { vin })).error?.code, "cu_124");
    assert.equal((await press("telematicData", { vin, force: true })).error, null);
  });
});

describe("a car for which BMW answers 404", () => {
  it("does not cost the data container again and again", async () => {
    const one = await logged();
    const { bmw, clock, join, calls, vin, other } = one;
    const { send } = bmw;
    Object.assign(bmw, {
      send: async (sent: Parameters<typeof send>[0]) => {
        if (sent.url.includes(`${vin}/telematicData`)) bmw.faults.api.status(1, 404, "");
        return send(sent);
      },
    });
    join("n1", telematicWants("n1", { schedule: "dense" }));
    await clock.advance(3 * DAY_MS);
    assert.ok(calls("containers").length <= 24, `${calls("containers").length} container calls`);
    assert.ok(calls("POST").length <= 3 + 1);
    assert.ok(calls(`${other}/telematicData`).length >= 3 * 10, `${calls(`${other}/telematicData`).length} polls`);
  });
});

describe("an account with 20 cars", () => {
  it("leaves calls for people on every day", async () => {
    const { clock, join, calls, account } = await logged({ cars: fleet(20) });
    assert.equal(account.registry.cars.size, 20);
    join("n1", telematicWants("n1", { schedule: "dense" }));
    join("n2", { descriptors: null, pollRequests: [{ kind: "chargingHistory", node: "n2", vin: null, pages: 3 }] });
    for (let day = 0; day < 3; day++) {
      await clock.advanceTo(Date.parse("2026-03-03T00:00:00Z") + day * DAY_MS);
      const today = calls().filter(({ at }) => at >= clock.now() - DAY_MS);
      assert.ok(today.length <= 45, `${today.length} calls`);
    }
  });
});

describe("6 hours without name service", () => {
  for (const [title, login] of [
    ["for the API alone", false],
    ["for the login server, too,", true],
  ] as const)
    it(`${title} cost no call, and polls go on within half an hour`, async () => {
      const { bmw, clock, join, calls, account } = await logged();
      join("n1", telematicWants("n1", { schedule: "dense" }));
      await clock.advance(HOUR_MS);
      const { used } = account.status.quota;
      bmw.faults.api.down(true);
      bmw.faults.oauth.down(login);
      await clock.advance(6 * HOUR_MS);
      bmw.faults.api.down(false);
      bmw.faults.oauth.down(false);
      const before = calls("telematicData").length;
      assert.equal(account.status.quota.used, used);
      await clock.advance(30 * MINUTE_MS);
      assert.ok(calls("telematicData").length > before);
      assert.equal(account.status.rest.state, "ok");
    });
});

describe("an account that is closed", () => {
  const moments: readonly [string, (one: Awaited<ReturnType<typeof logged>>) => void][] = [
    ["while nothing happens", () => undefined],
    [
      "while BMW does not answer",
      ({ bmw }) => {
        bmw.faults.api.hang(1);
      },
    ],
    [
      "during the pause before a repetition",
      ({ bmw }) => {
        bmw.faults.api.status(1, 503, "");
      },
    ],
    [
      "while the token is renewed",
      ({ bmw }) => {
        bmw.faults.api.status(1, 401, "");
        bmw.faults.oauth.hang(1);
      },
    ],
  ];
  for (const [title, arrange] of moments)
    for (const later of [0, 1, 1100, 5000, 11_000])
      it(`${title}, ${later} ms after many presses, ends at once with nothing left behind`, async () => {
        const one = await logged();
        const { account, clock, join, vin, bmw } = one;
        join("n1", telematicWants("n1", { schedule: "dense" }));
        arrange(one);
        const asked = (["basicData", "telematicData", "image", "vehicles", "containers"] as const).map((operation) =>
          account.rest.run(request(operation, operation === "telematicData" ? { vin } : {}), () => undefined),
        );
        asked.push(account.rest.discover());
        const outcomes = Promise.allSettled(asked);
        await clock.advance(later);
        const closing = account.close();
        await settle();
        // A request that changes something at BMW, as a renewal does, gets its time to be answered.
        if (title === "while the token is renewed") await clock.advance(10_000);
        await Promise.all([closing, outcomes]);
        assert.equal(clock.nextAt(), null);
        const sent = bmw.log.entries.length;
        await clock.advance(DAY_MS);
        assert.equal(bmw.log.entries.length, sent);
      });
});

describe("an account that nobody uses", () => {
  it("costs no call, for weeks", async () => {
    const { clock, calls } = await logged();
    await clock.advance(40 * DAY_MS);
    assert.equal(calls().length, 0);
  });

  it("costs none with a broker as source either, whatever nodes want", async () => {
    const one = accountInProcess({ start: START, properties: { source: "broker", brokerHost: "localhost" } });
    await one.account.open();
    one.join("n1", telematicWants("n1", { schedule: "dense" }));
    await one.clock.advance(3 * DAY_MS);
    assert.equal(one.requests.length, 0);
    assert.equal((await one.press("telematicData")).error?.code, "rest_needs_login");
    assert.deepEqual(
      one.log.lines.filter((line) => /^(warn|error)/.test(line)),
      [],
    );
  });
});
