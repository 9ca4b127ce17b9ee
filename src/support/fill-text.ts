/** Holds values for the `__name__` marks of a text. */
export type TextParams = Readonly<Record<string, string | number>>;

/** Fills the `__name__` marks of `text`; keeps a mark without a value, so that the mistake shows. */
export function fillText(text: string, params: TextParams = {}): string {
  return text.replace(/__(\w+?)__/g, (mark, name: string) => {
    const value = params[name];
    return value === undefined ? mark : String(value);
  });
}
