import type { RegisteredVehicle } from "../rest/vehicles.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { maskVin, parseVin } from "../support/vin.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { VehicleSettings } from "./settings.js";

type AliasByVin = readonly Pick<VehicleSettings, "vin" | "alias">[];

/** Names under which cars are known to the user and to the user's broker. */
interface NamedCars {
  readonly vehicles: AliasByVin;
  /** Ids with which cars were announced to Home Assistant first; `null` if never. */
  readonly announced: { idOf(vin: string): string | null; vinOf(id: string): string | null };
  readonly aliases: { isTaken(alias: string): boolean };
}

/**
 * Returns the id with which a car is announced to Home Assistant first: its alias with letters, digits, `_` and `-`
 * alone, else its VIN. An alias that another car has as well, or that reads like a VIN, counts for the first car only.
 */
export function vehicleIdOf(vehicles: AliasByVin, vin: string): string {
  const own = vehicles.find((car) => car.vin === vin)?.alias ?? "";
  const key = aliasKeyOf(own);
  const first = vehicles.find(({ alias }) => aliasKeyOf(alias) === key);
  return key === null || first?.vin !== vin ? vin : idOf(own);
}

/** Normalises an alias to the form that no two cars may share; `null` if the alias stands for no car. */
export function aliasKeyOf(alias: string): string | null {
  // Home Assistant's ids are in lower case.
  const key = idOf(alias.trim()).toLowerCase();
  return key === "" || parseVin(key) !== null ? null : key;
}

/**
 * Returns the VIN of the car that `value` names by VIN, by alias, or by the id in its topics; `null` if it names none.
 */
export function vinOf(cars: NamedCars, value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim();
  const announced = () => {
    const vin = cars.announced.vinOf(name);
    return vin !== null && keptIdOf(cars, vin) === name ? vin : null;
  };
  return vinNamed(cars, name) ?? announced();
}

/** Returns the message with the car's VIN in `msg.vin` in place of its alias; does not change the message itself. */
export function withVin(message: unknown, cars: NamedCars): unknown {
  if (!isObject(message) || parseVin(message["vin"]) !== null) return message;
  const vin = vinOf(cars, message["vin"]);
  return vin === null ? message : { ...message, vin };
}

function vinNamed({ vehicles }: Pick<NamedCars, "vehicles">, name: string): string | null {
  const key = aliasKeyOf(name);
  const named = () => vehicles.find(({ alias }) => aliasKeyOf(alias) === key)?.vin ?? null;
  return parseVin(name) ?? (key === null ? null : named());
}

/**
 * Returns the id with which a car was announced first, so that an alias given later does not make other entities of its
 * entities; `null` if there is none, or if another car is called so by now.
 */
function keptIdOf(cars: NamedCars, vin: string): string | null {
  const id = cars.announced.idOf(vin);
  if (id === null || cars.aliases.isTaken(id)) return null;
  return (vinNamed(cars, id) ?? vin) === vin ? id : null;
}

function announcedIdOf(cars: NamedCars, vin: string): string {
  return keptIdOf(cars, vin) ?? vehicleIdOf(cars.vehicles, vin);
}

function idOf(alias: string): string {
  return alias.replace(/[^A-Za-z0-9_-]/g, "_");
}

/** The names and traits under which Home Assistant knows a car. */
export interface CarIdentity {
  /** Id in topics and of entities: that of its first announcement, which was its alias, else its VIN. */
  readonly id: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string | null;
  /** Its VIN; `null` where an alias hides it. */
  readonly serialNumber: string | null;
  /** Version of the software of the car; `null` where BMW names none. */
  readonly softwareVersion: string | null;
  /** `null` while unknown. */
  readonly driveType: DriveType | null;
}

/** Names the cars that an account knows, by its settings and by its data. */
interface KnownCars extends NamedCars {
  readonly vehicles: readonly VehicleSettings[];
  readonly registry: { readonly cars: ReadonlyMap<string, RegisteredVehicle> };
}

