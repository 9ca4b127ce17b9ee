import { REFRESH_TOKEN_LIFE_MS, splitScopes, type ScopesStatus } from "../auth/tokens.js";
import type { QuotaSnapshot } from "../rest/quota-ledger.js";
import type { RestService } from "../rest/rest-service.js";
import { isLimited, type Access, type RegisteredVehicle } from "../rest/vehicles.js";
import type { PrefixWatch } from "../stream/prefix-watch.js";
import type { StreamManager } from "../stream/stream-manager.js";
import { cleanText } from "../support/clean-text.js";
import { newProblem, type Problem } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import { redactor } from "../support/redact.js";
import type { GeoPoint } from "../vehicle/geography.js";
import type { Reading, ReadingValue } from "../vehicle/reading.js";
import type { AccountFiles } from "./account-files.js";
import type { AccountLogin } from "./account-login.js";
import type { PassedOn } from "./passed-on.js";
import type { AccountSettings } from "./settings.js";
import { knownNameOf, modelNameOf, shortNameOf } from "./vehicle-identity.js";
import type { VehicleRegistry } from "./vehicle-registry.js";

/** The state of an account in independent parts: trouble in one does not affect another. All times are ISO 8601. */
export interface AccountStatus {
  readonly login: LoginStatus;
  readonly stream: StreamStatus;
  readonly rest: RestStatus;
  readonly quota: QuotaStatus;
  /** The reason why files cannot be read or written; absent while there is none. */
  readonly files?: Problem;
}

interface LoginStatus {
  /**
   * `not-needed`: the values come from the user's own broker. `refused`: the account may not work because of another one;
   * it takes over by itself when that is gone.
   */
  readonly state: "none" | "ok" | "needed" | "not-needed" | "refused";
  /** Why a login is needed, why the account may not work, or what prevents the renewal of the login at the moment. */
  readonly problem?: Problem;
  readonly tokenExpiresAt?: string;
  /** When the login expires unless it is renewed, which happens by itself. */
  readonly loginExpiresAt?: string;
  readonly scopes?: ScopesStatus;
}

export interface StreamStatus {
  /** `quiet`: connected, but no car has sent anything for long, as parked cars do. */
  readonly state: "off" | "connecting" | "live" | "quiet" | "waiting" | "no-right";
  /** Why there is no stream; with a connection to the user's own broker, what is wrong all the same. */
  readonly problem?: Problem;
  /** Since when the stream is connected. */
  readonly since?: string;
  readonly lastMessageAt?: string;
  readonly retryAt?: string;
}

interface RestStatus {
  /** `off`: no login for it, or the account may not work. */
  readonly state: "off" | "ok" | "failed";
  /** Why the last call failed, or why the account may not work. */
  readonly problem?: Problem;
  /** When BMW answered a call last; kept over restarts. */
  readonly lastSuccessAt?: string;
}

export interface QuotaStatus {
  readonly used: number;
  readonly remaining: number;
  readonly limit: number;
  readonly window: "utc-day" | "rolling-24h";
  readonly resetsAt: string;
  /** BMW has refused a call; nothing is sent before this time. */
  readonly blockedUntil?: string;
}

/** The parts of an account that have a status. */
interface DescribedParts {
  readonly login: Pick<AccountLogin, "health" | "tokens" | "refusal" | "isKnown" | "notice">;
  readonly stream: Pick<StreamManager, "state" | "quiet" | "lastMessageAt" | "hasReceived">;
  readonly rest: Pick<RestService, "problem" | "successAt" | "quota">;
  readonly files: Pick<AccountFiles, "problem">;
  readonly passedOn: Pick<PassedOn, "problem">;
  readonly prefixWatch: Pick<PrefixWatch, "problem"> | null;
}

export function describeAccount({ source, broker }: AccountSettings, parts: DescribedParts): AccountStatus {
  const { login, stream, rest, files, passedOn, prefixWatch } = parts;
  const silence = source === "broker" ? silenceOf(stream, broker) : null;
  return {
    login: describeLogin(source, login, files.problem),
    stream: describeStream(stream, passedOn.problem ?? prefixWatch?.problem ?? silence),
    rest: describeRest(login, rest),
    quota: describeQuota(rest.quota),
    ...(files.problem && { files: files.problem }),
  };
}

