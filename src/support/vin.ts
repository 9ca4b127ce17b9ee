/** ASCII only, so that look-alike letters and line ends do not pass. */
const VIN_PATTERN = /^[A-HJ-NPR-Za-hj-npr-z0-9]{17}$/;

/** Returns the vehicle identification number in `value` in capitals; `null` if it is none. */
export function parseVin(value: unknown): string | null {
  return typeof value === "string" && VIN_PATTERN.test(value) ? value.toUpperCase() : null;
}

/** Masks a VIN for other readers: shows its last four characters. */
export function maskVin(vin: string): string {
  return `…${vin.slice(-4)}`;
}
