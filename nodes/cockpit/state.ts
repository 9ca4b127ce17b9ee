import type { CheckPlanView, CheckView } from "../lib/admin-contract.js";
import type {
  CarKey,
  CockpitCar,
  CockpitExport,
  CockpitHistory,
  CockpitJournal,
  CockpitLearned,
  CockpitMonth,
  CockpitMonthName,
  CockpitTracks,
  CockpitValues,
} from "../../src/cockpit/contract.js";
import type { Problem } from "../../src/support/errors.js";
import type { CockpitData } from "./data.js";
import type { Period } from "./history.js";
import type { Link } from "./reconnecting-stream.js";
import type { LoginForm } from "./login.js";
import type { Pictures } from "./pictures.js";
import { remembered } from "./remembered.js";
import type { Texts } from "./texts.js";

export const VIEWS = ["car", "journal", "values", "events", "account"] as const;
export type View = (typeof VIEWS)[number];

/** Something that is fetched when it is looked at. */
export type Fetched<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "there"; readonly value: T };

export const LOADING = { kind: "loading" } as const;

/** What is fetched of the chosen car. */
export interface CarParts {
  readonly history: CockpitHistory;
  readonly tracks: CockpitTracks;
  readonly learned: CockpitLearned;
  readonly values: CockpitValues;
  readonly journal: CockpitJournal;
  readonly month: CockpitMonth;
}

/** `null`: nobody has looked at it. */
export type CarDetails = { readonly [K in keyof CarParts]: Fetched<CarParts[K]> | null } & { readonly key: CarKey };

export function detailsOf(key: CarKey): CarDetails {
  return { key, history: null, tracks: null, learned: null, values: null, journal: null, month: null };
}

/** A check of an account. */
export interface Doctor {
  readonly plan: CheckPlanView | null;
  readonly isRunning: boolean;
  readonly report: CheckView | null;
  /** Why there is none. */
  readonly failure: string | null;
}

export interface LoginState {
  readonly form: LoginForm;
  readonly isSending: boolean;
  readonly failure: "wrong" | "unreachable" | null;
  /** Whether there was a login, which is over or not enough. */
  readonly hadToken: boolean;
  /** Whether there is something to see without a login. */
  readonly isOptional: boolean;
}

/** Everything that the page shows is made of this. */
export interface State {
  readonly texts: Texts;
  readonly link: Link;
  /** When the connection was lost [ms]; `null` while it is there. */
  readonly lostAt: number | null;
  /** `null` until the first snapshot. */
  readonly data: CockpitData | null;
  /** The clock of the runtime minus that of this device [ms]. */
  readonly clockOffMs: number;
  /** Why Node-RED tells nothing; `null`: it does, or does not answer. */
  readonly refusal: Problem | null;
  /** By the clock of the runtime [ms]. */
  readonly now: number;
  readonly login: LoginState | null;
  readonly view: View;
  /** Chosen car; `null`: the first one. */
  readonly chosen: CarKey | null;
  readonly details: CarDetails | null;
  readonly pictures: Pick<Pictures, "of">;
  readonly carSearch: string;
  /** How many cars are shown at most. */
  readonly carLimit: number;
  readonly valueSearch: string;
  readonly period: Period;
  /** Place of the chart somebody points at. */
  readonly pointed: number | null;
  readonly hasTiles: boolean;
  readonly isDark: boolean;
  /** By account. */
  readonly doctors: ReadonlyMap<string, Doctor>;
  readonly mayWrite: boolean;
  /** Of whose events the timeline tells. */
  readonly eventsOf: "all" | "car";
  /** Chosen month of the journal; `null`: the newest one with entries. */
  readonly month: CockpitMonthName | null;
  /** Of what time the journal is exported. */
  readonly exportOf: "month" | "all";
  /** Whether a node can be put on a flow: only inside of the editor. */
  readonly hasFlow: boolean;
  /** What was just done, for those who do not see it. */
  readonly said: string;
}

/** Returns the car that is looked at; `null`: there is none. */
export function carOf({ data, chosen }: Pick<State, "data" | "chosen">): CockpitCar | null {
  return data?.cars.find(({ key }) => key === chosen) ?? data?.cars[0] ?? null;
}

/** Returns the cars that stand in the strip: those that were searched for, and the chosen one. */
export function shownCars(state: Pick<State, "data" | "chosen" | "carSearch" | "carLimit">): CockpitCar[] {
  const chosen = carOf(state)?.key;
  return foundCars(state).filter(({ key }, index) => index < state.carLimit || key === chosen);
}

/** From so many cars on there is a field to find one. */
const SEARCHED_FROM = 7;

export function hasSearch({ data }: Pick<State, "data">): boolean {
  return (data?.cars.length ?? 0) >= SEARCHED_FROM;
}

/** What was searched for counts no more when so many cars have gone that there is no field to see and to empty. */
export function foundCars(state: Pick<State, "data" | "carSearch">): CockpitCar[] {
  const { data, carSearch } = state;
  const words = (hasSearch(state) ? carSearch : "").toLowerCase().split(/\s+/).filter(Boolean);
  return (data?.cars ?? []).filter(({ name, model, vinEnd }) => {
    const text = `${name} ${model} ${vinEnd}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Returns the key of the chosen car, also after Node-RED was started anew; `null`: the first one. */
export function chosenOf(all: CockpitData["cars"], chosen: CarKey | null): CarKey | null {
  if (all.some(({ key }) => key === chosen)) return chosen;
  const { car, account } = remembered();
  const alike = all.filter(({ vinEnd }) => vinEnd === car);
  // Two accounts may have the same car.
  return (alike.find((one) => one.account === account) ?? alike[0])?.key ?? null;
}

const CARS_AT_FIRST = 8;

/** What the page begins with. */
export function initialState(texts: Texts, pictures: Pictures, hasFlow: boolean): State {
  const { tiles } = remembered();
  return {
    texts,
    link: "connecting",
    lostAt: null,
    data: null,
    clockOffMs: 0,
    refusal: null,
    now: Date.now(),
    login: null,
    view: "car",
    chosen: null,
    details: null,
    pictures,
    carSearch: "",
    carLimit: CARS_AT_FIRST,
    valueSearch: "",
    period: "day",
    pointed: null,
    hasTiles: tiles === true,
    isDark: false,
    doctors: new Map(),
    mayWrite: false,
    eventsOf: "all",
    month: null,
    exportOf: "month",
    hasFlow,
    said: "",
  };
}

/** What can be done on the page. */
export interface Actions {
  show(view: View): void;
  choose(car: CarKey): void;
  set(
    change: Partial<
      Pick<State, "carSearch" | "carLimit" | "valueSearch" | "period" | "pointed" | "eventsOf" | "exportOf">
    >,
  ): void;
  switchTiles(isOn: boolean): void;
  speak(language: string): void;
  logIn(fields: Readonly<Record<string, string>>): void;
  /** Shows the form to who is let in without one. */
  askLogin(): void;
  tryAgain(): void;
  check(account: string): void;
  saveDiagnostics(account: string): void;
  chooseMonth(month: CockpitMonthName): void;
  saveExport(what: CockpitExport): void;
  addNode(descriptors: readonly string[]): void;
}
