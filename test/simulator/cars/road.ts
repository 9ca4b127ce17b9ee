/** A winding road to the east-north-east: course in degrees, bends over kilometres and over hundreds of metres. */
export function courseAt(km: number): number {
  return 70 + 35 * Math.sin(km) + 15 * Math.sin(7 * km);
}
