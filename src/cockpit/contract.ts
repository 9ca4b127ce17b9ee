import type { LoggedEvent } from "../account/logged-event.js";
import type { AccountStatus, QuotaStatus } from "../account/status.js";
import type { BatteryHealth, CapacityCourse } from "../journal/battery-health.js";
import type { ChargeEntry, TripEntry } from "../journal/entry.js";
import type { ExportedFile } from "../journal/export/export-options.js";
import type { JournalSum } from "../journal/sums.js";
import type { Budget } from "../rest/rest-call.js";
import type { LearningPayload } from "../messages/types.js";
import type { DailyFeature, EventPurpose } from "../polling/job.js";
import type { DistanceUnit } from "../support/distances.js";
import type { Problem } from "../support/errors.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { ReadingSource, ReadingValue } from "../vehicle/reading.js";
import type { ChargingMethod } from "../vehicle/vehicle-event.js";
import type { EstimateMode } from "../soc/estimate.js";

/*
 * Names all that the cockpit page and the runtime say to each other. Missing is `null`, never 0. Times are ISO 8601, but
 * in columns of charts, which are seconds since 1970 as uPlot wants them. No address holds a VIN: a car is named by its
 * key, which means nothing outside of this Node-RED.
 */

/** Names a car in addresses: letters and digits, the same until Node-RED is started anew. */
export type CarKey = string;

/** Holds everything that the page shows at first sight. */
export interface CockpitSnapshot {
  /** The clock of the runtime, by which the page counts ages: that of the browser may be off. */
  readonly at: string;
  readonly viewer: CockpitViewer;
  readonly accounts: readonly CockpitAccount[];
  readonly cars: readonly CockpitCar[];
  /** The newest first, of all accounts; bounded. */
  readonly events: readonly CockpitEvent[];
}

/** Tells as whom the runtime sees the page. */
export interface CockpitViewer {
  /** `null` without a login, be it that none is wanted or that everybody may read. */
  readonly name: string | null;
  /** Whether everybody is let in as this user (`adminAuth.default`): a login that is over is taken for it. */
  readonly isAnonymous: boolean;
}

/** Holds what an account does. The parts of its status are those of the account's dialog. */
export interface CockpitAccount extends Omit<AccountStatus, "quota" | "files"> {
  /** Id of the config node. */
  readonly id: string;
  readonly name: string;
  /** Where its values come from. */
  readonly source: "bmw" | "broker";
  readonly quota: CockpitQuota;
  /** The next automatic calls, the soonest first; at most one of a kind for a car. */
  readonly nextPolls: readonly CockpitPoll[];
  readonly container: CockpitContainer;
  /** What is wrong by now, the gravest first; the same problem is named once. */
  readonly warnings: readonly Problem[];
}

export interface CockpitQuota extends QuotaStatus {
  /** What was used, by the class of the call, in a fixed order; a class without a call is there with 0. */
  readonly classes: readonly { readonly name: Budget; readonly used: number }[];
}

/** Holds a call that the account will make by itself. */
export interface CockpitPoll {
  readonly car: CarKey;
  readonly at: string;
  readonly what: "telematicData" | DailyFeature;
  /** All that it is made for: by its schedule, after something that the car did, or once a day; never empty. */
  readonly why: readonly ("schedule" | EventPurpose | "daily")[];
}

export interface CockpitContainer {
  /** `null`: none is known. */
  readonly id: string | null;
  /** How many descriptors it holds. */
  readonly descriptors: number | null;
  /** Whether any node reads values over REST. */
  readonly isNeeded: boolean;
}

/** Holds a figure of the car with its unit in canonical spelling. */
export interface CockpitQuantity {
  readonly value: number;
  readonly unit: string | null;
  readonly at: string;
}

