export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the values as a whole; 0 for none or one. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
