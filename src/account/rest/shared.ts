/** Does `act` once for all who ask for `key` until it has ended. */
export function shared<T>(running: Map<string, Promise<T>>, key: string, act: () => Promise<T>): Promise<T> {
  const present = running.get(key);
  if (present !== undefined) return present;
  const result = act().finally(() => running.delete(key));
  running.set(key, result);
  return result;
}