/** Holds what a card shows. */
export interface CockpitCar {
  readonly key: CarKey;
  /** Id of its account. */
  readonly account: string;
  /** What people call it: the user's name for it, else make and model, else make and `…3456`. */
  readonly name: string;
  /** Make and model; "" while BMW has told none. */
  readonly model: string;
  /** `…3456`. */
  readonly vinEnd: string;
  readonly driveType: DriveType | null;
  /** In which its distances are shown; members that are called so are in km all the same. */
  readonly distanceUnit: DistanceUnit;
  /** Changes with the picture; `null`: there is none. Its bytes are fetched with the token (`cockpit/car/:key/picture`). */
  readonly picture: string | null;
  /** The estimate, or BMW's value of a car without one. */
  readonly level: CockpitLevel | null;
  /** BMW's own last value [%]. */
  readonly reported: { readonly value: number; readonly at: string } | null;
  /** The target of charging [%]. */
  readonly target: number | null;
  readonly range: CockpitQuantity | null;
  readonly fuel: CockpitQuantity | null;
  readonly odometer: CockpitQuantity | null;
  readonly isPlugged: boolean | null;
  readonly isCharging: boolean | null;
  readonly isLocked: boolean | null;
  readonly isDriving: boolean;
  /** `null` while nothing charges. */
  readonly charge: CockpitCharge | null;
  /** When the newest value of the car was measured; `null`: it has told nothing. */
  readonly lastHeard: string | null;
  /** How many different values it has told. */
  readonly values: number;
  /** Which side the driver sits on; `null`: unknown. BMW tells doors by driver and passenger. */
  readonly driverSide: "left" | "right" | null;
  /** Those that it tells of, in a fixed order. */
  readonly openings: readonly CockpitOpening[];
  /** Those that it tells of, in a fixed order. */
  readonly tyres: readonly CockpitTyre[];
  /** Those that it tells of. */
  readonly temperatures: readonly CockpitTemperature[];
  readonly service: CockpitService;
  readonly position: CockpitPosition | null;
  /** Rises whenever its journal changes: who shows that asks for it anew. */
  readonly journal: number;
}

export interface CockpitLevel {
  /** Percent, unrounded. */
  readonly value: number;
  /** Band of 90 % [%]; both `null` where the value is BMW's own without an estimate. */
  readonly low: number | null;
  readonly high: number | null;
  readonly source: "estimate" | "car";
  /** Only of an estimate. */
  readonly mode: EstimateMode | null;
  /** Of an estimate the time at which it was made, else BMW's time. */
  readonly at: string;
}

export interface CockpitCharge {
  readonly startedAt: string | null;
  readonly method: ChargingMethod | null;
  /** Below 0 while the car gives power. */
  readonly powerKw: number | null;
  readonly minutesToTarget: number | null;
  readonly energyKwh: number | null;
  /** Share of the energy that arrives in the battery. */
  readonly efficiency: number | null;
}

export const OPENING_PLACES = [
  ...["doorFrontDriver", "doorFrontPassenger", "doorRearDriver", "doorRearPassenger"],
  ...["windowFrontDriver", "windowFrontPassenger", "windowRearDriver", "windowRearPassenger"],
  ...["bonnet", "boot", "bootWindow", "sunroof", "chargingFlap"],
] as const;

export interface CockpitOpening {
  readonly place: (typeof OPENING_PLACES)[number];
  /** `null`: the car says that it does not know. */
  readonly isOpen: boolean | null;
  readonly at: string;
}

export const TYRE_PLACES = ["frontLeft", "frontRight", "rearLeft", "rearRight"] as const;

export interface CockpitTyre {
  readonly place: (typeof TYRE_PLACES)[number];
  readonly pressureKpa: number | null;
  readonly targetKpa: number | null;
  /** °C */
  readonly temperature: number | null;
  readonly at: string;
}

export interface CockpitTemperature extends CockpitQuantity {
  readonly place: "coolant" | "cabinTarget";
}

/** Tells what is due; all `null`: nothing is known. */
export interface CockpitService {
  /** Below 0: overdue. */
  readonly distance: CockpitQuantity | null;
  /** Day of the next legal inspection, as ISO day. */
  readonly inspection: string | null;
}

