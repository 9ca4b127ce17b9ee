import type { ChargingEndReason } from "../../../vehicle/vehicle-event.js";
import type { ChargeEntry, FigureSource, Purpose, TripEntry } from "../../entry.js";

/** Names the columns of the tables. */
export type ColumnName =
  | "car"
  | "id"
  | "startDate"
  | "startTime"
  | "endDate"
  | "endTime"
  | "zone"
  | "from"
  | "fromLatitude"
  | "fromLongitude"
  | "to"
  | "toLatitude"
  | "toLongitude"
  | "distanceKm"
  | "odometerStartKm"
  | "odometerEndKm"
  | "durationMin"
  | "levelFrom"
  | "levelTo"
  | "energyKwh"
  | "energySource"
  | "consumption"
  | "meanKmh"
  | "topKmh"
  | "purpose"
  | "purposeSource"
  | "inferred"
  | "place"
  | "latitude"
  | "longitude"
  | "provider"
  | "batteryKwh"
  | "batterySource"
  | "drawnKwh"
  | "drawnSource"
  | "gridKwh"
  | "solarKwh"
  | "efficiency"
  | "method"
  | "phases"
  | "peakKw"
  | "meanKw"
  | "pauses"
  | "reason"
  | "odometerKm"
  | "cost"
  | "currency"
  | "costSource"
  | "maxEnergyKwh"
  | "batterySizeMaxKwh"
  | "note";

/** Names whatever says a figure, a purpose or a cost. */
type Source =
  | FigureSource
  | NonNullable<NonNullable<TripEntry["purpose"]>["source"]>
  | NonNullable<NonNullable<ChargeEntry["cost"]>["source"]>;

/** Holds the texts of one language in the exports; units stand in brackets, as `__unit__` where a car may count in miles. */
export interface ExportTexts {
  /** Tag of the language by which dates and numbers are written on the page. */
  readonly locale: string;
  readonly columns: Readonly<Record<ColumnName, string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly reasons: Readonly<Record<ChargingEndReason, string>>;
  readonly sources: Readonly<Record<Source, string>>;
  readonly yes: string;
  readonly no: string;
  /** Title of the page. */
  readonly logbook: string;
  readonly trips: string;
  readonly charges: string;
  readonly overview: string;
  readonly month: string;
  /** Distance of the trips without a purpose. */
  readonly withoutPurpose: string;
  readonly sum: string;
  /** Stands where the page would be empty. */
  readonly nothing: string;
  /** Says that `__count__` charges have no cost in the currency of the sums. */
  readonly withoutCost: string;
}
