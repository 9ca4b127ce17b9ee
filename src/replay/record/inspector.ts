import { isInventedId, isInventedVin } from "./pseudonyms.js";
import type { SensitiveData, SensitiveKind } from "./sensitive-data.js";
import { isInBox } from "./coordinate-shift.js";
import type { CoordinateAxis } from "./key-role.js";
import type { Treatment } from "./treatment.js";
import { treatLine } from "./treat-value.js";

/** Searches for what an anonymised recording must not contain. */
export class Inspector implements Treatment {
  #found = new Set<SensitiveKind>();

  /**
   * Creates the inspector.
   * @param original sensitive data of the original, if there is one to compare with
   */
  constructor(private readonly original: SensitiveData | null) {}

  /**
   * Returns the kinds of sensitive data in one line.
   * @param text line as written
   * @param value parsed line; `null` if it was truncated
   */
  kindsIn(text: string, value: unknown): readonly SensitiveKind[] {
    this.#found = new Set();
    this.rest(text);
    treatLine(value ?? text, this);
    return [...this.#found];
  }

  vin(vin: string): string {
    if (!isInventedVin(vin)) this.#found.add("VIN");
    return vin;
  }

  customer(id: string): string {
    if (!isInventedId(id)) this.#found.add("customer id");
    return id;
  }

  secret(text: string): string {
    this.#found.add("token");
    return text;
  }

  place(axis: CoordinateAxis, degrees: number): number {
    if (!isInBox(axis, degrees)) this.#found.add("coordinate");
    return degrees;
  }

  personal(text: string): string {
    this.#found.add("name or address");
    return text;
  }

  number(value: number): number {
    if (this.original !== null && this.original.axisOf(value) !== null) this.#found.add("coordinate");
    return value;
  }

  rest(text: string): string {
    this.original?.replaceIn(
      text,
      (word, kind) => {
        this.#found.add(kind);
        return word;
      },
      (_axis, degrees) => {
        this.#found.add("coordinate");
        return degrees;
      },
    );
    return text;
  }
}
