import assert from "node:assert/strict";
import { StreamWatchdog } from "../../../src/stream/stream-watchdog.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { testAccount } from "../../helpers/account.js";
import { START } from "../../helpers/fakes.js";

const TWO_MINUTES = 120_000;

function watch() {
  const clock = new SimulatedClock(START);
  const reported: string[] = [];
  const stream = new StreamWatchdog(clock, {
    onConnected: () => reported.push("connected"),
    onDisconnected: ({ code }) => reported.push(`disconnected ${code}`),
    onQuiet: () => reported.push("quiet"),
  });
  return { clock, told: reported, stream };
}

describe("stream watch", () => {
  it("reports a stream that is cut for a minute", async () => {
    const { clock, told: reported, stream } = watch();
    stream.follow({ kind: "live", since: START });
    stream.follow({ kind: "waiting", problem: { code: "stream_timeout" }, retryAt: START });
    await clock.advance(TWO_MINUTES);
    assert.deepEqual(reported, ["connected", "disconnected stream_timeout"]);
  });

  it("does not call it a disconnection when nobody wants the stream any more", async () => {
    const { clock, told: reported, stream } = watch();
    stream.follow({ kind: "live", since: START });
    stream.follow({ kind: "off", problem: null });
    await clock.advance(TWO_MINUTES);
    assert.deepEqual(reported, ["connected"]);
    stream.follow({ kind: "live", since: clock.now() });
    assert.deepEqual(reported, ["connected", "connected"]);
  });

  it("is silent after the account was closed", async () => {
    const { account, broker, clock, log, login } = testAccount();
    account.retain("node");
    await account.open(login());
    await clock.advance(1000);
    broker.accept();
    await account.close();
    await clock.advance(TWO_MINUTES);
    assert.ok(log.lines.includes("info: Stream connected"));
    assert.deepEqual(
      log.lines.filter((line) => line.includes("disconnected")),
      [],
    );
  });
});