function describeLogin(
  source: AccountSettings["source"],
  { health, tokens, refusal, isKnown, notice }: DescribedParts["login"],
  files: Problem | null,
): LoginStatus {
  if (refusal !== null) return { state: "refused", problem: refusal };
  const state = source === "broker" && health.state === "none" ? "not-needed" : health.state;
  const problem = health.problem ?? (isKnown || state === "not-needed" ? null : files) ?? notice;
  return {
    state,
    ...(problem && { problem }),
    ...(tokens && {
      tokenExpiresAt: isoTime(tokens.expiresAt),
      loginExpiresAt: isoTime(tokens.refreshTokenObtainedAt + REFRESH_TOKEN_LIFE_MS),
      scopes: splitScopes(tokens),
    }),
  };
}

/** Returns that nothing has come from the user's own broker yet; `null` if something has. */
function silenceOf({ hasReceived }: DescribedParts["stream"], { prefix }: AccountSettings["broker"]): Problem | null {
  return hasReceived ? null : newProblem("broker_silent", { topic: `${prefix}#` });
}

function describeStream(
  { state: stream, quiet, lastMessageAt }: DescribedParts["stream"],
  unfed: Problem | null,
): StreamStatus {
  const last = lastMessageAt === null ? {} : { lastMessageAt: isoTime(lastMessageAt) };
  switch (stream.kind) {
    case "off": {
      const state = stream.problem?.code === "scope_stream_missing" ? "no-right" : "off";
      return { state, ...(stream.problem && { problem: stream.problem }), ...last };
    }
    case "connecting":
      // A planned renewal is over in a second; the stream counts as live meanwhile.
      return { state: stream.renewal ? (quiet ? "quiet" : "live") : "connecting", ...last };
    case "live":
      return { ...describeLive(quiet, unfed), since: isoTime(stream.since), ...last };
    case "waiting":
      return { state: "waiting", problem: stream.problem, retryAt: isoTime(stream.retryAt), ...last };
  }
}

function describeLive(quiet: boolean, unfed: Problem | null): Pick<StreamStatus, "state" | "problem"> {
  return { state: quiet ? "quiet" : "live", ...(unfed && { problem: unfed }) };
}

function describeRest({ refusal, health }: DescribedParts["login"], { problem, successAt }: DescribedParts["rest"]) {
  const success = successAt === 0 ? {} : { lastSuccessAt: isoTime(successAt) };
  const status = (state: RestStatus["state"], why: Problem | null): RestStatus => {
    return { state, ...(why && { problem: why }), ...success };
  };
  if (refusal !== null) return status("off", refusal);
  if (health.state !== "ok") return status("off", null);
  return problem === null ? status("ok", null) : status("failed", problem);
}

function describeQuota({ resetsAt, blockedUntil, ...figures }: QuotaSnapshot): QuotaStatus {
  const blocked = blockedUntil === null ? {} : { blockedUntil: isoTime(blockedUntil) };
  return { ...figures, resetsAt: isoTime(resetsAt), ...blocked };
}

/** Describes an account to people. */
interface ShownAccount {
  /** The user's settings of the cars. */
  readonly vehicles: AccountSettings["vehicles"];
  readonly status: AccountStatus;
  readonly registry: VehicleRegistry;
  readonly rest: RestService;
  /** Removes secrets, coordinates and full VINs from a text for others. */
  redact(text: string): string;
}

const LONGEST_NAME = 100;

/** A car for pickers. */
export interface VehicleSummary {
  readonly vin: string;
  /** Name from the account settings, else make and model, else "". */
  readonly name: string;
  /** Make and model; "" while BMW has told no model. */
  readonly model: string;
  readonly role: RegisteredVehicle["role"];
  /** Whether BMW lets it be read over REST. */
  readonly access: Access;
  /**
   * Whether the car has sent next to nothing so far: a car of the family that is not shared, or whose data stream is
   * not set up.
   */
  readonly limited: boolean;
}

