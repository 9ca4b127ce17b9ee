import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { figureOf } from "../../src/journal/entry.js";
import { EXPORT_LANGUAGES, type ExportLanguage } from "../../src/journal/export/export-options.js";
import { launchChromium } from "../helpers/chromium.js";
import { VIN } from "../helpers/fakes.js";
import { chargeOf, exportedFile, HOSTILE, tripOf } from "../helpers/journal-export.js";
import { temporaryFolder } from "../helpers/red-process.js";

/** Room of a landscape A4 page within its margins, at 96 dpi [px]. */
const PAPER = { width: 1047, height: 695 };
/** As a PDF says it [points]. */
const LANDSCAPE = /\/MediaBox\s*\[\s*0 0 841\.\d+ 59[45]\.\d+\s*\]/g;

const cost = { amount: 12.34, currency: "EUR", source: "tariff" } as const;
const days = Array.from({ length: 28 }, (_, index) => `2026-03-${String(index + 1).padStart(2, "0")}`);

/** A month of trips and charges with hostile names. */
function entries() {
  return days.flatMap((day, index) => {
    const name = HOSTILE[index % HOSTILE.length] ?? "";
    const place = { name, latitude: 48, longitude: 11 };
    const [distanceKm, purpose] = [figureOf(1234.5, "car"), { value: "commute", source: "rule" } as const];
    return [
      tripOf(
        { from: place, to: { ...place, name: "W".repeat(200) }, note: name, distanceKm, odometerKm: 123456, purpose },
        day,
      ),
      chargeOf({ place, provider: name, note: name, cost, drawnKwh: figureOf(44.44, "car"), method: "AC" }, day),
    ];
  });
}

describe("the logbook in a browser", () => {
  const folder = temporaryFolder("logbook");
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  /** Opens the page, and returns it with all that it has asked for, tried to run or complained about. */
  async function opened(language: ExportLanguage): Promise<{ page: Page; happened: string[] }> {
    const path = join(folder, `${language}.html`);
    const cars = [{ vin: VIN, name: HOSTILE[8] ?? "", entries: entries() }];
    writeFileSync(path, exportedFile(cars, { format: "html", language }).text);
    const [page, happened] = [await browser.newPage({ viewport: PAPER }), new Array<string>()];
    page.on("request", (request) => happened.push(request.url()));
    page.on("dialog", (dialog) => happened.push(dialog.message()));
    page.on("console", (message) => happened.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    return { page, happened };
  }

  it("fetches and runs nothing, and shows each name as it is", async () => {
    const { page, happened } = await opened("en");
    assert.deepEqual(happened, [page.url()]);
    assert.equal(await page.locator("h2").textContent(), HOSTILE[8]);
    const notes = await page.locator("tr td:nth-child(7)").allTextContents();
    assert.ok(notes.includes(HOSTILE[9] ?? "") && notes.includes(HOSTILE.at(-1) ?? ""));
    assert.equal(await page.locator("script, img, a, iframe").count(), 0);
  });

  for (const language of EXPORT_LANGUAGES)
    it(`fits on paper in ${language}, with the head of a table on each page`, async () => {
      const { page } = await opened(language);
      await page.emulateMedia({ media: "print" });
      const { shown, heads } = await page.evaluate(() => ({
        shown: document.documentElement.scrollWidth,
        heads: [...document.querySelectorAll("thead")].map((head) => getComputedStyle(head).display),
      }));
      assert.ok(shown <= PAPER.width, String(shown));
      assert.deepEqual([...new Set(heads)], ["table-header-group"]);
      const pages = (await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(LANDSCAPE) ?? [];
      assert.ok(pages.length > 3, String(pages.length));
    });
});
