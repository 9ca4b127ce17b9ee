import assert from "node:assert/strict";
import { CarDataError } from "../../../src/support/errors.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { StreamSession, type StreamCredentials, type StreamState } from "../../../src/stream/stream-session.js";
import { evenRandom, fakeBroker, GCID, START } from "../../helpers/fakes.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function sessionWith(options: { source?: "bmw" | "broker"; renewable?: boolean } = {}) {
  const clock = new SimulatedClock(START);
  const broker = fakeBroker();
  const states: StreamState[] = [];
  let password = "id-token-1";
  const refused: string[] = [];
  let trouble: CarDataError | null = null;
  const login: StreamCredentials = {
    source: options.source ?? "bmw",
    target: async () => {
      if (trouble !== null) throw trouble;
      return {
        url: "mqtts://x",
        clientId: GCID,
        username: GCID,
        password,
        topic: `${GCID}/+`,
        keepsSession: false,
        verifyCertificate: true,
      };
    },
    renewAfterRefusal: async (rejected) => {
      refused.push(rejected);
      if (options.renewable === false) return false;
      password = `id-token-${refused.length + 1}`;
      return true;
    },
  };
  const messages: string[] = [];
  const session = new StreamSession(
    { clock, random: evenRandom },
    {
      login,
      open: broker.open,
      onState: (state) => states.push(state),
      onMessage: (topic, payload) => messages.push(`${topic} ${payload.toString()}`),
    },
  );
  return {
    clock,
    broker,
    session,
    states,
    refused,
    messages,
    setPassword: (text: string) => (password = text),
    setTrouble: (error: CarDataError | null) => (trouble = error),
    waitMs: () => {
      assert.equal(session.state.kind, "waiting");
      return session.state.kind === "waiting" ? session.state.retryAt - clock.now() : NaN;
    },
    problem: () => ("problem" in session.state ? session.state.problem?.code : undefined),
  };
}

async function live(parts: ReturnType<typeof sessionWith>) {
  parts.session.start();
  await settle();
  parts.broker.accept();
  assert.equal(parts.session.state.kind, "live");
}

/** Cuts six connections after five seconds each; returns the waits [s]. From the third one on it is a second client. */
async function waitsOfShortLives(parts: ReturnType<typeof sessionWith>, secondClient: string): Promise<number[]> {
  const waits: number[] = [];
  for (let life = 0; life < 6; life++) {
    await parts.clock.advance(5 * SECOND);
    parts.broker.cut();
    waits.push(parts.waitMs() / SECOND);
    assert.equal(parts.problem(), life < 2 ? "stream_closed" : secondClient);
    await parts.clock.advance(parts.waitMs());
    parts.broker.accept();
  }
  return waits;
}

