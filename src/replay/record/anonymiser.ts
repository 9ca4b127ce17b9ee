import { REDACTED } from "../../support/sensitive-text.js";
import type { JsonObject } from "../../support/json.js";
import type { Random } from "../../support/random.js";
import { Pseudonyms, inventedId, inventedVin, isInventedId, isInventedVin } from "./pseudonyms.js";
import type { SensitiveData, SensitiveKind } from "./sensitive-data.js";
import { LIMITS, CoordinateShift, stepAside } from "./coordinate-shift.js";
import type { CoordinateAxis } from "./key-role.js";
import { NOWHERE, REMOVED, type Treatment } from "./treatment.js";
import { treatLine } from "./treat-value.js";

/** Replaces everything sensitive in the lines of one recording, consistently. */
export class Anonymiser implements Treatment {
  readonly #vins: Pseudonyms;
  readonly #ids: Pseudonyms;
  readonly #shift: CoordinateShift;
  /** Coordinates as they were written, without sign. */
  readonly #written: ReadonlySet<string>;
  /** Coordinates as they are now. */
  readonly #moved = new Set<number>();

  /**
   * Prepares the anonymiser.
   * @param sensitiveData sensitive data of all lines
   */
  constructor(
    private readonly sensitiveData: SensitiveData,
    random: Random,
  ) {
    const { coordinates, invented } = sensitiveData;
    this.#vins = new Pseudonyms(inventedVin, invented);
    this.#ids = new Pseudonyms(inventedId, invented);
    this.#shift = new CoordinateShift(coordinates, random);
    const all = [...coordinates.latitude, ...coordinates.longitude];
    this.#written = new Set(
      all.filter((value) => sensitiveData.axisOf(value) !== null).map((value) => String(Math.abs(value))),
    );
  }

  line(line: JsonObject): unknown {
    return treatLine(line, this);
  }

  vin(vin: string): string {
    return isInventedVin(vin) ? vin : this.#vins.of(vin.toUpperCase());
  }

  customer(id: string): string {
    if (isInventedId(id)) return id;
    const isPlain = /^[\da-f]{32}$/i.test(id);
    const alias = this.#ids.of(id.toLowerCase().replaceAll("-", ""));
    return isPlain ? alias.replaceAll("-", "") : alias;
  }

  secret(): string {
    return REDACTED;
  }

  personal(): string {
    return REMOVED;
  }

  place(axis: CoordinateAxis, degrees: number): number {
    if (this.#moved.has(degrees)) return degrees;
    if (Math.abs(degrees) > LIMITS[axis]) return NOWHERE;
    let moved = this.#shift.move(axis, degrees);
    // It may coincidentally look like a coordinate of the original, which nobody could disprove.
    while (this.#looksOriginal(moved)) moved = stepAside(axis, moved);
    this.#moved.add(moved);
    return moved;
  }

  number(value: number): number {
    const axis = this.sensitiveData.axisOf(value);
    return axis === null ? value : this.place(axis, value);
  }

  rest(text: string): string {
    return this.sensitiveData.replaceIn(
      text,
      (word, kind) => this.#replacement(word, kind),
      (axis, degrees) => this.place(axis, degrees),
    );
  }

  #replacement(word: string, kind: SensitiveKind): string {
    switch (kind) {
      case "VIN":
        return this.vin(word);
      case "customer id":
        return this.customer(word);
      case "name or address":
        return REMOVED;
      default:
        return REDACTED;
    }
  }

  /** Returns whether `degrees` contain the digits of an original coordinate. */
  #looksOriginal(degrees: number): boolean {
    const [whole = "", decimals = ""] = String(Math.abs(degrees)).split(".");
    for (let from = 0; from < whole.length; from++)
      for (let length = 4; length <= decimals.length; length++)
        if (this.#written.has(`${whole.slice(from)}.${decimals.slice(0, length)}`)) return true;
    return false;
  }
}
