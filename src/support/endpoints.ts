import { isLoopback, isServerAddress } from "./network-address.js";
import { cleanText } from "./clean-text.js";
import { CarDataError } from "./errors.js";

/** Holds the URLs of BMW's three services. */
export interface Endpoints {
  readonly authUrl: string;
  readonly apiUrl: string;
  readonly streamUrl: string;
  /** PEM file with the certificate authority of custom endpoints. */
  readonly caFile?: string;
}

export const BMW_ENDPOINTS: Endpoints = {
  authUrl: "https://customer.bmwgroup.com",
  apiUrl: "https://api-cardata.bmwgroup.com",
  streamUrl: "mqtts://customer.streaming-cardata.bmwgroup.com:9000",
};

/** Validates endpoints typed by a user. Throws `invalid_endpoint` unless encrypted or on this machine. */
export function customEndpoints(typed: {
  authUrl: string;
  apiUrl: string;
  streamUrl: string;
  caFile: string;
}): Endpoints {
  return {
    authUrl: checkedUrl(typed.authUrl, "https:", "http:"),
    apiUrl: checkedUrl(typed.apiUrl, "https:", "http:"),
    streamUrl: checkedUrl(typed.streamUrl, "mqtts:", "mqtt:"),
    ...(typed.caFile.trim() !== "" && { caFile: typed.caFile.trim() }),
  };
}

const LONGEST_URL = 100;

function checkedUrl(typed: string, encrypted: string, plain: string): string {
  const trimmed = typed.trim().replace(/\/+$/, "");
  if (!isServerAddress(trimmed, encrypted, plain))
    throw new CarDataError("invalid_endpoint", { url: cleanText(trimmed, LONGEST_URL) });
  return trimmed;
}

/** Returns whether the confirmation page of a login may be shown as a link: BMW's own, or the custom server's. */
export function isSafeLoginLink(link: string, endpoints: Endpoints): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, host } = new URL(link);
  if (protocol === "https:" && (hostname === "bmwgroup.com" || hostname.endsWith(".bmwgroup.com"))) return true;
  if (endpoints.authUrl === BMW_ENDPOINTS.authUrl) return false;
  return host === new URL(endpoints.authUrl).host && (protocol === "https:" || isLoopback(link));
}
