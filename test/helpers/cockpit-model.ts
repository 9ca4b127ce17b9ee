import type { Account } from "../../src/account/account.js";
import { Cockpit } from "../../src/cockpit/cockpit.js";
import type { CockpitCar, CockpitChange, CockpitMessage, CockpitSnapshot } from "../../src/cockpit/contract.js";
import type { Watcher } from "../../src/cockpit/change-feed.js";
import type { StreamSink } from "../../src/cockpit/page-connection.js";
import type { AccountProperties } from "../../src/account/settings.js";
import { memoryFiles, type Files } from "../../src/store/atomic-files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { testAccount } from "./account.js";
import { START } from "./fakes.js";

const NOBODY = { name: null, isAnonymous: false };

/** A page of which the test says how fast it reads. */
export class FakePage implements StreamSink {
  readonly written: string[] = [];
  isReading = true;
  isEnded = false;
  isCut = false;
  #drained: (() => void)[] = [];

  write(text: string): boolean {
    this.written.push(text);
    return this.isReading;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isCut = true;
  }

  onDrained(run: () => void): void {
    this.#drained.push(run);
  }

  /** Reads everything, and goes on reading. */
  catchUp(): void {
    this.isReading = true;
    for (const run of this.#drained) run();
  }

  get messages(): CockpitMessage[] {
    return this.written
      .join("")
      .split("\n\n")
      .filter((line) => line.startsWith("data: "))
      .map((line) => JSON.parse(line.slice("data: ".length)) as CockpitMessage);
  }

  get snapshots(): CockpitSnapshot[] {
    return this.messages.flatMap((message) => (message.kind === "snapshot" ? [message.snapshot] : []));
  }

  /** Messages of changes so far, each with its list. */
  get changes(): (readonly CockpitChange[])[] {
    return this.messages.flatMap((message) => (message.kind === "changes" ? [message.changes] : []));
  }

  /** What the page shows of the cars, by what it was told. */
  get cars(): CockpitCar[] {
    const cars = new Map<string, CockpitCar>();
    for (const message of this.messages) {
      if (message.kind === "snapshot") {
        cars.clear();
        for (const car of message.snapshot.cars) cars.set(car.key, car);
      }
      if (message.kind === "changes") for (const change of message.changes) apply(cars, change);
    }
    return [...cars.values()];
  }

  forget(): void {
    this.written.length = 0;
  }
}

function apply(cars: Map<string, CockpitCar>, change: CockpitChange): void {
  if (change.kind === "carAdded") cars.set(change.car.key, change.car);
  if (change.kind === "carGone") cars.delete(change.key);
  if (change.kind !== "car") return;
  const known = cars.get(change.key);
  if (known === undefined) throw new Error("a change of a car that the page does not know");
  cars.set(change.key, { ...known, ...change.changed });
}

/** A cockpit over accounts at the user's own broker, on one simulated clock. */
export function cockpitModel(files: Files = memoryFiles(), start = START) {
  const clock = new SimulatedClock(start);
  const accounts: Account[] = [];
  const ends = new Map<Account, () => void>();
  const cockpit = new Cockpit({ clock, secret: Buffer.from("of the tests"), accounts: () => accounts });

  return {
    clock,
    files,
    cockpit,
    accounts,
    add: async (id: string, properties: AccountProperties = {}) => {
      const { account } = testAccount({
        id,
        clock,
        files,
        properties: { source: "broker", brokerHost: "b.local", ...properties },
      });
      accounts.push(account);
      ends.set(account, cockpit.follow(account));
      await account.open();
      return account;
    },
    /** Takes an account away, as a deploy does. */
    remove: async (account: Account) => {
      accounts.splice(accounts.indexOf(account), 1);
      ends.get(account)?.();
      await account.close();
    },
    /** A car reports values, measured now. */
    tell: (account: Account, vin: string, values: Readonly<Record<string, unknown>>) => {
      const timestamp = new Date(clock.now()).toISOString();
      const data = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, timestamp }]));
      account.registry.receive("bmw", Buffer.from(JSON.stringify({ vin, data })), clock.now());
    },
    open: (page = new FakePage(), values: Watcher["values"] = null) => {
      const stream = cockpit.open(page, { viewer: NOBODY, values });
      return { page, stream };
    },
    snapshot: () => cockpit.snapshot(NOBODY),
    close: async () => {
      for (const account of accounts) await account.close();
    },
  };
}
