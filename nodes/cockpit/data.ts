import type {
  CockpitAccount,
  CockpitCar,
  CockpitChange,
  CockpitEvent,
  CockpitSnapshot,
  CockpitValue,
  CockpitViewer,
} from "../../src/cockpit/contract.js";

/** Holds what the runtime has told over the live stream. */
export interface CockpitData {
  readonly viewer: CockpitViewer;
  readonly accounts: readonly CockpitAccount[];
  readonly cars: readonly CockpitCar[];
  /** The newest first. */
  readonly events: readonly CockpitEvent[];
}

/** As many as a snapshot has at most; more would make a page that is open for weeks slow. */
const MOST_EVENTS = 200;

export function dataOf({ viewer, accounts, cars, events }: CockpitSnapshot): CockpitData {
  return { viewer, accounts, cars, events };
}

/** Returns the data with a change; what it does not touch stays the same object. */
export function withChange(data: CockpitData, change: CockpitChange): CockpitData {
  switch (change.kind) {
    case "car":
      return { ...data, cars: changed(data.cars, ({ key }) => key === change.key, change.changed) };
    case "carAdded":
      return { ...data, cars: [...data.cars.filter(({ key }) => key !== change.car.key), change.car] };
    case "carGone":
      return { ...data, cars: data.cars.filter(({ key }) => key !== change.key) };
    case "account":
      return { ...data, accounts: changed(data.accounts, ({ id }) => id === change.id, change.changed) };
    case "accountAdded":
      return { ...data, accounts: [...data.accounts.filter(({ id }) => id !== change.account.id), change.account] };
    case "accountGone":
      return { ...data, accounts: data.accounts.filter(({ id }) => id !== change.id) };
    case "event":
      return { ...data, events: [change.event, ...data.events].slice(0, MOST_EVENTS) };
    case "values":
      return data;
  }
}

function changed<T>(all: readonly T[], isMeant: (one: T) => boolean, by: Partial<T>): readonly T[] {
  return all.map((one) => (isMeant(one) ? { ...one, ...by } : one));
}

/** Returns the values with those that came; a new descriptor comes to the end. */
export function withValues(values: readonly CockpitValue[], came: readonly CockpitValue[]): readonly CockpitValue[] {
  const all = new Map(values.map((one) => [one.descriptor, one]));
  for (const one of came) all.set(one.descriptor, one);
  return [...all.values()];
}
