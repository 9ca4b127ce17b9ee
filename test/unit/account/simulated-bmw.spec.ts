import assert from "node:assert/strict";
import { accountAtSimulator } from "../../helpers/simulated-bmw.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Bmw = Awaited<ReturnType<typeof accountAtSimulator>>;

describe("account at the simulated BMW, over real sockets", () => {
  let bmw: Bmw;

  beforeEach(async () => {
    bmw = await accountAtSimulator();
    await bmw.begin();
    bmw.simulator.log.clear();
  });

  afterEach(() => bmw.end());

  /** Until the stream was lost and is back; returns how long that took by the clock. */
  const back = async ({ clock, until, live, state }: Bmw): Promise<number> => {
    const start = clock.now();
    await until(() => state() !== "live", "an interruption");
    await live();
    return clock.now() - start;
  };

  it("brings the values of every car", async () => {
    const { simulator, until, updates } = bmw;
    simulator.step(30 * SECOND);
    const seen = () => new Set(updates.map(({ vin }) => vin)).size;
    await until(() => seen() === simulator.cars.length, "a value of every car");
  });

  it("is back within three seconds after the socket dropped, also in the middle of a message", async () => {
    bmw.simulator.faults.cut();
    assert.ok((await back(bmw)) <= 3 * SECOND);
    await bmw.clock.advance(2 * MINUTE);
    bmw.simulator.faults.cutMidMessage();
    assert.ok((await back(bmw)) <= 3 * SECOND);
    assert.equal(bmw.simulator.log.mostSessions, 1);
  });

  it("refreshes exactly once by force when BMW refuses a valid-looking token, then connects", async () => {
    bmw.simulator.faults.rejectIdToken();
    bmw.simulator.faults.cut();
    await back(bmw);
    assert.equal(bmw.simulator.log.count("refresh"), 1);
    assert.equal(bmw.simulator.log.count("connect"), 2);
  });

  it("backs off when the renewed token is refused as well, without more refreshes", async () => {
    const { simulator, until, account, live } = bmw;
    simulator.faults.refuseConnect(2, 5);
    simulator.faults.cut();
    await until(() => account.status.stream.problem?.code === "stream_unauthorised", "the refusal");
    await live();
    assert.equal(simulator.log.count("refresh"), 1);
  });

  it("only waits while the server is unavailable", async () => {
    const { simulator } = bmw;
    simulator.faults.refuseConnect(3, 3);
    simulator.faults.cut();
    await back(bmw);
    assert.equal(simulator.log.count("refresh"), 0);
    assert.equal(simulator.log.count("connect"), 4);
  });

  it("is not taken in by a broker that accepts the login and refuses the subscription", async () => {
    const { simulator, until, account, live } = bmw;
    simulator.faults.refuseSubscribe(6);
    simulator.faults.cut();
    await until(() => account.status.stream.problem?.code === "stream_subscription_refused", "the refusal");
    await live();
    assert.equal(simulator.log.count("subscribe"), 7);
    assert.equal(simulator.log.count("refresh"), 0);
    assert.equal(simulator.log.mostSessions, 1);
  });

  it("gives up on a server that says nothing, and connects to the next one", async () => {
    const { simulator, until, state, clock, live } = bmw;
    simulator.faults.hangConnect(1);
    simulator.faults.cut();
    await until(() => state() === "connecting" && simulator.log.count("connect") === 1, "the silent server");
    await clock.advance(20 * SECOND);
    assert.equal(state(), "waiting");
    await live();
  });

  it("moves over to a renewed token before BMW cuts the old one, without a second socket or an event", async () => {
    const { simulator, clock, until, live, events } = bmw;
    events.length = 0;
    await clock.advance(45 * MINUTE);
    await until(() => simulator.log.count("subscribe") === 1, "the new subscription");
    await live();
    await clock.advance(30 * MINUTE);
    assert.equal(simulator.log.count("refresh"), 1);
    assert.equal(simulator.log.count("connect"), 1);
    assert.equal(simulator.log.mostSessions, 1);
    assert.deepEqual(events, []);
  });

  it("does not connect after a stop in the middle of a backoff", async () => {
    const { simulator, account, until, state, clock } = bmw;
    simulator.faults.streamDown(true);
    await until(() => state() === "waiting", "the backoff");
    account.release("node", true);
    await clock.advance(1);
    simulator.faults.streamDown(false);
    simulator.log.clear();
    await clock.advance(HOUR);
    assert.equal(simulator.log.count("connect"), 0);
    assert.equal(state(), "off");
  });

  it("names a second client that fights for the stream, and is live when the fight is over", async () => {
    const { simulator, account, until, live } = bmw;
    for (let kick = 0; kick < 3; kick++) {
      await live();
      simulator.kick();
      await until(() => account.status.stream.state === "waiting", "the loss");
    }
    assert.equal(account.status.stream.problem?.code, "stream_second_client");
    await live();
    assert.equal(simulator.log.count("refresh"), 0);
  });

  it("survives garbage, messages that are too large, and a foreign car", async () => {
    const { simulator, account, until, updates } = bmw;
    simulator.faults.garbage();
    simulator.faults.huge();
    simulator.publish("WBA9Z9Z90N7A00009", '{"__proto__":{"vin":"x"}}');
    simulator.publish("WBA9Z9Z90N7A00009", { vin: simulator.cars[0]?.vin, data: {} });
    await until(() => account.registry.rejected.total === 4, "the four counts");
    assert.deepEqual(account.registry.rejected.toJSON(), {
      "not-json": 1,
      "too-large": 1,
      "data-malformed": 1,
      "topic-mismatch": 1,
    });
    updates.length = 0;
    simulator.step(30 * SECOND);
    await until(() => updates.length > 0, "the next good message");
  });

  it("recovers by itself after BMW was gone for six hours, without a new login", async () => {
    const { simulator, clock, live, events, account } = bmw;
    const { faults } = simulator;
    for (const server of [faults.oauth, faults.api]) server.down(true);
    faults.streamDown(true);
    await bmw.until(() => bmw.state() === "waiting", "the loss");
    // In steps, as the sockets need their real time to be refused.
    for (let hour = 0; hour < 6; hour++) await clock.advance(HOUR);
    for (const server of [faults.oauth, faults.api]) server.down(false);
    faults.streamDown(false);
    await clock.advance(15 * MINUTE);
    await live();
    assert.equal(account.status.login.state, "ok");
    assert.deepEqual(
      events.filter(({ name }) => name === "loginRequired"),
      [],
    );
  });

  it("asks for a login when BMW has taken the tokens back, and says so", async () => {
    const { simulator, until, account, clock, events } = bmw;
    simulator.faults.revokeTokens();
    simulator.faults.cut();
    await until(() => account.status.stream.problem?.code === "refresh_rejected", "the refusal");
    await clock.advance(2 * MINUTE);
    await until(() => account.status.login.state === "needed", "the need of a login");
    assert.ok(events.some(({ name }) => name === "loginRequired"));
  });
});

describe("account at a stream that it must not trust", () => {
  it("says that the certificate is not accepted, and tries again", async () => {
    const bmw = await accountAtSimulator({}, { caFile: "" });
    try {
      await bmw.open();
      await bmw.until(() => bmw.account.status.stream.problem !== undefined, "the refusal");
      assert.equal(bmw.account.status.stream.problem?.code, "stream_tls");
      assert.match(JSON.stringify(bmw.account.status.stream.problem), /SELF_SIGNED/);
    } finally {
      await bmw.end();
    }
  });
});
