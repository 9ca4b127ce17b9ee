/** Describes a device of a Traccar server as its list shows it. */
interface ListedTracker {
  readonly name: string;
  readonly uniqueId: string;
}

/** Returns the word that a row stores for a device: its name, or its unique id where the name tells no single one. */
export function wordOfTracker(tracker: ListedTracker, listed: readonly ListedTracker[]): string {
  const name = tracker.name.trim();
  const isSingle = listed.filter((one) => one.name.trim() === name).length === 1;
  return name !== "" && isSingle ? name : tracker.uniqueId.trim();
}

/** Returns the name of a device for people, with its unique id where the name tells no single one. */
export function labelOfTracker(tracker: ListedTracker, listed: readonly ListedTracker[]): string {
  const [name, word] = [tracker.name.trim(), wordOfTracker(tracker, listed)];
  return word === name || name === "" ? word : `${name} (${word})`;
}
