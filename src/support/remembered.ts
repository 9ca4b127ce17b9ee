/** More different words than any car sends. */
const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 100;

/** Returns `find` for texts that come again and again, such as BMW's words: it finds the result of each only once. */
export function remembered<Result>(find: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text);
    if (result !== undefined) return result;
    const found = find(text);
    if (known.size < MOST_REMEMBERED && text.length <= LONGEST_REMEMBERED) known.set(text, found);
    return found;
  };
}
