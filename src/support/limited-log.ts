import type { Clock } from "./clock.js";
import type { Logger } from "./logger.js";

const MOST_LINES = 300;
const WINDOW_MS = 60_000;

/** Limits the lines of one level per minute. */
class RateGate {
  #since = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(private readonly clock: Clock) {}

  /** Writes a line, after reporting how many were omitted, or omits it. */
  pass(write: () => void, reportOmitted: (leftOut: string) => void): void {
    const now = this.clock.now();
    if (Math.abs(now - this.#since) >= WINDOW_MS) this.#begin(now, reportOmitted);
    if (this.#lines >= MOST_LINES) {
      this.#leftOut++;
      return;
    }
    this.#lines++;
    write();
  }

  #begin(now: number, reportOmitted: (leftOut: string) => void): void {
    const leftOut = this.#leftOut;
    this.#since = now;
    this.#lines = 0;
    this.#leftOut = 0;
    if (leftOut > 0) reportOmitted(`${leftOut} more lines were left out`);
  }
}

/** Wraps a logger so that it is never flooded: 300 lines per minute of each level. */
export function limitedLog(log: Logger, clock: Clock): Logger {
  const limited = (write: (text: string) => void) => {
    const gate = new RateGate(clock);
    return (text: string) => {
      gate.pass(() => {
        write(text);
      }, write);
    };
  };
  const debugGate = new RateGate(clock);
  return {
    info: limited((text) => {
      log.info(text);
    }),
    warn: limited((text) => {
      log.warn(text);
    }),
    error: limited((text) => {
      log.error(text);
    }),
    debug: (text) => {
      debugGate.pass(
        () => {
          log.debug(text);
        },
        (leftOut) => {
          log.debug(() => leftOut);
        },
      );
    },
  };
}
