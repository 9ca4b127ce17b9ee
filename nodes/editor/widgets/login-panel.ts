import type { AccountView, LoginRequest, LoginView } from "../../lib/admin-contract.js";
import { ApiError, ask, messageOf } from "./api.js";
import { showRights } from "./login-rights.js";
import { qrCode } from "./qr-code.js";
import { accountText, problemText, timeText } from "./text.js";

const POLL_MS = 2000;

export interface LoginPanelOptions {
  readonly account: string;
  /** Returns the present values of the dialog. */
  readonly request: () => LoginRequest;
  /** Asked before a login begins. */
  readonly mayStart: () => Promise<boolean>;
  /** Called with whether there is a login, whenever that is known. */
  readonly onShown: (isLoggedIn: boolean) => void;
  /** Called when a login has succeeded, with its ISO time; returns what the user has to do to keep it. */
  readonly onLogin: (at: string) => string | null;
}

interface ButtonState {
  readonly waiting: boolean;
  readonly loggedIn?: boolean;
  /** Whether the runtime knows the account; it does if it told of a login. */
  readonly isDeployed?: boolean;
}

/** Last login started in this browser, by account: a reopened dialog continues to watch it. */
const started = new Map<string, string>();

type StateStyle = "neutral" | "good" | "bad" | "busy";

/** Shows the login section of the account dialog; only watches, while the runtime talks to BMW. */
export class LoginPanel {
  #session: string | null = null;
  #view: LoginView | null = null;
  #timer: number | null = null;
  #closed = false;

  constructor(private readonly options: LoginPanelOptions) {
    this.#on("start", () => this.#start());
    this.#on("cancel", () => this.#cancel());
    this.#on("refresh", () => this.#act("refresh"));
    this.#on("logout", () => this.#act("logout"));
    this.#on("discover", () => this.#act("discover"));
    // Not navigator.clipboard, which browsers offer on https and localhost only.
    element("copy").on("click", () => {
      RED.clipboard.copyText(this.#view?.userCode ?? "", element("copy"), "clipboard.copyMessageValue");
    });
    this.#run(() => this.#show());
  }

  /** Called when the dialog closes; a login that waits for confirmation continues unwatched. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) window.clearInterval(this.#timer);
  }

  #on(button: string, act: () => Promise<unknown>): void {
    element(button).on("click", (event) => {
      event.preventDefault();
      this.#run(act);
    });
  }

  #run(act: () => Promise<unknown>): void {
    act().catch((error: unknown) => {
      if (!this.#closed) state("bad", messageOf(error));
    });
  }

  async #start(): Promise<void> {
    if (!(await this.options.mayStart()) || this.#closed) return;
    state("busy", accountText("login.requesting"));
    this.#buttons({ waiting: true });
    try {
      const view = await ask("POST login", {}, this.options.request());
      started.set(this.options.account, view.session);
      this.#follow(view);
    } catch (error) {
      this.#buttons({ waiting: false });
      throw error;
    }
  }

  async #cancel(): Promise<void> {
    if (this.#session !== null) this.#follow(await ask("POST login/:session/cancel", { session: this.#session }));
  }

  async #act(action: "refresh" | "logout" | "discover"): Promise<void> {
    state("busy", accountText(`login.doing.${action}`));
    this.#describe(await ask(`POST account/:id/${action}`, { id: this.options.account }), action);
  }

  /** Shows a login that this browser has started, unless it has ended and the account knows it. */
  async #show(): Promise<void> {
    const login = await this.#startedLogin();
    const account = await this.#account();
    if (login?.loginAt !== undefined) this.options.onLogin(login.loginAt);
    if (login && (account === null || isWaiting(login))) this.#follow(login);
    else if (account) this.#describe(account);
    else {
      state("neutral", accountText("login.none"));
      this.#buttons({ waiting: false });
      this.options.onShown(false);
    }
  }

