import type { AccountContext } from "../context/account-context.js";
import type { Cancel } from "../support/clock.js";
import { ERROR_TABLE } from "../support/error-table.js";
import { newProblem, toCarDataError, type CarDataError, type Problem } from "../support/errors.js";
import { RetryPlan, type StreamFailure } from "./retry-plan.js";
import type { OpenStream, StreamConnection, StreamTarget } from "./transport.js";

export type StreamState =
  /** Off, or only the user can help (`problem`). */
  | { readonly kind: "off"; readonly problem: Problem | null }
  /** `renewal`: planned change of the token, takes about a second. */
  | { readonly kind: "connecting"; readonly renewal: boolean }
  /** The broker granted the subscription. */
  | { readonly kind: "live"; readonly since: number }
  | { readonly kind: "waiting"; readonly problem: Problem; readonly retryAt: number };

/** Gives the session its credentials, from the tokens or from a broker's settings. */
export interface StreamCredentials {
  readonly source: "bmw" | "broker";
  /** Throws `CarDataError`: `refresh_unreachable` and `refresh_refused` are tried again, everything else needs the user. */
  target(): Promise<StreamTarget>;
  /** Called when the broker refused this password; resolves to true if another one can be tried at once. */
  renewAfterRefusal(password: string): Promise<boolean>;
}

interface StreamSessionOptions {
  readonly login: StreamCredentials;
  readonly open: OpenStream;
  readonly onState: (state: StreamState) => void;
  readonly onMessage: (topic: string, payload: Buffer, retained: boolean) => void;
}

const CONNACK_TIMEOUT_MS = 20_000;
const SUBACK_TIMEOUT_MS = 10_000;

/** Manages the one stream connection of a login: connects, subscribes, reconnects forever, never holds two sockets. */
export class StreamSession {
  #state: StreamState = { kind: "off", problem: null };
  #wanted = false;
  #connection: StreamConnection | null = null;
  /** Settles when all abandoned sockets are closed. */
  #closing: Promise<void> = Promise.resolve();
  #timer: Cancel | null = null;
  /** Incremented when an attempt or connection becomes obsolete, so that its late events are ignored. */
  #generation = 0;
  #refusedOnce = false;
  readonly #plan: RetryPlan;

  constructor(
    private readonly context: Pick<AccountContext, "clock" | "random">,
    private readonly options: StreamSessionOptions,
  ) {
    this.#plan = new RetryPlan(context.random, options.login.source);
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Connects, unless already connecting. */
  start(): void {
    this.#wanted = true;
    if (this.#state.kind === "off") void this.#connect(false);
  }

  /** Uses new credentials: a live session reconnects within about a second; a waiting one keeps waiting. */
  renew(): void {
    if (this.#wanted && this.#state.kind !== "waiting") void this.#connect(this.#state.kind === "live");
  }

  /** Reconnects on the user's request and forgets earlier failures. */
  restart(): void {
    this.#wanted = true;
    this.#plan.reset();
    this.#refusedOnce = false;
    void this.#connect(false);
  }

  /** Disconnects; resolves when the socket is closed. Nothing reconnects afterwards. */
  async stop(problem: Problem | null = null): Promise<void> {
    this.#wanted = false;
    const closed = this.#drop();
    this.#setState({ kind: "off", problem });
    await closed;
  }

  async #connect(renewal: boolean): Promise<void> {
    const closed = this.#drop();
    const generation = this.#generation;
    const current = () => generation === this.#generation;
    this.#setState({ kind: "connecting", renewal });
    try {
      const target = await this.options.login.target();
      // BMW allows one connection: the old socket has to be closed first.
      await closed;
      if (current()) this.#open(target, current);
    } catch (error) {
      if (current()) this.#cannotConnect(toCarDataError(error));
    }
  }

  #cannotConnect(error: CarDataError): void {
    if (ERROR_TABLE[error.code].retry === "later") this.#fail({ kind: "network", problem: error.problem });
    else this.#setState({ kind: "off", problem: error.problem });
  }

  #open(target: StreamTarget, current: () => boolean): void {
    const guarded =
      <Args extends unknown[]>(handle: (...args: Args) => void) =>
      (...args: Args) => {
        if (current()) handle(...args);
      };
    let isAccepted = false;
    this.#setTimeLimit(CONNACK_TIMEOUT_MS);
    this.#connection = this.options.open(target, {
      onAccepted: guarded(() => {
        isAccepted = true;
        this.#setTimeLimit(SUBACK_TIMEOUT_MS);
      }),
      onSubscribed: guarded((granted) => {
        if (granted) this.#live();
        else this.#refuseSubscription(target);
      }),
      onRefused: guarded((returnCode) => void this.#refused(returnCode, target.password ?? "")),
      onMessage: guarded(this.options.onMessage),
      onClosed: guarded((problem) => {
        if (isAccepted && problem === null && this.#isRefusedByClosing) this.#refuseSubscription(target);
        else this.#lost(problem ?? { code: "stream_closed" });
      }),
    });
  }

