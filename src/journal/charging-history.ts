import { concludedDrawn, LEVEL_SIGMA_PP, NOTHING_DRAWN, toldDrawn, withDrawn } from "./charge-entry.js";
import { partsOfRows, type EnergyPart } from "./energy-course.js";
import { entryId, figureOf, rounded, SCHEMA, spanOf, type ChargeEntry, type Figure } from "./entry.js";
import type { HistorySession } from "./history-session.js";
import type { JournalSettings } from "./journal-settings.js";
import { placeOf } from "./places.js";
import { isSameSpan, overlapOf } from "./same-entry.js";
import { zonedTime } from "./zoned-time.js";

/** Mean power above which a charge is one with direct current [kW]. */
const DIRECT_FROM_KW = 25;
/** A difference of the drawn energy that is worth a correction, as a share of it. */
const WORTH_CORRECTING = 0.005;
/** Share of a charge that its sessions have to cover. */
const LEAST_COVERED = 0.8;
const HOUR_MS = 3_600_000;

/** Holds what a charging history changes. */
export interface HistoryChanges {
  /** Own charges that it completes. */
  readonly corrected: readonly ChargeEntry[];
  /** Charges that nobody has watched. */
  readonly filledIn: readonly ChargeEntry[];
}

/**
 * Matches BMW's sessions with the charges that are known of a car: those that went on at the same time are the same. BMW
 * may have cut a charge into several sessions, or joined several charges in one.
 * @param capacityKwh of the battery; `null` if unknown
 */
export function matchHistory(
  sessions: readonly HistorySession[],
  charges: readonly ChargeEntry[],
  capacityKwh: number | null,
  settings: JournalSettings,
): HistoryChanges {
  // BMW promises no order.
  const inOrder = [...sessions].sort((one, other) => one.from - other.from);
  const corrected = charges.flatMap((charge) => correctedBy(charge, inOrder, charges, settings) ?? []);
  const unknown = inOrder.filter((session) => !charges.some((charge) => isSameSpan(spanOf(charge), session)));
  const filledIn = unknown.filter(hasCharged).map((session) => entryOfSession(session, capacityKwh, settings));
  return { corrected, filledIn };
}

/** Returns whether anything has flowed: BMW lists plugging in as well. */
function hasCharged({ drawnKwh, startSoc, endSoc }: HistorySession): boolean {
  return drawnKwh !== null || (startSoc !== null && endSoc !== null && endSoc > startSoc);
}

/** Returns a charge with what the sessions of the same time add; `null` if that is nothing. */
function correctedBy(
  charge: ChargeEntry,
  sessions: readonly HistorySession[],
  charges: readonly ChargeEntry[],
  settings: JournalSettings,
): ChargeEntry | null {
  const own = sessions.filter((session) => isSameSpan(spanOf(charge), session));
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return null;
  const isAlone = own.every((session) => sharersOf(session, charges).length === 1);
  const completed = completedBy(charge, first, isAlone ? last : null, settings);
  const drawn = isWhole(charge, first.from, last.to) ? drawnIn(charge, own, charges) : null;
  if (drawn !== null && isOtherEnergy(charge.drawnKwh, drawn))
    return withDrawn(completed, drawn, courseOf(charge, own));
  return isCompleted(charge, completed) ? completed : null;
}

/** Returns whether sessions are all of a charge: an answer that begins or ends within it holds a part of its energy. */
function isWhole(charge: ChargeEntry, from: number, to: number): boolean {
  const span = spanOf(charge);
  return overlapOf(span, { from, to }) >= LEAST_COVERED * (span.to - span.from);
}

/**
 * Fills in what a charge lacks.
 * @param last session of the charge; `null`: a session is that of several charges, whose levels and cost are those of none
 */
function completedBy(
  charge: ChargeEntry,
  first: HistorySession,
  last: HistorySession | null,
  { places }: JournalSettings,
): ChargeEntry {
  const { place, odometerKm, provider } = first;
  return {
    ...charge,
    place: charge.place ?? placeOf(place, places),
    levelFrom: charge.levelFrom ?? shownLevel(last && first.startSoc),
    levelTo: charge.levelTo ?? shownLevel(last?.endSoc ?? null),
    odometerKm: charge.odometerKm ?? odometerKm,
    provider: charge.provider ?? provider,
    cost: charge.cost ?? (first === last ? costOf(first) : null),
  };
}

