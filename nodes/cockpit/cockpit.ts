import type {
  CarKey,
  CockpitCar,
  CockpitChange,
  CockpitExport,
  CockpitMessage,
  CockpitMonthName,
  CockpitSnapshot,
} from "../../src/cockpit/contract.js";
import type { Problem } from "../../src/support/errors.js";
import { AccountActions } from "./account-actions.js";
import { Refused, type Client } from "./client.js";
import { dataOf, withChange, withValues, type CockpitData } from "./data.js";
import { withLevel } from "./history.js";
import { JournalActions } from "./journal-actions.js";
import { ReconnectingStream, type Link } from "./reconnecting-stream.js";
import {
  carOf,
  chosenOf,
  detailsOf,
  initialState,
  LOADING,
  type Actions,
  type CarDetails,
  shownCars,
  type CarParts,
  type Fetched,
  type State,
  type View,
} from "./state.js";
import { Pictures } from "./pictures.js";
import { remember } from "./remembered.js";
import { withPosition } from "./tracks.js";
import { Texts } from "./texts.js";

/** What the editor can do with what the page shows. */
export interface Flow {
  /**
   * Puts a node on the flow that sends these values of a car; all without descriptors. Returns whether the flow can be
   * changed.
   */
  add(account: string, vin: string, descriptors: readonly string[]): boolean;
}

interface CockpitOptions {
  readonly client: Client;
  readonly texts: Texts;
  /** `null` outside of the editor. */
  readonly flow: Flow | null;
  readonly onState: (state: State) => void;
  /**
   * Called when the pictures of a map are switched on or off. Returns whether this page goes on: outside of the editor
   * another one is loaded, whose policy is the right one.
   */
  readonly onTiles: (isOn: boolean) => boolean;
}

/** Keeps a refusal that is none of the login from asking again and again [ms]. */
const ASKED_AGAIN_MS = 60_000;
/** Ages are written in minutes at best. */
const TICK_MS = 15_000;

/** Holds the state of one page, and all that changes it. */
export class Cockpit implements Actions {
  #state: State;
  readonly #live: ReconnectingStream;
  readonly #client: Client;
  readonly #accounts: AccountActions;
  readonly #journal: JournalActions;
  readonly #pictures: Pictures;
  readonly #ticking: number;
  /** When a refusal last led to the question whether the login is over [ms]. */
  #askedAt = -Infinity;
  readonly #stopListening: () => void;

