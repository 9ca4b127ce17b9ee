import type { Cancel, Clock } from "../../src/support/clock.js";
import type { Problem } from "../../src/support/errors.js";
import type { OpenStream, StreamConnection, StreamTarget, TransportEvents } from "../../src/stream/transport.js";
import type { Logins } from "./logins.js";
import type { RequestLog } from "./request-log.js";

export interface StreamInProcessDoors {
  readonly clock: Clock;
  readonly gcid: string;
  readonly logins: Logins;
  readonly log: RequestLog;
}

const NOT_AUTHORISED = 5;

/** BMW's stream without sockets: one session per customer, cut off when its token ends. */
export class StreamInProcess {
  readonly faults = {
    /** Reason why no connection is established. */
    unreachable: null as Problem | null,
    /** Connections are taken and nothing is said. */
    isSilent: false,
  };
  #session: BrokerSession | null = null;
  #kicks: Cancel | null = null;

  constructor(private readonly dependencies: StreamInProcessDoors) {}

  /** The door that an account is given. */
  readonly open: OpenStream = (target, events) => {
    const session = new BrokerSession(events);
    queueMicrotask(() => {
      this.#answer(session, target);
    });
    return session;
  };

  publish(vin: string, payload: unknown): void {
    this.#session?.message(`${this.dependencies.gcid}/${vin}`, payload);
  }

  /** Ends the session, as the connection of a second client does. */
  kick(problem: Problem | null = null): void {
    const session = this.#session;
    this.#session = null;
    session?.end(problem);
  }

  /** A second client that fights for the session; `null` ends that. */
  kickEvery(ms: number | null): void {
    this.#kicks?.();
    this.#kicks =
      ms === null
        ? null
        : this.dependencies.clock.every(ms, () => {
            this.kick();
          });
  }

  #answer(session: BrokerSession, { password = "" }: StreamTarget): void {
    const { unreachable, isSilent } = this.faults;
    if (session.isOver || isSilent) return;
    const { clock, log, logins } = this.dependencies;
    log.add("connect");
    if (unreachable !== null) session.end(unreachable);
    else if (logins.idTokenEnd(password) === null) session.events.onRefused(NOT_AUTHORISED);
    else {
      log.mostSessions = Math.max(log.mostSessions, this.#session?.isOver === false ? 2 : 1);
      this.kick();
      this.#session = session;
      session.events.onAccepted();
      session.events.onSubscribed(true);
      log.add("subscribe");
      const end = (logins.idTokenEnd(password) ?? clock.now()) - clock.now();
      session.onEnd = clock.after(end, () => {
        session.end(null);
      });
    }
  }
}

class BrokerSession implements StreamConnection {
  onEnd: Cancel = () => undefined;
  #isOver = false;

  constructor(readonly events: TransportEvents) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  message(topic: string, payload: unknown): void {
    if (!this.#isOver) this.events.onMessage(topic, Buffer.from(JSON.stringify(payload)), false);
  }

  end(problem: Problem | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onEnd();
    this.events.onClosed(problem);
  }

  async close(): Promise<void> {
    this.end(null);
  }
}
