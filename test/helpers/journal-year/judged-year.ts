import assert from "node:assert/strict";
import type { ChargeEntry, TripEntry } from "../../../src/journal/entry.js";
import { gridPriceAt, solarPriceAt, sunAt } from "./household.js";
import { chargesOf, tripsOf, type PlayedYear } from "./played-year.js";
import {
  MINUTE,
  QUARTER,
  VOLTS,
  type TrueCharge,
  type TrueTrip,
  type YearCar,
  type YearCarDesign,
} from "./year-car.js";

/** Says how far the journal of a car is from the truth. */
export interface CarVerdict {
  readonly vin: string;
  readonly trips: number;
  readonly charges: number;
  /** Largest error of the drawn energy of a charge that was told, and that of all of it, as shares. */
  readonly worstEnergy: number;
  readonly totalEnergy: number;
  /** That of its costs. */
  readonly totalCost: number;
  /** Error of the capacity as a share; `null`: it was not told. */
  readonly capacity: number | null;
}

/** Clocks of trips and charges agree that well [ms]. */
const WITHIN_MS = 2 * MINUTE;
const WITHIN_KM = 1.5;
const WITHIN_PP = 1;
const ENERGY_WITHIN = 0.03;
/** With the error of binary fractions. */
const HALF_CENT = 0.005 + 1e-7;
/** In the currency: that of the energy of a minute or two. */
const COST_WITHIN = 0.1;
/** Deviations within which energy is that is only concluded from the levels. */
const CONCLUDED_SIGMAS = 3;
const CAPACITY_WITHIN = 0.02;

/**
 * Compares the journal of a household with the truth: every trip and charge is there once, with the figures that the cars
 * could know, and costs what the energy of each quarter costs by a reckoning of its own, to the cent.
 */
export function judgeYear(year: PlayedYear, end: number): CarVerdict[] {
  return year.household.cars.map((car) => judgeCar(year, car, end));
}

function judgeCar(year: PlayedYear, car: YearCar, end: number): CarVerdict {
  const { vin } = car.design;
  const entries = year.entries.get(vin) ?? [];
  const [trips, charges] = [tripsOf(entries), chargesOf(entries)];
  const [trueTrips, trueCharges] = [toldUntil(car.trips, end), toldUntil(car.charges, end)];
  assert.equal(trips.length, trueTrips.length, `trips of ${vin}`);
  assert.equal(charges.length, trueCharges.length, `charges of ${vin}`);
  for (const [index, trip] of trips.entries()) judgeTrip(trip, trueTrips[index]);
  const errors = charges.map((charge, index) => judgeCharge(charge, trueCharges[index], car.design));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const paid = sum(charges.map(paidFor));
  assert.equal(yearsOf(year, vin).cost, Math.round(paid * 100) / 100, `sum of the costs of ${vin}`);
  return {
    ...{ vin, trips: trips.length, charges: charges.length, worstEnergy: Math.max(...errors) },
    ...totalsOf(charges, trueCharges, car.design),
    capacity: judgeCapacity(year, car, end),
  };
}

/** Returns the errors of all energy that was told, and of its costs. */
function totalsOf(charges: readonly ChargeEntry[], truths: readonly TrueCharge[], design: YearCarDesign) {
  let [drawn, truth, paid, toPay] = [0, 0, 0, 0];
  for (const [index, charge] of charges.entries()) {
    const own = truths[index];
    if (own === undefined || charge.drawnKwh?.source === "estimate") continue;
    drawn += drawnOf(charge);
    truth += own.drawnKwh;
    paid += paidFor(charge);
    toPay += trueCost(own, design);
  }
  return { totalEnergy: errorOf(drawn, truth), totalCost: errorOf(paid, toPay) };
}

/** Returns an error as a share of the truth; a car that has not charged has nothing to be wrong about. */
function errorOf(told: number, truth: number): number {
  return told === truth ? 0 : told / truth - 1;
}

/** Returns what was told to its end; what goes on at the end of the life is no entry yet. */
function toldUntil<T extends TrueTrip | TrueCharge>(all: readonly T[], end: number): T[] {
  return all.filter((one) => one.end < end - WITHIN_MS);
}

function judgeTrip(trip: TripEntry, truth: TrueTrip | undefined): void {
  assert.ok(truth !== undefined && isAt(trip, truth), trip.id);
  assert.ok(Math.abs((trip.distanceKm?.value ?? NaN) - truth.km) < WITHIN_KM, `${trip.id} ${truth.km}`);
  assert.deepEqual([trip.from?.name, trip.to?.name], [truth.from.name, truth.to.name], trip.id);
}

