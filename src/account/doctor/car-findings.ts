import { cleanText } from "../../support/clean-text.js";
import { newProblem } from "../../support/errors.js";
import { isoTime } from "../../support/iso-time.js";
import { maskVin } from "../../support/vin.js";
import { CLUSTERS, type Cluster } from "../../vehicle/descriptor-clusters.js";
import type { CarFacts, DoctorFacts } from "./facts.js";
import type { Finding } from "./finding.js";
import { found, trouble } from "./new-finding.js";

/** A car with fewer values was hardly set up. */
const FEWEST_VALUES = 5;
/** Longer than a holiday. */
const OLD_MS = 21 * 24 * 3600 * 1000;

/** Judges the cars one after the other. */
export function carFindings(facts: DoctorFacts): Finding[] {
  const { cars, source, status } = facts;
  if (cars.length > 0) return cars.flatMap((car) => ofCar(facts, car));
  if (source === "broker") return [found("cars", "yellow", "no_cars_heard")];
  return [found("cars", "yellow", status.login.state === "ok" ? "no_cars" : "after_login")];
}

function ofCar(facts: DoctorFacts, car: CarFacts): Finding[] {
  const findings = [...roleFindings(facts, car), ...dataFindings(facts, car), ...messageFindings(facts, car)];
  const name = carName(car);
  return findings.map((finding) => ({ ...finding, car: name }));
}

/** Returns the name of a car and the end of its VIN; a name may hold anything. */
function carName({ vin, name }: CarFacts): string {
  return cleanText(`${name} ${maskVin(vin)}`.trim());
}

/** BMW's API answers to the main user of a car only. */
function roleFindings({ source }: DoctorFacts, { vin, role, access }: CarFacts): Finding[] {
  const problem = (code: "cu_104" | "car_secondary") => newProblem(code, { vin: maskVin(vin) });
  if (source === "broker") return [];
  if (access === "not_telematics_capable") return [found("role", "yellow", "not_capable")];
  if (access === "no_permission") return [trouble("role", "yellow", problem("cu_104"))];
  if (role === "secondary") return [trouble("role", "yellow", problem("car_secondary"))];
  return role === "primary" ? [found("role", "green", "role_primary")] : [found("role", "yellow", "role_unknown")];
}

/** Compares what was ticked in the portal with what has ever come. */
function dataFindings({ ticked, source }: DoctorFacts, { count, came, driveType }: CarFacts): Finding[] {
  if (count === 0) return [found("data", "red", "data_none")];
  const little = count < FEWEST_VALUES ? [found("data", "yellow", "data_little", { count })] : [];
  const isExpected = (cluster: Cluster) =>
    source === "bmw" && ticked.includes(cluster) && !(cluster === "charging" && driveType === "combustion");
  const clusters = CLUSTERS.flatMap((cluster) => {
    if (came[cluster] > 0) return [found("data", "green", "cluster_came", { cluster, count: came[cluster] })];
    return isExpected(cluster) ? [found("data", "yellow", "cluster_missing", { cluster })] : [];
  });
  return [...little, ...clusters];
}

function messageFindings({ now }: DoctorFacts, { newest }: CarFacts): Finding[] {
  if (newest === null) return [];
  const time = isoTime(newest);
  return now - newest > OLD_MS
    ? [found("message", "yellow", "message_old", { time })]
    : [found("message", "green", "message_recent", { time })];
}
