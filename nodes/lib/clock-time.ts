/** Formats a time as `14:05` by this machine's clock. */
export function clockTime(iso: string | number): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}