  constructor(private readonly options: CockpitOptions) {
    const { client, texts, flow } = options;
    this.#client = client;
    this.#pictures = new Pictures(client, () => {
      this.#change({});
    });
    this.#state = initialState(texts, this.#pictures, flow !== null);
    const acting = {
      client,
      state: () => this.#state,
      change: (change: Partial<State>) => {
        this.#change(change);
      },
      failure: (error: unknown) => this.#failure(error),
    };
    this.#accounts = new AccountActions(acting);
    this.#journal = new JournalActions(acting);
    this.#live = new ReconnectingStream({
      client,
      params: () => this.#streamParams(),
      onMessage: (message) => {
        this.#take(message);
      },
      onLink: (link, problem) => {
        this.#link(link, problem);
      },
    });
    this.#ticking = window.setInterval(() => {
      this.#change({ now: this.#now() });
    }, TICK_MS);
    this.#stopListening = client.onLogin(() => {
      this.tryAgain();
    });
  }

  get state(): State {
    return this.#state;
  }

  /** @param isLooked whether anybody sees the page */
  look(isLooked: boolean): void {
    this.#live.look(isLooked);
  }

  paint(isDark: boolean): void {
    this.#change({ isDark });
  }

  close(): void {
    this.#live.look(false);
    clearInterval(this.#ticking);
    this.#stopListening();
    this.#pictures.close();
  }

  show(view: View): void {
    const before = this.#state.view;
    this.#change({ view, pointed: null, said: "" });
    // Only who looks at the values gets all of them.
    if ((before === "values") !== (view === "values")) this.#live.restart();
    // What is known of the past changes without a word to who looks at something else; values come with their stream.
    this.#fetchDetails(view !== "values");
    if (view === "account") void this.#accounts.prepare();
  }

  choose(car: CarKey): void {
    const before = carOf(this.#state);
    this.#change({ chosen: car, pointed: null });
    const { vinEnd = "", account = "" } = carOf(this.#state) ?? {};
    remember({ car: vinEnd, account });
    this.#follow(before);
  }

  set(change: Parameters<Actions["set"]>[0]): void {
    this.#change(change);
    void this.#pictures.fetch(shownCars(this.#state));
  }

  switchTiles(isOn: boolean): void {
    remember({ tiles: isOn });
    if (this.options.onTiles(isOn)) this.#change({ hasTiles: isOn });
  }

  speak(language: string): void {
    remember({ language });
    this.#client.texts(language).then(
      (files) => {
        this.#change({ texts: new Texts(files, language) });
        // The names of the values are of the language.
        this.#live.restart();
      },
      () => undefined,
    );
  }

  logIn(fields: Readonly<Record<string, string>>): void {
    const { login } = this.#state;
    if (login === null || login.isSending) return;
    this.#change({ login: { ...login, isSending: true, failure: null } });
    this.#client.login(fields).then(
      (isAccepted) => {
        if (isAccepted) this.tryAgain();
        else this.#change({ login: { ...login, isSending: false, failure: "wrong" } });
      },
      () => {
        this.#change({ login: { ...login, isSending: false, failure: "unreachable" } });
      },
    );
  }

  askLogin(): void {
    void this.#askLogin(true);
  }

  tryAgain(): void {
    this.#live.restart();
  }

  check(account: string): void {
    void this.#accounts.check(account);
  }

  saveDiagnostics(account: string): void {
    void this.#accounts.saveDiagnostics(account);
  }

  chooseMonth(month: CockpitMonthName): void {
    this.#journal.choose(month);
  }

  saveExport(what: CockpitExport): void {
    void this.#journal.save(what);
  }

  addNode(descriptors: readonly string[]): void {
    const values = this.#state.details?.values;
    const { flow } = this.options;
    if (values?.kind !== "there" || flow === null) return;
    const isAdded = flow.add(values.value.account, values.value.vin, descriptors);
    this.#change({ said: this.#state.texts.text(isAdded ? "values.added" : "values.locked") });
  }

  /** After a lost connection Node-RED may be a new one, which knows cars by other keys. */
  #streamParams(): Record<string, string> {
    const { view, texts, lostAt } = this.#state;
    const car = carOf(this.#state);
    return view === "values" && car !== null && lostAt === null ? { values: car.key, language: texts.language } : {};
  }

  #now(): number {
    return Date.now() + this.#state.clockOffMs;
  }

  #change(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.options.onState(this.#state);
  }

  #link(link: Link, refusal: Problem | null): void {
    if (link === "live") this.#change({ link, login: null, refusal: null });
    else if (link === "lost") this.#change({ link, refusal, lostAt: this.#state.lostAt ?? this.#now() });
    else if (link === "refused") {
      this.#change({ link });
      void this.#askLogin(false);
    } else this.#change({ link });
  }

  async #askLogin(isOptional: boolean): Promise<void> {
    const common = { isSending: false, hadToken: this.#client.hasToken && !isOptional, isOptional };
    const login = await this.#client.loginForm().then(
      (form) => ({ ...common, form, failure: null }),
      () => ({ ...common, form: { kind: "none" as const }, failure: "unreachable" as const }),
    );
    this.#change({ login });
  }

  #take(message: CockpitMessage): void {
    if (message.kind === "snapshot") {
      this.#begin(message.snapshot);
    } else if (message.kind === "changes") {
      this.#setClock(message.at);
      this.#apply(message.changes);
    }
  }

  #begin(snapshot: CockpitSnapshot): void {
    const { view, lostAt } = this.#state;
    const before = carOf(this.#state);
    this.#change({ lostAt: null });
    this.#setClock(snapshot.at);
    this.#setData(dataOf(snapshot));
    // What came meanwhile is in none of the changes.
    this.#fetchDetails(true);
    if (view === "account") void this.#accounts.prepare();
    // The stream that comes after a lost one was asked for without values.
    this.#follow(before, lostAt !== null);
  }

  /**
   * Turns to the car that is looked at by now: another one was chosen, has come or has gone.
   * @param isAnew whether its values are not told, whichever car it is
   */
  #follow(before: CockpitCar | null, isAnew = false): void {
    const car = carOf(this.#state);
    if (!isSameCar(before, car)) this.#change({ month: null, pointed: null });
    if (this.#state.view === "values" && (isAnew || car?.key !== before?.key)) this.#live.restart();
    this.#fetchDetails();
  }

  #setClock(at: string): void {
    const clockOffMs = Date.parse(at) - Date.now();
    this.#change({ clockOffMs, now: Date.parse(at) });
  }

  #apply(changes: readonly CockpitChange[]): void {
    const { data } = this.#state;
    if (data === null) return;
    const before = carOf(this.#state);
    this.#setData(changes.reduce(withChange, data));
    this.#follow(before);
    const { details } = this.#state;
    if (details === null) return;
    const came = changes.flatMap((one) => (one.kind === "values" && one.key === details.key ? one.values : []));
    const car = carOf(this.#state);
    this.#change({
      details: {
        ...details,
        history: mapped(details.history, (history) => (car === null ? history : withLevel(history, car))),
        tracks: mapped(details.tracks, (tracks) => (car === null ? tracks : withPosition(tracks, car))),
        values:
          came.length === 0
            ? details.values
            : mapped(details.values, (all) => ({ ...all, values: withValues(all.values, came) })),
      },
    });
    // A trip or charge that begins or ends is told by the history, and changes what was learned.
    const isNew = changes.some(
      (one) =>
        (one.kind === "event" && one.event.car === details.key) ||
        (one.kind === "car" && one.key === details.key && one.changed.journal !== undefined),
    );
    if (isNew) this.#fetchDetails(true);
  }

  #setData(data: CockpitData): void {
    this.#change({ data, chosen: chosenOf(data.cars, this.#state.chosen) });
    void this.#pictures.fetch(shownCars(this.#state));
  }

  /**
   * Fetches of the chosen car what the view shows and nobody has asked for yet.
   * @param isAnew fetches what is there, too, and shows it until then
   */
  #fetchDetails(isAnew = false): void {
    const car = carOf(this.#state);
    if (car === null) return;
    const isOther = this.#state.details?.key !== car.key;
    if (isOther) this.#change({ details: detailsOf(car.key) });
    const { details } = this.#state;
    if (details !== null) this.#fetchShown(details, isAnew || isOther);
  }

  #fetchShown({ key, history, values, journal }: CarDetails, isAnew: boolean): void {
    const { view } = this.#state;
    const isWanted = (fetched: unknown) => isAnew || fetched === null;
    if (view === "car" && isWanted(history)) this.#fetchCar(key);
    if (view === "values" && isWanted(values)) this.#fetchValues(key);
    if (view === "journal" && isWanted(journal)) void this.#journal.fetch(key);
  }

  #fetchCar(key: CarKey): void {
    this.#fetchHistory(key);
    this.#fetch(key, "tracks", this.#client.ask("GET cockpit/car/:key/tracks", { key }));
    this.#fetch(key, "learned", this.#client.ask("GET cockpit/car/:key/learned", { key }));
  }

  #fetchHistory(key: CarKey): void {
    const answer = this.#client.ask("GET cockpit/car/:key/history", { key }).then((history) => {
      const car = carOf(this.#state);
      // What the card shows is newer than the last point that was kept.
      return car?.key === key ? withLevel(history, car) : history;
    });
    this.#fetch(key, "history", answer);
  }

  #fetchValues(key: CarKey): void {
    const { language } = this.#state.texts;
    this.#fetch(key, "values", this.#client.ask("GET cockpit/car/:key/values", { key, language }));
  }

  #fetch<K extends keyof CarParts>(key: CarKey, what: K, answer: Promise<CarParts[K]>): void {
    const put = (fetched: Fetched<CarParts[K]>) => {
      const { details } = this.#state;
      // Another car may have been chosen meanwhile.
      if (details?.key === key) this.#change({ details: { ...details, [what]: fetched } });
    };
    if (this.#state.details?.[what] === null) put(LOADING);
    answer.then(
      (value) => {
        put({ kind: "there", value });
      },
      (error: unknown) => {
        put({ kind: "failed", text: this.#failure(error) });
      },
    );
  }

  /** Node-RED refuses who may not do something as it does who is logged in no more; the stream tells which it is. */
  #askWhetherLoggedIn(): void {
    const now = Date.now();
    if (now - this.#askedAt < ASKED_AGAIN_MS) return;
    this.#askedAt = now;
    this.#live.restart();
  }

  #failure(error: unknown): string {
    const { texts } = this.#state;
    if (!(error instanceof Refused)) return texts.account("failure.offline");
    if (error.problem !== null) return texts.problem(error.problem);
    if (error.status === 401) this.#askWhetherLoggedIn();
    if (error.status === 401 || error.status === 403) return texts.account("failure.notAllowed");
    return texts.account("failure.status", { status: error.status });
  }
}

/** Returns whether they are one car, by whatever key it is called. */
function isSameCar(one: CockpitCar | null, other: CockpitCar | null): boolean {
  return one?.vinEnd === other?.vinEnd && one?.account === other?.account;
}

function mapped<T>(fetched: Fetched<T> | null, change: (value: T) => T): Fetched<T> | null {
  return fetched?.kind === "there" ? { kind: "there", value: change(fetched.value) } : fetched;
}