/** A car for the labels of nodes. */
export type NamedVehicle = Pick<VehicleSummary, "vin" | "name">;

/** Tells where a car is, or was when it was heard last. */
export interface CarPosition extends NamedVehicle, GeoPoint {
  /** ISO time of the fix. */
  readonly time: string;
}

/** A descriptor that was received from at least one car of the account. */
export interface DescriptorSummary {
  readonly id: string;
  /** ISO time of the newest value. */
  readonly lastSeen: string;
  /** The newest value, `null` if the car says that it is unknown; absent where it tells a place or a secret. */
  readonly value?: ReadingValue | null;
  /** Canonical spelling; `null` without one. */
  readonly unit: string | null;
  /** Name of the car that sent it, where there are several. */
  readonly car?: string;
}

export function namedVehicles(account: Pick<ShownAccount, "vehicles" | "registry">): NamedVehicle[] {
  return [...account.registry.cars.keys()].map((vin) => ({ vin, name: shortText(knownNameOf(account, vin)) }));
}

export function vehicleSummaries(account: Pick<ShownAccount, "vehicles" | "registry" | "rest">): VehicleSummary[] {
  const { registry, rest } = account;
  return [...registry.cars].map(([vin, car]) => ({
    vin,
    name: shortText(knownNameOf(account, vin)),
    model: shortText(modelNameOf(car)),
    role: car.role,
    access: rest.access(vin, car),
    limited: isLimited(car),
  }));
}

/** Lists where the cars are that have told it, the one that was heard last first. */
export function carPositions(account: Pick<ShownAccount, "vehicles" | "registry">): CarPosition[] {
  const cars = [...account.registry.cars].flatMap(([vin, { vehicle }]) => {
    const { position } = vehicle;
    return position === null ? [] : [{ vin, position }];
  });
  return cars
    .sort((one, other) => other.position.timestamp - one.position.timestamp)
    .map(({ vin, position: { latitude, longitude, timestamp } }) => ({
      vin,
      name: shortText(knownNameOf(account, vin)),
      latitude,
      longitude,
      time: isoTime(timestamp),
    }));
}

export function descriptorSummaries(account: Pick<ShownAccount, "vehicles" | "registry">): DescriptorSummary[] {
  const newest = new Map<string, { readonly vin: string; readonly reading: Reading }>();
  for (const [vin, { vehicle }] of account.registry.cars)
    for (const reading of vehicle.readings.values()) {
      const { timestamp = -Infinity } = newest.get(reading.descriptor)?.reading ?? {};
      if (reading.timestamp > timestamp) newest.set(reading.descriptor, { vin, reading });
    }
  const isOne = account.registry.cars.size < 2;
  return [...newest.values()].map(({ vin, reading }) => ({
    id: reading.descriptor,
    lastSeen: isoTime(reading.timestamp),
    ...shownValue(reading),
    unit: reading.unit,
    ...(!isOne && { car: shortText(shortNameOf(account, vin)) }),
  }));
}

/** Returns the value of a reading unless it is one that the redactor takes out, by its name or by its form. */
function shownValue({ descriptor, value }: Reading): Pick<DescriptorSummary, "value"> {
  const [shown] = Object.values(redactor.value({ [descriptor]: value }) ?? {}) as unknown[];
  if (shown !== value) return {};
  return { value: typeof value === "string" ? shortText(value) : value };
}

/** Collects the data of the diagnostics file, which are safe to hand to others. */
export function diagnostics(account: ShownAccount): object {
  return {
    status: account.status,
    cars: [...account.registry.cars].map(([vin, car]) => ({
      vin: account.redact(vin),
      role: car.role,
      access: account.rest.access(vin, car),
      resting: account.rest.resting(vin),
      descriptors: car.vehicle.readings.size,
    })),
    quota: account.rest.quotaReport,
    rejected: account.registry.rejected,
  };
}

/** Returns a foreign text as a line of a picker. */
function shortText(text: string | null): string {
  return cleanText(text ?? "", LONGEST_NAME);
}
