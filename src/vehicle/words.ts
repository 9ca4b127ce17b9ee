import type { Value } from "./reading.js";

/*
 * What BMW's words for doors, windows and cables mean. `null`: the word does not tell, which never means closed, off or
 * locked.
 */

/** BMW spells them with and without `ASN_`, hyphens, underscores and spaces. */
function wordOf(value: Value): string {
  return String(value)
    .trim()
    .toUpperCase()
    .replace(/^ASN_/, "")
    .replace(/[-_\s]/g, "");
}

/** Of the charging cable. */
export function isPlugged(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  const word = wordOf(value);
  if (/^(CONNECT|PLUGGED|(IS)?TRUE$|1$)/.test(word)) return true;
  return /^(DISCONNECT|UNPLUGGED|NOTCONNECT|NOTPLUGGED|(IS)?FALSE$|0$)/.test(word) ? false : null;
}

/** Only a car with all doors locked is locked. */
export function isLocked(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  const word = wordOf(value);
  if (word === "LOCKED" || word === "SECURED") return true;
  return word === "UNLOCKED" || word === "SELECTIVELOCKED" ? false : null;
}

/** Of a window or a roof: anything but closed is open, in whatever way. */
export function isOpen(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  const word = wordOf(value);
  if (/^(OPEN|INTERMEDIATE|TILT)/.test(word)) return true;
  return word === "CLOSED" ? false : null;
}
