const INVENTED_VIN = /^WBA00DEM0\d{8}$/i;
const INVENTED_ID = /^0{12}40{3}80{3}\d{12}$/;

/** Returns whether a VIN was invented by `inventedVin`. */
export function isInventedVin(vin: string): boolean {
  return INVENTED_VIN.test(vin);
}

/** Returns whether a customer id, with or without dashes, was invented by `inventedId`. */
export function isInventedId(id: string): boolean {
  return INVENTED_ID.test(id.replaceAll("-", ""));
}

/** Returns a VIN that no car has, and that passes every check of a VIN's form. */
export function inventedVin(number: number): string {
  return `WBA00DEM0${String(number).padStart(8, "0")}`;
}

/** Returns a UUID that no random generator will ever produce. */
export function inventedId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Maps each original to one invented name, always the same. */
export class Pseudonyms {
  readonly #aliases = new Map<string, string>();
  #number = 0;

  /**
   * Creates the mapping.
   * @param taken names that the originals use already: a recording may be anonymised twice
   */
  constructor(
    private readonly invent: (number: number) => string,
    private readonly taken: ReadonlySet<string>,
  ) {}

  of(original: string): string {
    let alias = this.#aliases.get(original);
    if (alias === undefined) {
      do alias = this.invent(++this.#number);
      while (this.taken.has(alias));
      this.#aliases.set(original, alias);
    }
    return alias;
  }
}
