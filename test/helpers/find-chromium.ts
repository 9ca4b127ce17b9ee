import { existsSync } from "node:fs";

/** The shell without windows first: the same engine, with half of the work. */
const PLACES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map(
  (name) => `/usr/bin/${name}`,
);

/** Returns the path of the Chromium for tests, `CHROMIUM` if that is set; `null` if there is none. */
export function findChromium(): string | null {
  return process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path)) ?? null;
}
