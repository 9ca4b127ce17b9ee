import type { Clock } from "../support/clock.js";
import type { Endpoints } from "../support/endpoints.js";
import { CarDataError, errorOf, type Problem } from "../support/errors.js";
import type { HttpSend } from "../support/http.js";
import { isoTime } from "../support/iso-time.js";
import type { Random } from "../support/random.js";
import { redactor } from "../support/redact.js";
import { DeviceFlow, type LoginState } from "./device-flow.js";
import { OAuthClient } from "./oauth-client.js";
import { parseClientId, splitScopes, type ScopesStatus, type TokenSet } from "./tokens.js";

/** A login as the dialog sees it; nothing here is secret but the user code, which the user has to see. */
export interface LoginProgress {
  readonly session: string;
  readonly state: LoginState["kind"];
  /** While `waiting`. */
  readonly userCode?: string;
  /** Address at which the user confirms the code; always safe to show as a link. */
  readonly url?: string;
  /** ISO time at which the code runs out. */
  readonly expiresAt?: string;
  /** Why an earlier code of this login is dead, while a new one is shown. */
  readonly notice?: Problem;
  /** Why the login failed for good. */
  readonly error?: Problem;
  /** Once `authorised`. */
  readonly scopes?: ScopesStatus;
  /** Once `authorised`: ISO time of the login. */
  readonly loginAt?: string;
}

export interface LoginStart {
  /** Id of the account node; it need not exist yet. */
  readonly account: string;
  /** As typed. */
  readonly clientId: string;
  readonly endpoints: Endpoints;
}

export interface LoginManagerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly createSend: (caFile?: string) => HttpSend;
  /** Returns why a login with this client id would be of no use to the account. */
  readonly rejection: (account: string, clientId: string) => Promise<Problem | null>;
  /** Hands a finished login over. May throw `CarDataError`. */
  readonly deliver: (account: string, tokens: TokenSet) => Promise<void>;
}

interface LoginSession {
  readonly account: string;
  readonly flow: DeviceFlow;
  readonly abort: AbortController;
  state: LoginState;
  tokens: TokenSet | null;
  readonly startedAt: number;
}

const MOST_SESSIONS = 20;
/** The dialog may be reopened a while after the login. */
const KEEP_FINISHED_MS = 10 * 60_000;
const FINISHED: ReadonlySet<LoginState["kind"]> = new Set(["authorised", "failed", "cancelled"]);

/** Logins made in the editor: they run on the runtime, one per account, whether or not the account is deployed. */
export class LoginManager {
  readonly #sessions = new Map<string, LoginSession>();

  constructor(private readonly options: LoginManagerOptions) {}

  /**
   * Starts a login; one that runs for the same account is cancelled.
   * @throws CarDataError `client_id_missing`, `invalid_client_id`, `client_in_use` (before anything is sent),
   *   `ca_file_unreadable`, `login_busy`
   */
  async start({ account, clientId: typed, endpoints }: LoginStart): Promise<LoginProgress> {
    const clientId = parseClientId(typed);
    const rejection = await this.options.rejection(account, clientId);
    if (rejection !== null) throw errorOf(rejection);
    this.cancelFor(account);
    this.#tidy();
    if (this.#sessions.size >= MOST_SESSIONS) throw new CarDataError("login_busy");
    const id = this.options.random.bytes(16).toString("hex");
    const abort = new AbortController();
    const { clock, random } = this.options;
    const oauth = new OAuthClient(this.options.createSend(endpoints.caFile), endpoints.authUrl, abort.signal);
    const flow = new DeviceFlow(clientId, {
      oauth,
      endpoints,
      clock,
      random,
      onState: (state) => {
        session.state = state;
      },
      onTokens: async (tokens) => {
        session.tokens = tokens;
        await this.options.deliver(account, tokens);
      },
      onSecrets: (secrets) => {
        redactor.know(abort, secrets.length === 0 ? [] : [clientId, ...secrets]);
      },
    });
    const session: LoginSession = {
      account,
      flow,
      abort,
      state: { kind: "requesting" },
      tokens: null,
      startedAt: clock.now(),
    };
    this.#sessions.set(id, session);
    // The first answer may be a refusal that repeats it.
    redactor.know(abort, [clientId]);
    await flow.start();
    return this.#progress(id, session);
  }

  /** @throws CarDataError `login_session_unknown` */
  progress(id: string): LoginProgress {
    return this.#progress(id, this.#find(id));
  }

  /** Ends a login that the user gave up. */
  cancel(id: string): LoginProgress {
    const session = this.#find(id);
    this.#end(session);
    return this.#progress(id, session);
  }

  /** Ends the login of an account, if one runs. */
  cancelFor(account: string): void {
    for (const session of this.#sessions.values()) if (session.account === account) this.#end(session);
  }

  /**
   * Asks BMW nothing more for the logins of an account until `resume`, because it closes. Resolves when what was asked is
   * answered and a login that came is handed over.
   */
  async suspend(account: string): Promise<void> {
    const sessions = [...this.#sessions.values()].filter((session) => session.account === account);
    await Promise.all(sessions.map(({ flow }) => flow.suspend()));
  }

  /** Goes on with all logins. */
  resume(): void {
    for (const { flow } of this.#sessions.values()) flow.resume();
  }

  #find(id: string): LoginSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new CarDataError("login_session_unknown");
    return session;
  }

  #end(session: LoginSession): void {
    if (FINISHED.has(session.state.kind)) return;
    if (session.flow.cancel()) session.abort.abort();
  }

  /** Forgets what is over; a code lives half an hour at most, but renews itself a few times. */
  #tidy(): void {
    const now = this.options.clock.now();
    for (const [id, { state, startedAt }] of this.#sessions)
      if (FINISHED.has(state.kind) && Math.abs(now - startedAt) > KEEP_FINISHED_MS) this.#sessions.delete(id);
    for (const [id, { state }] of this.#sessions)
      if (this.#sessions.size >= MOST_SESSIONS && FINISHED.has(state.kind)) this.#sessions.delete(id);
  }

  #progress(session: string, { state, tokens, startedAt }: LoginSession): LoginProgress {
    const base = { session, state: state.kind };
    const notice = "notice" in state ? { notice: state.notice } : {};
    switch (state.kind) {
      case "waiting":
        return { ...base, userCode: state.userCode, url: state.url, expiresAt: isoTime(state.expiresAt), ...notice };
      case "failed":
        return { ...base, error: state.problem };
      case "authorised":
        return {
          ...base,
          ...(tokens && { scopes: splitScopes(tokens) }),
          loginAt: isoTime(tokens?.receivedAt ?? startedAt),
        };
      case "requesting":
      case "exchanging":
      case "cancelled":
        return { ...base, ...notice };
    }
  }
}
