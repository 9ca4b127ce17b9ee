/** `14:05 UTC` of a time in milliseconds. */
export function utcTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 16)} UTC`;
}