  async #startedLogin(): Promise<LoginView | null> {
    const session = started.get(this.options.account);
    return session === undefined ? null : orNull(ask("GET login/:session", { session }));
  }

  /** Returns the runtime's view of the account; `null` before the first deploy. */
  #account(): Promise<AccountView | null> {
    return orNull(ask("GET account/:id/status", { id: this.options.account }));
  }

  #follow(view: LoginView): void {
    if (this.#closed) return;
    this.#session = view.session;
    this.#view = view;
    const waiting = isWaiting(view);
    this.#buttons({ waiting });
    element("code-box").toggle(view.state === "waiting");
    notice(view.notice ? problemText(view.notice) : "");
    showRights(element("scopes"), view.scopes);
    this.#showProgress(view);
    if (waiting)
      this.#timer ??= window.setInterval(() => {
        this.#run(() => this.#poll());
      }, POLL_MS);
    else this.#stopPolling();
  }

  #showProgress(view: LoginView): void {
    switch (view.state) {
      case "waiting":
        state("busy", accountText("login.waiting"));
        showCode(view);
        break;
      case "authorised":
        state("good", accountText("login.done"));
        notice((view.loginAt === undefined ? null : this.options.onLogin(view.loginAt)) ?? "");
        this.options.onShown(true);
        this.#run(async () => {
          // The buttons need a deployed account.
          const isDeployed = (await this.#account()) !== null;
          this.#buttons({ waiting: false, loggedIn: true, isDeployed });
        });
        break;
      case "failed":
        state("bad", view.error ? problemText(view.error) : "");
        break;
      case "cancelled":
        state("neutral", accountText("login.cancelled"));
        break;
      case "requesting":
      case "exchanging":
        state("busy", accountText(`login.${view.state}`));
    }
  }

  async #poll(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    try {
      const view = await ask("GET login/:session", { session });
      // An older answer must not overwrite the result of a click.
      if (session === this.#session && this.#timer !== null) this.#follow(view);
    } catch (error) {
      this.#stopPolling();
      this.#buttons({ waiting: false });
      throw error;
    }
  }

  #stopPolling(): void {
    if (this.#timer !== null) window.clearInterval(this.#timer);
    this.#timer = null;
  }

  #describe({ login, quota, files }: AccountView, after?: string): void {
    if (this.#closed) return;
    const loggedIn = login.state === "ok";
    this.#buttons({ waiting: false, loggedIn });
    element("discover").attr("title", accountText("login.discoverCost", { remaining: quota.remaining }));
    this.options.onShown(loggedIn);
    showRights(element("scopes"), login.scopes);
    const trouble = login.problem ?? files;
    notice(trouble && !isBad(login) ? problemText(trouble) : "");
    if (isBad(login)) state("bad", login.problem ? problemText(login.problem) : accountText("login.none"));
    else if (!loggedIn) state("neutral", accountText("login.none"));
    else {
      const times = { token: timeText(login.tokenExpiresAt ?? ""), login: timeText(login.loginExpiresAt ?? "") };
      state("good", accountText(after === "refresh" ? "login.refreshed" : "login.ok", times));
    }
  }

  #buttons({ waiting, loggedIn = false, isDeployed = loggedIn }: ButtonState): void {
    element("start")
      .toggle(!waiting)
      .text(accountText(loggedIn ? "login.again" : "login.start"));
    element("cancel").toggle(waiting);
    for (const name of ["refresh", "logout", "discover"]) element(name).toggle(!waiting && loggedIn && isDeployed);
    if (!waiting) element("code-box").toggle(false);
    keepFocus(element(waiting ? "cancel" : "start"));
  }
}

/** Gives the focus of a button that has gone to another one: outside of the dialog no key reaches it any more. */
function keepFocus(next: Query): void {
  const focused = document.querySelector<HTMLElement>("#cardata-login :focus");
  if (focused?.offsetParent === null) next.trigger("focus");
}

function isWaiting({ state }: LoginView): boolean {
  return state === "requesting" || state === "waiting" || state === "exchanging";
}

/** Returns `null` for what the runtime does not know. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function element(name: string): Query {
  return $(`#cardata-login-${name}`);
}

function state(kind: StateStyle, text: string): void {
  element("state").text(text).attr("data-kind", kind);
}

/** Returns whether there is no usable login for a known reason. */
function isBad({ state, problem }: AccountView["login"]): boolean {
  return state === "needed" || (state !== "ok" && problem !== undefined);
}

function notice(text: string): void {
  element("notice")
    .text(text)
    .toggle(text !== "");
}

function showCode({ userCode = "", url = "", expiresAt = "" }: LoginView): void {
  element("code").text(userCode);
  const minutes = Math.max(0, Math.ceil((Date.parse(expiresAt) - Date.now()) / 60_000));
  element("countdown").text(accountText("login.countdown", { minutes }));
  const safe = isSafeLink(url);
  element("link")
    .attr("href", safe ? url : "#")
    .toggle(safe);
  // Drawn once: the countdown is shown anew every two seconds.
  if (safe && element("qr").attr("data-url") !== url) element("qr").attr("data-url", url).attr("src", qrCode(url));
  element("phone").toggle(safe);
}

/** Checks the link again, although the runtime has checked it. */
function isSafeLink(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && (hostname === "localhost" || hostname.startsWith("127.")));
}
