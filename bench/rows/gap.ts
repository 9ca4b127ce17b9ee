import { EventEmitter, once } from "node:events";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { openMqttStream } from "../../src/stream/mqtt-transport.js";
import type { OpenStream } from "../../src/stream/transport.js";
import { startSimulator, type Simulator } from "../../test/simulator/index.js";
import type { Result, Size } from "../lib/result.js";
import { accountAt, begin } from "../lib/simulated-account.js";

const RENEWALS = { full: 5, tiny: 1 };
const CUTS = { full: 3, tiny: 1 };

/**
 * Measures how long the stream receives nothing, from the end of one session to the SUBACK of the next. The worst
 * counts.
 */
export async function measure(size: Size): Promise<Result[]> {
  const simulator = await startSimulator({ tick: 0 });
  try {
    const renewal = Math.max(...(await renewals(simulator, RENEWALS[size])));
    const cut = Math.max(...(await cuts(simulator, CUTS[size])));
    return [
      below("stream gap at a token renewal", `worst of ${RENEWALS[size]}`, renewal, 2),
      below("stream gap after a cut socket", `worst of ${CUTS[size]}`, cut, 3),
    ];
  } finally {
    await simulator.stop();
  }
}

function below(what: string, which: string, ms: number, limit: number): Result {
  const value = ms / 1000;
  return { what, measured: `${value.toFixed(2)} s (${which})`, budget: `< ${limit} s`, isMet: value < limit };
}

async function renewals(simulator: Simulator, count: number): Promise<number[]> {
  const watch = new GapWatch();
  const account = accountAt(simulator, memoryFiles(), watch.open);
  await begin(account, simulator, true);
  const gaps: number[] = [];
  while (gaps.length < count) gaps.push(await watch.gapAfter(() => void account.refresh()));
  await account.close();
  return gaps;
}

/** A new account each time: one that is cut again and again waits longer on purpose. */
async function cuts(simulator: Simulator, count: number): Promise<number[]> {
  const gaps: number[] = [];
  while (gaps.length < count) {
    const watch = new GapWatch();
    const account = accountAt(simulator, memoryFiles(), watch.open);
    await begin(account, simulator, true);
    const cut = () => {
      simulator.faults.cut();
    };
    gaps.push(await watch.gapAfter(cut));
    await account.close();
  }
  return gaps;
}

/** Wraps MQTT with a stopwatch. */
class GapWatch {
  readonly #events = new EventEmitter();
  #endedAt: number | null = null;

  readonly open: OpenStream = (target, events) => {
    const end = () => {
      this.#endedAt ??= performance.now();
    };
    const connection = openMqttStream(target, {
      ...events,
      onSubscribed: (granted) => {
        events.onSubscribed(granted);
        if (!granted || this.#endedAt === null) return;
        this.#events.emit("gap", performance.now() - this.#endedAt);
        this.#endedAt = null;
      },
      onClosed: (problem) => {
        end();
        events.onClosed(problem);
      },
    });
    return {
      close: async () => {
        end();
        await connection.close();
      },
    };
  };

  /** Measures the milliseconds without a stream that `cause` brings about. */
  async gapAfter(cause: () => void): Promise<number> {
    const gap = once(this.#events, "gap");
    cause();
    return ((await gap) as [number])[0];
  }
}
