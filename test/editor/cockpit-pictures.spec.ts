import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { CockpitPage, DESKTOP, PHONE } from "../helpers/cockpit-page.js";
import { CockpitWorld } from "../helpers/cockpit-world.js";
import { untilItPasses } from "../helpers/eventually.js";
import { ROOT } from "../helpers/node-red.js";

const LARGEST_BYTES = 300_000;

/** Written only on demand, so that a test run leaves the clone as it was. */
function keep(name: string, picture: Buffer): void {
  assert.ok(picture.length < LARGEST_BYTES, `${name} has ${picture.length} bytes`);
  if (process.env["CARDATA_SCREENSHOTS"] !== "1") return;
  mkdirSync(join(ROOT, "docs"), { recursive: true });
  writeFileSync(join(ROOT, "docs", name), picture);
}

describe("pictures of the cockpit", () => {
  let browser: Browser;
  let world: CockpitWorld;
  before(async () => {
    [browser, world] = await Promise.all([CockpitPage.launch(), CockpitWorld.start()]);
  });
  after(async () => {
    await browser.close();
    await world.stop();
  });

  for (const [name, viewport, colorScheme] of [
    ["cockpit.png", DESKTOP, "light"],
    ["cockpit-dark.png", DESKTOP, "dark"],
    ["cockpit-phone.png", PHONE, "light"],
    ["cockpit-phone-dark.png", PHONE, "dark"],
  ] as const)
    it(`shows a charge: ${name}`, async () => {
      const page = await CockpitPage.open(browser, world.url, { viewport, colorScheme });
      await page.ready();
      await page.button("Last charge").click();
      await page.card("learned").getByText("18.1 kWh/100 km").waitFor();
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

  it("shows the journal: cockpit-journal.png", async () => {
    const page = await CockpitPage.open(browser, world.url, { viewport: DESKTOP });
    await page.ready();
    await page.show("Journal");
    await page.card("health").locator(".uplot").waitFor();
    keep("cockpit-journal.png", await page.page.screenshot({ fullPage: true }));
    await page.close();
  });
});
