import type { LoggedEvent } from "../account/logged-event.js";
import { isoTime } from "../support/iso-time.js";
import type { CarKeys } from "./car-keys.js";
import type { CockpitEvent } from "./contract.js";

/** What an account says of its past. */
interface LoggingAccount {
  readonly id: string;
  readonly eventLog: { readonly events: readonly LoggedEvent[] };
}

/** As many as the page shows. */
const MOST_SHOWN = 200;

/** Describes what happened to cars and accounts, as their accounts keep it. */
export class EventViews {
  /** What was shown keeps its number. */
  readonly #views = new WeakMap<LoggedEvent, CockpitEvent>();
  #count = 0;

  constructor(private readonly keys: CarKeys) {}

  of(account: string, event: LoggedEvent): CockpitEvent {
    const known = this.#views.get(event);
    if (known !== undefined) return known;
    const { at, vin, ...figures } = event;
    const car = vin === null ? null : this.keys.keyOf(account, vin);
    const view = { number: ++this.#count, at: isoTime(at), account, car, ...figures };
    this.#views.set(event, view);
    return view;
  }

  /** Returns what happened last, the newest first. */
  newest(accounts: readonly LoggingAccount[]): CockpitEvent[] {
    const all = accounts.flatMap(({ id, eventLog }) => eventLog.events.map((event) => ({ id, event })));
    return all
      .reverse()
      .sort((one, other) => other.event.at - one.event.at)
      .slice(0, MOST_SHOWN)
      .map(({ id, event }) => this.of(id, event));
  }
}
