import { chromium, type Browser } from "playwright-core";
import { findChromium } from "./find-chromium.js";

const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Prevents any request beyond this machine.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** Starts the Chromium of this machine, which reaches nothing beyond it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null)
    throw new Error("There is no Chromium. Debian: apt-get install chromium-headless-shell; or set CHROMIUM.");
  return chromium.launch({ executablePath, args: SWITCHES });
}
