import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { cockpitLife } from "../helpers/cockpit-life.js";
import { CockpitPage, DESKTOP, PHONE } from "../helpers/cockpit-page.js";
import { CockpitWorld } from "../helpers/cockpit-world.js";
import { PATIENCE_OF_LIVES_MS, untilItPasses } from "../helpers/eventually.js";
import { ROOT } from "../helpers/node-red.js";

const LARGEST_BYTES = 300_000;
const IS_KEPT = process.env["CARDATA_SCREENSHOTS"] === "1";

/** Written only on demand, so that a test run leaves the clone as it was. */
function keep(name: string, picture: Buffer): void {
  assert.ok(picture.length < LARGEST_BYTES, `${name} has ${picture.length} bytes`);
  if (!IS_KEPT) return;
  mkdirSync(join(ROOT, "docs"), { recursive: true });
  writeFileSync(join(ROOT, "docs", name), picture);
}

/** The evening of a Friday, and the months before it where it is for the docs. */
const EVENING = Date.UTC(2026, 2, 6);
const DAYS = IS_KEPT ? 120 : 3;
const SHORT = { ...DESKTOP, height: 760 };
/** The place has its own time, wherever the pictures are made. */
const ZONE = "Europe/Berlin";

describe("pictures of the cockpit, of three simulated cars", function () {
  this.timeout(PATIENCE_OF_LIVES_MS);
  let browser: Browser;
  let world: CockpitWorld;
  const zone = process.env["TZ"];
  before(async () => {
    process.env["TZ"] = ZONE;
    world = await CockpitWorld.start(await cockpitLife(EVENING, DAYS));
    // After the life, which leaves no time for a browser.
    browser = await CockpitPage.launch();
  });
  after(async () => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    await browser.close();
    await world.stop();
  });

  const open = async (options: BrowserContextOptions) =>
    (await CockpitPage.open(browser, world.url, { timezoneId: ZONE, at: world.world.snapshot.at, ...options })).ready();

  for (const [name, viewport, colorScheme] of [
    ["cockpit.png", DESKTOP, "light"],
    ["cockpit-dark.png", DESKTOP, "dark"],
    ["cockpit-phone.png", PHONE, "light"],
    ["cockpit-phone-dark.png", PHONE, "dark"],
  ] as const)
    it(`shows a charge: ${name}`, async () => {
      const page = await open({ viewport, colorScheme });
      await page.button("Last charge").click();
      await page.card("learned").getByText("kWh/100 km").first().waitFor();
      const height = await page.page.evaluate(() => document.body.scrollHeight);
      // A phone shows what its owner sees after a swipe: the car, not the list of cars.
      if (viewport === PHONE)
        await page.card("battery").evaluate((card) => {
          card.scrollIntoView();
        });
      else await page.page.setViewportSize({ ...viewport, height });
      await untilItPasses(async () => {
        const [room, drawn] = await page.page
          .locator(".plot")
          .evaluate((plot) => [plot.clientHeight, plot.querySelector(".uplot")?.clientHeight]);
        assert.equal(drawn, room);
      });
      keep(name, await page.page.screenshot());
      await page.close();
    });

  for (const [name, view, colorScheme, last] of [
    ["cockpit-values.png", "Values", "light", "Find a value"],
    ["cockpit-events.png", "Events", "light", "Charge ended"],
    ["cockpit-account.png", "Account", "dark", "Asks BMW one request"],
  ] as const)
    it(`shows more: ${name}`, async () => {
      const page = await open({ viewport: SHORT, colorScheme });
      await page.show(view);
      await page.page
        .getByText(last)
        .or(page.page.getByRole("searchbox", { name: last }))
        .first()
        .waitFor();
      keep(name, await page.page.screenshot());
      await page.close();
    });

  it("shows the journal: cockpit-journal.png", async () => {
    const page = await open({ viewport: DESKTOP });
    await page.show("Journal");
    await page.card("trips").locator("tbody tr").first().waitFor();
    // A few days tell nothing of the battery yet.
    await page
      .card("health")
      .locator(IS_KEPT ? ".uplot" : "p")
      .first()
      .waitFor();
    keep("cockpit-journal.png", await page.page.screenshot({ fullPage: true }));
    await page.close();
  });
});
