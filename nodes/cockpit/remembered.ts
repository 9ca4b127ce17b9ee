import { isObject, parseJson, type JsonObject } from "../../src/support/json.js";

/** What this browser keeps of the page; no token. */
interface Remembered {
  /** End of the VIN of the chosen car: its key changes with every start of Node-RED. */
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
