/** BMW's messages take seconds: the first word on something that is older was said before anybody listened. */
const OLD_NEWS_MS = 15 * 60_000;

/** Whether a first word is old. Times in milliseconds. */
export function isOldNews(at: number, now: number): boolean {
  return now - at > OLD_NEWS_MS;
}
