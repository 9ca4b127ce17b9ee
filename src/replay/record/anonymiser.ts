import { REDACTED } from "../../support/delicate-text.js";
import type { JsonObject } from "../../support/json.js";
import type { Random } from "../../support/random.js";
import { Aliases, inventedId, inventedVin, isInventedId, isInventedVin } from "./aliases.js";
import type { Evidence, Kind } from "./evidence.js";
import { LIMITS, Shift, stepAside } from "./places.js";
import type { Axis } from "./roles.js";
import { NOWHERE, REMOVED, type Treatment } from "./treatment.js";
import { treatLine } from "./walk.js";

/** Replaces everything sensitive in the lines of one recording, consistently. */
export class Anonymiser implements Treatment {
  readonly #vins: Aliases;
  readonly #ids: Aliases;
  readonly #shift: Shift;
  /** Coordinates as they were written, without sign. */
  readonly #written: ReadonlySet<string>;
  /** Coordinates as they are now. */
  readonly #moved = new Set<number>();

  /**
   * Prepares the anonymiser.
   * @param evidence sensitive data of all lines
   */
  constructor(
    private readonly evidence: Evidence,
    random: Random,
  ) {
    const { coordinates, invented } = evidence;
    this.#vins = new Aliases(inventedVin, invented);
    this.#ids = new Aliases(inventedId, invented);
    this.#shift = new Shift(coordinates, random);
    const all = [...coordinates.latitude, ...coordinates.longitude];
    this.#written = new Set(
      all.filter((value) => evidence.axisOf(value) !== null).map((value) => String(Math.abs(value))),
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

  place(axis: Axis, degrees: number): number {
    if (this.#moved.has(degrees)) return degrees;
    if (Math.abs(degrees) > LIMITS[axis]) return NOWHERE;
    let moved = this.#shift.move(axis, degrees);
    // It may coincidentally look like a coordinate of the original, which nobody could disprove.
    while (this.#looksOriginal(moved)) moved = stepAside(axis, moved);
    this.#moved.add(moved);
    return moved;
  }

  number(value: number): number {
    const axis = this.evidence.axisOf(value);
    return axis === null ? value : this.place(axis, value);
  }

  rest(text: string): string {
    return this.evidence.replaceIn(
      text,
      (word, kind) => this.#replacement(word, kind),
      (axis, degrees) => this.place(axis, degrees),
    );
  }

  #replacement(word: string, kind: Kind): string {
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
