/** What neither XML nor a terminal takes: control characters, halves of a surrogate pair and non-characters. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Returns a text that every format can hold; what none can becomes a replacement character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd");
}
