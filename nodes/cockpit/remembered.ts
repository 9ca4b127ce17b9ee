import { isObject, parseJson, type JsonObject } from "../../src/support/json.js";

/** What this browser keeps of the page. No token, and nothing of a car but the key by which it is chosen. */
interface Remembered {
  readonly car?: string;
  readonly language?: string;
  readonly tiles?: boolean;
}

const PLACE = "cardata-cockpit";

export function remembered(): Remembered {
  const { car, language, tiles } = stored();
  return {
    ...(typeof car === "string" && { car }),
    ...(typeof language === "string" && { language }),
    ...(typeof tiles === "boolean" && { tiles }),
  };
}

export function remember(change: Remembered): void {
  localStorage.setItem(PLACE, JSON.stringify({ ...remembered(), ...change }));
}

function stored(): JsonObject {
  const kept = parseJson(localStorage.getItem(PLACE) ?? "");
  return isObject(kept) ? kept : {};
}