const COMPLETED = ["place", "levelFrom", "levelTo", "odometerKm", "provider", "cost"] as const;

function isCompleted(charge: ChargeEntry, completed: ChargeEntry): boolean {
  return COMPLETED.some((name) => charge[name] === null && completed[name] !== null);
}

/** The user's meter is nearer to the truth than BMW. */
function isOtherEnergy(known: Figure | null, drawn: Figure): boolean {
  if (known === null) return true;
  if (known.source === "meter") return false;
  return known.source !== drawn.source || Math.abs(known.value - drawn.value) > WORTH_CORRECTING * drawn.value;
}

/** Returns the part of the sessions' energy that is this charge's: a session of several charges is shared by their own. */
function drawnIn(
  charge: ChargeEntry,
  sessions: readonly HistorySession[],
  charges: readonly ChargeEntry[],
): Figure | null {
  const kwh = sessions.reduce((sum, session) => {
    const sharers = sharersOf(session, charges);
    const whole = sharers.reduce((total, one) => total + weightOf(one, session), 0);
    return sum + (session.drawnKwh ?? 0) * (whole > 0 ? weightOf(charge, session) / whole : 1 / sharers.length);
  }, 0);
  return toldDrawn(kwh, "chargingHistory");
}

function sharersOf(session: HistorySession, charges: readonly ChargeEntry[]): ChargeEntry[] {
  return charges.filter((charge) => isSameSpan(spanOf(charge), session));
}

function weightOf(charge: ChargeEntry, session: HistorySession): number {
  return charge.drawnKwh?.value ?? overlapOf(spanOf(charge), session) / HOUR_MS;
}

/** Returns the course of the energy: as it was watched, else as BMW tells it. */
function courseOf(charge: ChargeEntry, sessions: readonly HistorySession[]): EnergyPart[] {
  const watched = partsOfRows(charge.detail.parts, spanOf(charge).from);
  return watched.length > 0 ? watched : sessions.flatMap(({ parts }) => parts);
}

function costOf({ cost }: HistorySession): ChargeEntry["cost"] {
  return cost && { ...cost, source: "chargingHistory" };
}

function shownLevel(soc: number | null): Figure | null {
  return figureOf(soc, "chargingHistory", LEVEL_SIGMA_PP);
}

function entryOfSession(session: HistorySession, capacityKwh: number | null, settings: JournalSettings): ChargeEntry {
  const { from, to, drawnKwh, startSoc, endSoc, parts } = session;
  const gain = startSoc === null || endSoc === null ? null : Math.max(0, endSoc - startSoc);
  const batteryKwh =
    gain === null || capacityKwh === null
      ? null
      : figureOf((gain * capacityKwh) / 100, "chargingHistory", (LEVEL_SIGMA_PP * Math.SQRT2 * capacityKwh) / 100);
  const meanKw = drawnKwh === null || to === from ? null : drawnKwh / ((to - from) / HOUR_MS);
  const entry: ChargeEntry = {
    schema: SCHEMA,
    kind: "charge",
    id: entryId("charge", from),
    start: zonedTime(from, settings.zone),
    end: zonedTime(to, settings.zone),
    zone: settings.zone,
    note: null,
    place: placeOf(session.place, settings.places),
    levelFrom: shownLevel(startSoc),
    levelTo: shownLevel(endSoc),
    batteryKwh,
    ...NOTHING_DRAWN,
    method: meanKw !== null && meanKw > DIRECT_FROM_KW ? "DC" : null,
    phases: null,
    peakKw: null,
    meanKw: figureOf(meanKw, "chargingHistory"),
    pauses: 0,
    reason: null,
    cost: costOf(session),
    odometerKm: session.odometerKm === null ? null : rounded(session.odometerKm, 1),
    maxEnergyKwh: null,
    batterySizeMaxKwh: null,
    provider: session.provider,
    detail: { curve: [], parts: [] },
  };
  const drawn = drawnKwh === null ? concludedDrawn(batteryKwh, null) : toldDrawn(drawnKwh, "chargingHistory");
  return drawn === null ? entry : withDrawn(entry, drawn, parts);
}