  #live(): void {
    this.#cancelTimer();
    this.#refusedOnce = false;
    this.#setState({ kind: "live", since: this.context.clock.now() });
  }

  #lost(problem: Problem): void {
    if (this.#state.kind !== "live") {
      this.#fail({ kind: "network", problem });
      return;
    }
    const plan = this.#plan.afterLoss(this.context.clock.now() - this.#state.since, problem);
    this.#retryAfter(plan.waitMs, plan.problem);
  }

  async #refused(returnCode: number, password: string): Promise<void> {
    if (returnCode === 3) {
      this.#fail({ kind: "network", problem: { code: "stream_unavailable" } });
    } else if (returnCode < 3) {
      this.#fail({ kind: "protocol", problem: newProblem("stream_protocol", { rc: returnCode }) });
    } else if (await this.#renewedAfterRefusal(password)) {
      await this.#connect(false);
    }
  }

  /** Returns whether to retry at once; otherwise the failure has been handled. */
  async #renewedAfterRefusal(password: string): Promise<boolean> {
    void this.#drop();
    const generation = this.#generation;
    const code = this.options.login.source === "bmw" ? "stream_unauthorised" : "broker_unauthorised";
    let problem: Problem = { code };
    try {
      if (!this.#refusedOnce && (await this.options.login.renewAfterRefusal(password))) {
        this.#refusedOnce = true;
        // A running renewal may have connected already.
        return generation === this.#generation;
      }
    } catch (error) {
      problem = toCarDataError(error).problem;
    }
    if (generation === this.#generation) this.#fail({ kind: "unauthorised", problem });
    return false;
  }

  #fail(failure: StreamFailure): void {
    const { waitMs, problem } = this.#plan.afterFailure(failure);
    this.#retryAfter(waitMs, problem);
  }

  #retryAfter(waitMs: number, problem: Problem): void {
    void this.#drop();
    this.#timer = this.context.clock.after(waitMs, () => void this.#connect(false));
    this.#setState({ kind: "waiting", problem, retryAt: this.context.clock.now() + waitMs });
  }

  #setTimeLimit(ms: number): void {
    this.#cancelTimer();
    this.#timer = this.context.clock.after(ms, () => {
      this.#fail({ kind: "network", problem: { code: "stream_timeout" } });
    });
  }

  /** Whether a close means that the subscription is refused: RabbitMQ closes in place of an answer. */
  get #isRefusedByClosing(): boolean {
    return this.options.login.source === "broker" && this.#state.kind === "connecting";
  }

  #refuseSubscription({ topic }: StreamTarget): void {
    const problem =
      this.options.login.source === "bmw"
        ? ({ code: "stream_subscription_refused" } as const)
        : newProblem("broker_subscription_refused", { topic });
    this.#fail({ kind: "subscription", problem });
  }

  /** Abandons the present attempt or connection; resolves when its socket is closed. */
  #drop(): Promise<void> {
    this.#generation++;
    this.#cancelTimer();
    const closing = this.#closing;
    const connection = this.#connection;
    this.#connection = null;
    this.#closing = (async () => {
      await closing;
      await connection?.close();
    })();
    return this.#closing;
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #setState(state: StreamState): void {
    this.#state = state;
    this.options.onState(state);
  }
}
