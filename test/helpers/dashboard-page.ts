import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import { PATIENCE_MS } from "./eventually.js";

/** Widths of the page [px]: a phone, and a desktop. */
export const PHONE = 390;
export const DESKTOP = 1280;
const HEIGHT = 900;
const MARGIN = 24;
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

interface Visit {
  /** In pixels. */
  readonly width: number;
  /** Whether the device is set to dark. */
  readonly isDark?: boolean;
}

/** The page of the dashboard example in a real browser, which notes what it asks of other machines and what fails. */
export class DashboardPage {
  /** Addresses beyond this machine. */
  readonly foreign: string[] = [];
  readonly #failures: string[] = [];

  private constructor(readonly page: Page) {
    page.on("request", (request) => {
      if (!/^(data|blob):|^https?:\/\/127\.0\.0\.1[:/]/.test(request.url())) this.foreign.push(request.url());
    });
    page.on("pageerror", ({ message }) => this.#failures.push(message));
  }

  /** Opens the page and reads it, where there is a browser. */
  static async visit(url: string, { width, isDark = false }: Visit, read: (page: DashboardPage) => Promise<void>) {
    if (!existsSync(CHROMIUM)) return;
    const browser = await launchChromium();
    try {
      const colorScheme = isDark ? "dark" : "light";
      const page = await browser.newPage({ locale: "en-GB", viewport: { width, height: HEIGHT }, colorScheme });
      page.setDefaultTimeout(PATIENCE_MS);
      const opened = new DashboardPage(page);
      await page.goto(`${url}/dashboard/cars`);
      await page.locator(".cd-card").first().waitFor();
      await read(opened);
      assert.deepEqual(opened.#failures, []);
    } finally {
      await browser.close();
    }
  }

  /** Presses the button of a car, and waits until its card is there. */
  async choose(name: string): Promise<void> {
    await this.page.locator(".cd-cars button", { hasText: name }).click();
    await this.page.locator(".cd-battery h2", { hasText: name }).waitFor();
  }

  /** What a card says, as people read it. */
  async text(card: string): Promise<string> {
    return (await this.page.locator(`.cd-${card}`).innerText()).replace(/\s+/g, " ");
  }

  /** Names of cards and rows that do not fit: beyond the width of the screen, or with a scroll bar of their own. */
  async misfits(): Promise<string[]> {
    return this.page.locator(".cd-cars button, .cd-card, .cd-rows li, .cd-wheels div").evaluateAll((elements) =>
      elements
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          const isCut =
            element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
          return isCut || left < 0 || right > window.innerWidth;
        })
        .map(({ classList, textContent }) => `${classList.value}: ${textContent.slice(0, 40)}`),
    );
  }

  /** What a desktop shows of the whole page, and a phone before anybody scrolls. */
  async picture(): Promise<Buffer> {
    const width = this.page.viewportSize()?.width ?? DESKTOP;
    const height = await this.page.locator(".cd").evaluate((page) => page.getBoundingClientRect().bottom);
    if (width !== PHONE) await this.page.setViewportSize({ width, height: Math.ceil(height) + MARGIN });
    return this.page.screenshot();
  }
}