export interface CockpitPosition {
  readonly latitude: number;
  readonly longitude: number;
  /** Degrees from north. */
  readonly heading: number | null;
  readonly at: string;
}

/** Holds what happened to a car or an account. */
export interface CockpitEvent extends Omit<LoggedEvent, "at" | "vin"> {
  /** Names it in lists, until Node-RED is started anew. */
  readonly number: number;
  readonly at: string;
  readonly account: string;
  /** `null`: of the account. */
  readonly car: CarKey | null;
}

/** Holds a line of the live stream, which begins with a snapshot. Each is the data of one `message` event as JSON. */
export type CockpitMessage =
  | { readonly kind: "snapshot"; readonly snapshot: CockpitSnapshot }
  | { readonly kind: "changes"; readonly at: string; readonly changes: readonly CockpitChange[] }
  /** The last line: `time`: ask anew at once, with the token of then; `closed`: after a second. */
  | { readonly kind: "end"; readonly reason: "time" | "closed" };

/** Holds the members that have changed, each whole; what is not named is as before. */
export type CockpitChange =
  | { readonly kind: "car"; readonly key: CarKey; readonly changed: Partial<CockpitCar> }
  /** A car that has come. */
  | { readonly kind: "carAdded"; readonly car: CockpitCar }
  | { readonly kind: "carGone"; readonly key: CarKey }
  | { readonly kind: "account"; readonly id: string; readonly changed: Partial<CockpitAccount> }
  | { readonly kind: "accountAdded"; readonly account: CockpitAccount }
  | { readonly kind: "accountGone"; readonly id: string }
  | { readonly kind: "event"; readonly event: CockpitEvent }
  /** Only to a stream that was opened with `?values=<key>`. */
  | { readonly kind: "values"; readonly key: CarKey; readonly values: readonly CockpitValue[] };

/** Holds everything that is known of a car, by descriptor. */
export interface CockpitValues {
  readonly key: CarKey;
  readonly at: string;
  /** For a node that sends these; shown to nobody. */
  readonly vin: string;
  readonly account: string;
  readonly values: readonly CockpitValue[];
}

export interface CockpitValue {
  readonly descriptor: string;
  /** In the language that was asked for; English where there is none. */
  readonly name: string;
  /** `null`: the car says that it is unknown. */
  readonly value: ReadingValue | null;
  readonly unit: string | null;
  readonly source: ReadingSource;
  readonly at: string;
}

/** Holds the last seven days of a car: columns of equal length, with times [s] that rise. */
export interface CockpitHistory {
  readonly key: CarKey;
  readonly from: number;
  readonly to: number;
  /** The shown level with its band [%], at most one point per percent or five minutes; kept over restarts. */
  readonly level: {
    readonly at: readonly number[];
    readonly value: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    /** Power of the charge [kW]; `null` while nothing charges. */
    readonly powerKw: readonly (number | null)[];
  };
  /** BMW's own values [%]. */
  readonly reported: { readonly at: readonly number[]; readonly value: readonly number[] };
  /** The newest last; `to` is `null` while it goes on. */
  readonly charges: readonly CockpitSpan[];
  readonly trips: readonly CockpitSpan[];
}

export interface CockpitSpan {
  readonly from: number;
  readonly to: number | null;
}

/** Holds the tracks of the last trips, the newest last; the last one may still go on. */
export interface CockpitTracks {
  readonly key: CarKey;
  readonly trips: readonly CockpitTrack[];
}

export interface CockpitTrack extends CockpitSpan {
  readonly points: readonly (readonly [latitude: number, longitude: number])[];
}

/** Holds what was learned of a car; `null`: it has no battery to learn of. */
export interface CockpitLearned {
  readonly key: CarKey;
  readonly learned: LearningPayload | null;
}

/** The names of the consumption by speed, from slow to fast. */
export { BRACKETS as SPEED_BRACKETS } from "../soc/driving/driven-trip.js";

/** Names a month in the zone of the entries, such as `2026-03`. */
export type CockpitMonthName = string;

