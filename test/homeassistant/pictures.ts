// npm run test:homeassistant -- --pictures: draws the page of a car in a real Home Assistant, in English and in German.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../helpers/chromium.js";
import { eventually } from "../helpers/eventually.js";
import { ROOT } from "../helpers/node-red.js";
import { World } from "./world.js";

/** By language of the node and of the browser. */
const PICTURES: Readonly<Record<string, string>> = {
  en: "home-assistant-device.png",
  de: "home-assistant-device-de.png",
};
/** Higher than any page, because the page scrolls inside of a box of its own [px]. */
const VIEWPORT = { width: 1280, height: 3000 };
/** So much of its drive does the car tell before its page is looked for: events are not told to entities that come later [ms]. */
const BEFORE_THE_REST_MS = 15 * 60_000;
/** Left free below the last card [px]. */
const MARGIN = 24;
/** Longer than it takes the page to draw a part that comes late [ms]. */
const LOOK_AGAIN_MS = 1000;
/** npm and GitHub show them to everybody who looks at the package [bytes]. */
const LARGEST_BYTES = 300_000;

async function main(): Promise<void> {
  const options = { pictures: { type: "boolean" }, into: { type: "string", default: join(ROOT, "docs") } } as const;
  const { into } = parseArgs({ options }).values;
  const browser = await launchChromium();
  const world = await World.open({ hasUs: false, hasFrontend: true });
  try {
    await drive(world);
    for (const [language, file] of Object.entries(PICTURES)) {
      await world.deploy({ node: { language } });
      await world.settled();
      keep(join(into, file), await pictureOf(await devicePage(browser, world, language)));
    }
  } finally {
    await browser.close();
    await world.close();
  }
}

function keep(file: string, picture: Buffer): void {
  if (picture.length > LARGEST_BYTES) throw new Error(`${file} has ${picture.length} bytes`);
  writeFileSync(file, picture);
  console.log(`${file}: ${Math.round(picture.length / 1000)} kB`);
}

/** The car sets out, and becomes a device; then it tells the rest of its drive, and that it is parked again. */
async function drive(world: World): Promise<void> {
  tellUntil(world, world.driver.car.truth().time + BEFORE_THE_REST_MS);
  await world.settled();
  await world.press("picture");
  await world.settled();
  tellUntil(world, Date.now());
  await world.settled();
}

function tellUntil({ driver: { vin, car }, simulator }: World, time: number): void {
  for (const update of car.advanceTo(time)) {
    const timestamp = new Date(update.time).toISOString();
    simulator.publish(vin, { vin, entityId: "entity", topic: vin, timestamp, data: update.data });
  }
}

/** Opens it as somebody does who has logged in on this browser before. */
async function devicePage(browser: Browser, { metric, driver }: World, language: string): Promise<Page> {
  const devices = await metric.api.devices();
  const device = devices.find(({ identifiers }) => identifiers.some(([, id]) => id.endsWith(driver.vin.toLowerCase())));
  if (device === undefined) throw new Error("The car has not become a device");
  const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: "light", locale: language });
  const page = await context.newPage();
  await page.addInitScript(
    ([tokens = "", chosen = ""]) => {
      localStorage.setItem("hassTokens", tokens);
      localStorage.setItem("selectedLanguage", chosen);
    },
    [JSON.stringify(metric.login()), JSON.stringify(language)],
  );
  await page.goto(`${metric.url}/config/devices/device/${device.id}`);
  return page;
}

/** The page as far as something is on it. */
async function pictureOf(page: Page): Promise<Buffer> {
  await page.locator("ha-device-entities-card").first().waitFor();
  let last: Buffer = Buffer.alloc(0);
  await eventually("a page that does not change any more", async () => {
    const before = last;
    await page.waitForTimeout(LOOK_AGAIN_MS);
    last = await page.screenshot({ animations: "disabled" });
    return last.equals(before);
  });
  const height = Math.min((await endOfContent(page)) + MARGIN, VIEWPORT.height);
  return page.screenshot({ clip: { x: 0, y: 0, width: VIEWPORT.width, height }, animations: "disabled" });
}

/** Where the lowest card ends [px]. */
async function endOfContent(page: Page): Promise<number> {
  const boxes = await Promise.all((await page.locator("ha-card").all()).map((card) => card.boundingBox()));
  return Math.max(...boxes.map((box) => (box === null ? 0 : box.y + box.height)));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
