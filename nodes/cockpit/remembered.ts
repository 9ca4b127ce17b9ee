import { keep, kept } from "./browser-storage.js";
import { isObject, parseJson, type JsonObject } from "../../src/support/json.js";

/** What this browser keeps of the page; no token. */
interface Remembered {
  /** End of the VIN of the chosen car: its key changes with every start of Node-RED. */
  readonly car?: string;
  readonly account?: string;
  readonly language?: string;
  readonly tiles?: boolean;
}

const PLACE = "cardata-cockpit";

export function remembered(): Remembered {
  const { car, account, language, tiles } = stored();
  return {
    ...(typeof car === "string" && { car }),
    ...(typeof account === "string" && { account }),
    ...(typeof language === "string" && { language }),
    ...(typeof tiles === "boolean" && { tiles }),
  };
}

export function remember(change: Remembered): void {
  keep(PLACE, JSON.stringify({ ...remembered(), ...change }));
}

function stored(): JsonObject {
  const found = parseJson(kept(PLACE) ?? "");
  return isObject(found) ? found : {};
}