/** Holds what the journal of a car has, but its entries. */
export interface CockpitJournal {
  readonly key: CarKey;
  /** The month by the clock of the runtime. */
  readonly now: CockpitMonthName;
  /** Code of the currency of all sums. */
  readonly currency: string;
  /** Why nothing new can be written; `null` if it can. */
  readonly problem: Problem | null;
  /** Those in which anything began, in the order of time; bounded. */
  readonly months: readonly CockpitMonthName[];
  /** The sums of the last twelve months; one in which nothing began is not there. */
  readonly year: readonly CockpitSum[];
  readonly health: BatteryHealth;
  readonly capacity: CapacityCourse;
}

export type CockpitSum = JournalSum;

/** Holds the trips and charges that began in a month, the newest first. */
export interface CockpitMonth {
  readonly key: CarKey;
  readonly month: CockpitMonthName;
  /** Of all entries; `null`: nothing began in it. */
  readonly sum: CockpitSum | null;
  readonly trips: readonly CockpitTrip[];
  readonly charges: readonly CockpitJournalCharge[];
  /** Whether older ones are left out of the lists. */
  readonly isCut: boolean;
}

/** Without tracks and curves, which no table shows. Times are those of the place, with their offset. */
export type CockpitTrip = Omit<TripEntry, "detail">;
export type CockpitJournalCharge = Omit<ChargeEntry, "detail">;

/** What can be exported of a journal: tables of trips or charges, all data, tracks, the logbook for printing. */
export const EXPORTS = ["trips", "charges", "json", "gpx", "html"] as const;
export type CockpitExport = (typeof EXPORTS)[number];
export type CockpitFile = ExportedFile;

/** Tells that the viewer may also change things, such as have the account checked; who may not gets 401. */
export interface CockpitRights {
  readonly mayWrite: true;
}

/**
 * Holds the texts of one language as their files do, each whole: `nodes/locales/<language>/cardata-cockpit.json` and so on.
 * `cardata/page/texts/<language>` gives those of a language such as `de` or `de-AT`, of English where there is none.
 *
 * This and the files of the page (`cardata`, `cardata/page/cockpit.js` and `.css`) hold no data and need no permission. The build
 * puts the files into `dist/nodes/cockpit/`, the page as `index.html`; all its addresses are relative, and it has no inline script
 * or style. With `?tiles` it may load tiles of OpenStreetMap; without, its policy forbids every request to others.
 */
export interface CockpitTexts {
  /** Code of the language that is given, such as `en-US`. */
  readonly language: string;
  readonly "cardata-cockpit": unknown;
  readonly "cardata-account": unknown;
  /** By code of the problem, with `__name__` for what is filled in. */
  readonly errors: Readonly<Record<string, string>>;
}

/**
 * Names the data routes below `cardata/`; all need `cardata-account.read`, `rights` needs `cardata-account.write`. 404: the car
 * is gone. Besides there is `GET cockpit/car/:key/picture`, the bytes of a PNG or JPEG: show them by a `blob:` address, since
 * an `img` sends no token. The check of an account and its diagnostics are routes of the dialog (`AdminRoutes`).
 */
export interface CockpitRoutes {
  "GET cockpit/snapshot": CockpitSnapshot;
  /** `text/event-stream` of `CockpitMessage`, for a `fetch` with the token in its header. `?values=<key>`, `?language=de`. */
  "GET cockpit/stream": CockpitMessage;
  /** `?language=de` */
  "GET cockpit/car/:key/values": CockpitValues;
  "GET cockpit/car/:key/history": CockpitHistory;
  "GET cockpit/car/:key/tracks": CockpitTracks;
  "GET cockpit/car/:key/learned": CockpitLearned;
  "GET cockpit/car/:key/journal": CockpitJournal;
  /** `?month=2026-03` */
  "GET cockpit/car/:key/entries": CockpitMonth;
  /** `?what=trips&language=de`, `&month=2026-03` for that month only. */
  "GET cockpit/car/:key/export": CockpitFile;
  "GET cockpit/rights": CockpitRights;
}