/** `null`: the account does not know the car, or has to ignore it. */
export function carIdentity(cars: KnownCars, vin: string) {
  const { vehicles, registry } = cars;
  const own = vehicles.find((car) => car.vin === vin);
  const known = registry.cars.get(vin);
  if (own?.ignore === true || (own ?? known) === undefined) return null;
  const alias = own?.alias ?? "";
  const { manufacturer, model, softwareVersion, driveType } = kindOf(known);
  const identity: CarIdentity = {
    id: announcedIdOf(cars, vin),
    name: nameOf(vin, own, known),
    manufacturer,
    model,
    serialNumber: alias === "" ? vin : null,
    softwareVersion,
    driveType,
  };
  return identity;
}

/** Returns the drive type of a car, `null` while unknown; `undefined`: the account does not know the car, or has to ignore it. */
export function driveTypeOf(
  { vehicles, registry }: Pick<KnownCars, "vehicles" | "registry">,
  vin: string,
): DriveType | null | undefined {
  const own = vehicles.find((car) => car.vin === vin);
  const known = registry.cars.get(vin);
  if (own?.ignore === true || (own ?? known) === undefined) return undefined;
  return known?.vehicle.driveType ?? null;
}

/** Names as they were made of what is known of a car: each message asks for one. */
const namesMade = new WeakMap<
  RegisteredVehicle,
  { own: VehicleSettings | undefined; basicData: unknown; name: string }
>();

/** Returns what people call a car; `null`: the account does not know it, or has to ignore it. */
export function carNameOf(
  { vehicles, registry }: Pick<KnownCars, "vehicles" | "registry">,
  vin: string,
): string | null {
  const own = settingsIn(vehicles, vin);
  const known = registry.cars.get(vin);
  if (own?.ignore === true) return null;
  if (known === undefined) return own === undefined ? null : nameOf(vin, own, known);
  const made = namesMade.get(known);
  if (made !== undefined && made.own === own && made.basicData === known.basicData) return made.name;
  const name = nameOf(vin, own, known);
  namesMade.set(known, { own, basicData: known.basicData, name });
  return name;
}

/** Finds the settings of a car; a loop, because each message asks and `find` would need a function each time. */
function settingsIn(vehicles: readonly VehicleSettings[], vin: string): VehicleSettings | undefined {
  for (const car of vehicles) if (car.vin === vin) return car;
  return undefined;
}

/** Returns what the user or BMW calls a car; `null` while neither has said it. */
export function knownNameOf({ vehicles, registry }: Pick<KnownCars, "vehicles" | "registry">, vin: string) {
  const own = vehicles.find((car) => car.vin === vin);
  return givenNameOf(own) ?? modelNameOf(registry.cars.get(vin));
}

/** Returns what people call a car, else `…3456`, for lines with little room. */
export function shortNameOf(cars: Pick<KnownCars, "vehicles" | "registry">, vin: string): string {
  return knownNameOf(cars, vin) ?? maskVin(vin);
}

/** Returns make and model; `null` while BMW has told no model. */
export function modelNameOf(car: RegisteredVehicle | undefined): string | null {
  const { manufacturer, model } = kindOf(car);
  return model === null ? null : `${manufacturer} ${model}`;
}

function givenNameOf(own: VehicleSettings | undefined): string | null {
  return own?.name || own?.alias || null;
}

function nameOf(vin: string, own: VehicleSettings | undefined, known: RegisteredVehicle | undefined): string {
  return givenNameOf(own) ?? modelNameOf(known) ?? `${kindOf(known).manufacturer} ${maskVin(vin)}`;
}

type Kind = Pick<CarIdentity, "manufacturer" | "model" | "softwareVersion" | "driveType">;

function kindOf(car: RegisteredVehicle | undefined): Kind {
  const first = (...names: string[]) => {
    return names.map((name) => nonEmptyText(car?.basicData?.[name])).find((name) => name !== null) ?? null;
  };
  const driveType = car?.vehicle.driveType ?? null;
  return {
    manufacturer: first("brand") ?? "BMW",
    model: first("modelName", "series", "modelRange"),
    softwareVersion: first("puStep"),
    driveType,
  };
}