describe("stream session", () => {
  it("is live only when the subscription was granted", async () => {
    const { session, broker } = sessionWith();
    session.start();
    await settle();
    assert.deepEqual(broker.last().target.topic, `${GCID}/+`);
    broker.last().events.onAccepted();
    assert.equal(session.state.kind, "connecting");
    broker.last().events.onSubscribed(true);
    assert.equal(session.state.kind, "live");
  });

  it("is back within three seconds after the socket dropped", async () => {
    const parts = sessionWith();
    await live(parts);
    await parts.clock.advance(10 * MINUTE);
    parts.broker.cut();
    await parts.clock.advance(3 * SECOND);
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
    assert.equal(parts.broker.connections.length, 2);
  });

  it("forces one refresh when a valid-looking token is refused, then connects with the new one", async () => {
    const { session, broker, refused } = sessionWith();
    session.start();
    await settle();
    broker.refuse(5);
    await settle();
    assert.deepEqual(refused, ["id-token-1"]);
    assert.equal(broker.connections.length, 2);
    assert.equal(broker.last().target.password, "id-token-2");
    broker.accept();
    assert.equal(session.state.kind, "live");
  });

  it("backs off when the renewed token is refused as well, without further refreshes", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    parts.broker.refuse(5);
    await settle();
    parts.broker.refuse(5);
    await settle();
    assert.equal(parts.refused.length, 1);
    assert.equal(parts.waitMs(), MINUTE);
    assert.equal(parts.problem(), "stream_unauthorised");
    await parts.clock.advance(MINUTE);
    parts.broker.refuse(4);
    await settle();
    assert.equal(parts.waitMs(), 5 * MINUTE);
    assert.equal(parts.refused.length, 1);
  });

  it("only backs off when the server is unavailable", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    parts.broker.refuse(3);
    await settle();
    assert.equal(parts.waitMs(), SECOND);
    assert.equal(parts.problem(), "stream_unavailable");
    assert.deepEqual(parts.refused, []);
  });

  it("waits long after a protocol refusal", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    parts.broker.refuse(2);
    assert.equal(parts.waitMs(), 5 * MINUTE);
    assert.equal(parts.problem(), "stream_protocol");
  });

  it("tries for ever after a refused subscription", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    for (let attempt = 0; attempt < 50; attempt++) {
      parts.broker.last().events.onAccepted();
      parts.broker.last().events.onSubscribed(false);
      assert.equal(parts.problem(), "stream_subscription_refused");
      await parts.clock.advance(parts.waitMs());
    }
    assert.equal(parts.broker.connections.length, 51);
    assert.equal(parts.broker.mostOpen(), 1, "a refused connection is closed");
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
  });

  it("gives up on a server that does not answer, at CONNACK and at SUBACK", async () => {
    const parts = sessionWith();
    parts.session.start();
    await parts.clock.advance(20 * SECOND);
    assert.equal(parts.problem(), "stream_timeout");
    await parts.clock.advance(SECOND);
    parts.broker.last().events.onAccepted();
    await parts.clock.advance(10 * SECOND);
    assert.equal(parts.problem(), "stream_timeout");
    assert.equal(parts.broker.mostOpen(), 1);
  });

  it("widens its attempts up to five minutes and starts small again after success", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      parts.broker.cut();
      waits.push(parts.waitMs() / SECOND);
      await parts.clock.advance(parts.waitMs());
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 15, 30, 60, 120, 300, 300, 300, 300]);
    parts.broker.accept();
    await parts.clock.advance(2 * MINUTE);
    parts.broker.cut();
    assert.equal(parts.waitMs(), SECOND);
  });

  it("moves over to a new token at once and never holds two sockets", async () => {
    const parts = sessionWith();
    await live(parts);
    parts.setPassword("id-token-9");
    parts.session.renew();
    assert.deepEqual(parts.session.state, { kind: "connecting", renewal: true });
    await settle();
    assert.equal(parts.broker.last().target.password, "id-token-9");
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
    assert.equal(parts.broker.mostOpen(), 1);
    assert.equal(parts.broker.connections.length, 2);
  });

  it("survives renewals in the middle of connecting", async () => {
    const parts = sessionWith();
    parts.session.start();
    parts.session.renew();
    parts.session.renew();
    await settle();
    assert.equal(parts.broker.mostOpen(), 1);
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
  });

  it("names a fighting second client after three short lives and widens the spacing", async () => {
    const parts = sessionWith();
    await live(parts);
    assert.deepEqual(await waitsOfShortLives(parts, "stream_second_client"), [1, 5, 60, 300, 900, 900]);
  });

  it("does not take its own renewals for a second client", async () => {
    const parts = sessionWith();
    await live(parts);
    for (let renewal = 0; renewal < 5; renewal++) {
      parts.session.renew();
      await settle();
      parts.broker.accept();
    }
    parts.broker.cut();
    assert.equal(parts.waitMs(), SECOND);
    assert.equal(parts.problem(), "stream_closed");
  });

  it("does not connect after a stop, not even out of a backoff", async () => {
    const parts = sessionWith();
    await live(parts);
    parts.broker.cut();
    await parts.session.stop();
    await parts.clock.advance(60 * MINUTE);
    assert.equal(parts.broker.connections.length, 1);
    assert.deepEqual(parts.session.state, { kind: "off", problem: null });
  });

  it("says goodbye at a stop, and ignores what comes late", async () => {
    const parts = sessionWith();
    await live(parts);
    const { events } = parts.broker.last();
    await parts.session.stop();
    assert.equal(parts.broker.last().open, false);
    events.onMessage("topic", Buffer.from("late"), false);
    events.onClosed(null);
    assert.deepEqual(parts.messages, []);
    assert.equal(parts.session.state.kind, "off");
  });

  it("waits for the user where only a login helps, and starts on command", async () => {
    const parts = sessionWith();
    parts.setTrouble(new CarDataError("not_logged_in"));
    parts.session.start();
    await parts.clock.advance(60 * MINUTE);
    assert.deepEqual(parts.session.state, { kind: "off", problem: { code: "not_logged_in", params: {} } });
    parts.setTrouble(null);
    parts.session.restart();
    await settle();
    assert.equal(parts.broker.connections.length, 1);
  });

  it("tries again by itself while the login server cannot be reached", async () => {
    const parts = sessionWith();
    parts.setTrouble(new CarDataError("refresh_unreachable", { reason: "ENOTFOUND" }));
    parts.session.start();
    await settle();
    assert.equal(parts.waitMs(), SECOND);
    parts.setTrouble(null);
    await parts.clock.advance(SECOND);
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
  });

  it("keeps trying a broker that refuses the password, and never blocks", async () => {
    const parts = sessionWith({ source: "broker", renewable: false });
    parts.session.start();
    await settle();
    for (let attempt = 0; attempt < 20; attempt++) {
      parts.broker.refuse(5);
      await settle();
      assert.equal(parts.problem(), "broker_unauthorised");
      await parts.clock.advance(parts.waitMs());
    }
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
  });

  it("takes it for a missing right when the user's own broker closes in place of a SUBACK, as RabbitMQ does", async () => {
    const parts = sessionWith({ source: "broker", renewable: false });
    parts.session.start();
    await settle();
    parts.broker.last().events.onAccepted();
    parts.broker.last().events.onClosed(null);
    assert.equal(parts.problem(), "broker_subscription_refused");
    await parts.clock.advance(parts.waitMs());
    // A network that breaks at that moment is no refusal.
    parts.broker.last().events.onAccepted();
    parts.broker.last().events.onClosed({ code: "stream_network" });
    assert.equal(parts.problem(), "stream_network");
  });

  it("does not wait at the user's own broker as at BMW when it is cut again and again", async () => {
    const parts = sessionWith({ source: "broker", renewable: false });
    await live(parts);
    assert.deepEqual(await waitsOfShortLives(parts, "broker_second_client"), [1, 5, 15, 30, 30, 30]);
  });

  it("forgets earlier trouble when the user asks for a new connection", async () => {
    const parts = sessionWith();
    parts.session.start();
    await settle();
    parts.broker.refuse(1);
    parts.session.restart();
    await settle();
    assert.equal(parts.broker.connections.length, 2);
    assert.equal(parts.broker.mostOpen(), 1);
  });

  it("survives ten minutes of kicks every five seconds and is live afterwards", async () => {
    const parts = sessionWith();
    await live(parts);
    const end = START + 10 * MINUTE;
    while (parts.clock.now() < end) {
      if (parts.session.state.kind === "live") {
        await parts.clock.advance(5 * SECOND);
        parts.broker.cut();
      } else {
        await parts.clock.advance(SECOND);
        if (parts.session.state.kind === "connecting") parts.broker.accept();
      }
    }
    while (parts.session.state.kind === "waiting") await parts.clock.advance(SECOND);
    parts.broker.accept();
    assert.equal(parts.session.state.kind, "live");
    assert.equal(parts.broker.mostOpen(), 1);
  });
});