/** Returns the error of the drawn energy that was told, as a share; 0 where it is concluded from the levels. */
function judgeCharge(charge: ChargeEntry, truth: TrueCharge | undefined, design: YearCarDesign): number {
  assert.ok(truth !== undefined && isAt(charge, truth), charge.id);
  judgeState(charge, truth);
  const { drawnKwh } = charge;
  const ofParts = costOfParts(charge, truth);
  assert.ok(Math.abs(paidFor(charge) - ofParts) < HALF_CENT, `${charge.id}: ${paidFor(charge)} for ${ofParts}`);
  const off = Math.abs(drawnOf(charge) - truth.drawnKwh);
  const isConcluded = drawnKwh?.source === "estimate";
  const within = isConcluded ? CONCLUDED_SIGMAS * (drawnKwh.sigma ?? 0) : ENERGY_WITHIN * truth.drawnKwh;
  assert.ok(off < within, `${charge.id}: ${drawnOf(charge)} kWh of ${truth.drawnKwh}`);
  if (isConcluded) return 0;
  const toPay = trueCost(truth, design);
  // What the sun has given is known roughly where nobody tells the power.
  const isNear = Math.abs(paidFor(charge) - toPay) < Math.max(COST_WITHIN, ENERGY_WITHIN * toPay);
  assert.ok(isNear || design.telemetry === "none", `${charge.id}: ${paidFor(charge)} for ${toPay}`);
  return off / truth.drawnKwh;
}

function judgeState({ id, levelFrom, levelTo, method, place }: ChargeEntry, truth: TrueCharge): void {
  assert.ok(Math.abs((levelFrom?.value ?? NaN) - truth.socFrom) <= WITHIN_PP, `${id} from`);
  assert.ok(Math.abs((levelTo?.value ?? NaN) - truth.socTo) <= WITHIN_PP, `${id} to`);
  assert.deepEqual([method, place?.name], [truth.method, truth.spot.name], id);
}

function judgeCapacity(year: PlayedYear, car: YearCar, end: number): number | null {
  const health = year.summaries.get(car.design.vin)?.health;
  if (health?.capacityKwh === undefined || health.capacityKwh === null) return null;
  const at = health.lossPercent === null ? (car.begin + end) / 2 : Date.parse(health.lastAt ?? "");
  const error = health.capacityKwh.value / car.capacityAt(at) - 1;
  assert.ok(Math.abs(error) < CAPACITY_WITHIN, `capacity of ${car.design.vin}: ${health.capacityKwh.value}`);
  return error;
}

function isAt({ start, end }: TripEntry | ChargeEntry, truth: TrueTrip | TrueCharge): boolean {
  const near = (text: string, time: number) => Math.abs(Date.parse(text) - time) < WITHIN_MS;
  return near(start, truth.start) && near(end, truth.end);
}

const paidFor = ({ cost }: ChargeEntry) => cost?.amount ?? NaN;
const drawnOf = ({ drawnKwh }: ChargeEntry) => drawnKwh?.value ?? NaN;

/** Reckons what the quarters of an entry cost. */
function costOfParts({ start, detail }: ChargeEntry, { spot }: TrueCharge): number {
  const first = Math.floor(Date.parse(start) / QUARTER);
  const paid = detail.parts.map(([quarter, kwh, solar]) => {
    const sun = solar ?? 0;
    const price = gridPriceAt(spot, (first + Number(quarter)) * QUARTER);
    return (Number(kwh) - sun) * price + sun * solarPriceAt(spot);
  });
  return paid.reduce((sum, one) => sum + one, 0);
}

/** Reckons what a charge has truly cost, with the sun of each quarter at home and at work. */
function trueCost({ quarters, spot, method }: TrueCharge, { amps, phases }: YearCarDesign): number {
  const kw = (VOLTS * amps * phases) / 1000;
  const paid = [...quarters].map(([quarter, kwh]) => {
    const at = quarter * QUARTER;
    const sun = method === "DC" || spot.name === null ? 0 : Math.min(1, sunAt(at) / kw);
    return kwh * ((1 - sun) * gridPriceAt(spot, at) + sun * solarPriceAt(spot));
  });
  return paid.reduce((sum, one) => sum + one, 0);
}

function yearsOf({ summaries }: PlayedYear, vin: string): { readonly cost: number } {
  const years = summaries.get(vin)?.years ?? [];
  return { cost: Math.round(years.reduce((sum, { cost }) => sum + (cost ?? 0), 0) * 100) / 100 };
}
