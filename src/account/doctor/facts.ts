import type { UselessLines } from "../../journal/journal-store.js";
import type { Container } from "../../rest/containers/container-calls.js";
import type { KnownContainer } from "../../rest/rest-service.js";
import type { Access, RegisteredVehicle } from "../../rest/vehicles.js";
import type { Problem } from "../../support/errors.js";
import { CLUSTERS, clustersOf, type Cluster } from "../../vehicle/descriptor-clusters.js";
import type { AccountSettings } from "../settings.js";
import type { AccountStatus, VehicleSummary } from "../status.js";

/** Names why a check asks BMW nothing. */
export type SparedReason = "broker" | "noLogin" | "noRight" | "noQuota";

/** The result of the one request of a check, for the list of data containers. */
export type CallResult =
  | { readonly kind: "spared"; readonly why: SparedReason }
  | { readonly kind: "answered"; readonly containers: readonly Container[] }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Holds all that a check judges by. */
export interface DoctorFacts {
  readonly source: AccountSettings["source"];
  /** The groups of values that the user has ticked in BMW's portal, as chosen in the dialog. */
  readonly ticked: readonly Cluster[];
  readonly status: AccountStatus;
  readonly call: CallResult;
  readonly container: KnownContainer;
  readonly journal: JournalFacts;
  readonly cars: readonly CarFacts[];
  /** Milliseconds. */
  readonly now: number;
}

/** Tells how the files of the journal are. */
export interface JournalFacts extends UselessLines {
  /** Why they cannot be read, or written. */
  readonly problem: Problem | null;
}

export interface CarFacts extends Pick<VehicleSummary, "vin" | "name" | "role"> {
  readonly access: Access;
  readonly driveType: RegisteredVehicle["vehicle"]["driveType"];
  /** How many different values have ever come. */
  readonly count: number;
  /** The same by group; a value may be in several. */
  readonly came: Readonly<Record<Cluster, number>>;
  /** Time of the newest value [ms]; `null` if none has come. */
  readonly newest: number | null;
}

/** Collects what a check needs to know of a car. */
export function carFacts(summary: VehicleSummary, { vehicle }: Pick<RegisteredVehicle, "vehicle">): CarFacts {
  const { vin, name, role, access } = summary;
  // What the package itself has derived was not sent.
  const sent = [...vehicle.readings.values()].filter(({ source }) => source !== "derived");
  const newest = sent.reduce<number | null>((last, { timestamp }) => Math.max(timestamp, last ?? 0), null);
  const came = CLUSTERS.map((cluster) => [
    cluster,
    sent.filter(({ descriptor }) => clustersOf(descriptor).includes(cluster)).length,
  ]);
  return {
    ...{ vin, name, role, access, newest },
    driveType: vehicle.driveType,
    count: sent.length,
    came: Object.fromEntries(came) as Record<Cluster, number>,
  };
}
