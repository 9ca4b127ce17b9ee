import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import { PATIENCE_MS } from "./eventually.js";

/** Widths of the page [px]: a small phone, a usual one, and a desktop. */
export const SMALL_PHONE = 360;
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
  /** The browser's language. */
  readonly locale?: string;
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
  static async visit(
    url: string,
    { width, isDark = false, locale = "en-GB" }: Visit,
    read: (page: DashboardPage) => Promise<void>,
  ) {
    if (!existsSync(CHROMIUM)) return;
    const browser = await launchChromium();
    try {
      const colorScheme = isDark ? "dark" : "light";
      const page = await browser.newPage({ locale, viewport: { width, height: HEIGHT }, colorScheme });
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

  /** The user of the browser chooses another language, while the page is open. */
  async speak(language: string): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const userAgent = await this.page.evaluate(() => navigator.userAgent);
    await session.send("Emulation.setUserAgentOverride", { userAgent, acceptLanguage: language });
    // A browser tells it by itself; one whose language is emulated does not.
    await this.page.evaluate(() => window.dispatchEvent(new Event("languagechange")));
    await this.page.locator(`.cd[lang="${language}"]`).waitFor();
    await session.detach();
  }

  /** Draws the window so wide [px], and waits until the curve has that size, too. */
  async widen(width: number): Promise<void> {
    await this.page.setViewportSize({ width, height: HEIGHT });
    await this.page.waitForFunction(() => {
      const card = document.querySelector(".cd-charge");
      const curve = document.querySelector<SVGSVGElement>(".cd-curve");
      return card === null || curve === null || curve.viewBox.baseVal.width === Math.max(240, card.clientWidth - 32);
    });
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

  /** Words of the drawings that lie beyond them, on the ring of the dial, or on each other. */
  async collisions(): Promise<string[]> {
    return this.page.locator(".cd-dial, .cd-curve").evaluateAll((drawings) => {
      const INSIDE_RING = 77;
      const CAPITALS = 0.7;
      const isOnRing = (text: SVGTextElement) => {
        const height = CAPITALS * parseFloat(getComputedStyle(text).fontSize);
        const base = Number(text.getAttribute("y")) - 100;
        const far = Math.max(Math.abs(base), Math.abs(base - height));
        return text.closest(".cd-dial") !== null && Math.hypot(text.getBBox().width / 2, far) > INSIDE_RING;
      };
      return drawings.flatMap((drawing) => {
        const frame = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll("text")];
        return texts.flatMap((text, index) => {
          const box = text.getBoundingClientRect();
          const isBeyond = box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
          const isOnOther = texts.slice(index + 1).some((one) => {
            const other = one.getBoundingClientRect();
            const isApart = box.right <= other.left || other.right <= box.left;
            return !isApart && drawing.classList.contains("cd-curve") && box.top === other.top;
          });
          return isBeyond || isOnOther || isOnRing(text) ? [text.textContent] : [];
        });
      });
    });
  }

  /** What a desktop shows of the whole page, and a phone before anybody scrolls. */
  async picture(): Promise<Buffer> {
    const width = this.page.viewportSize()?.width ?? DESKTOP;
    const height = await this.page.locator(".cd").evaluate((page) => page.getBoundingClientRect().bottom);
    if (width !== PHONE) await this.page.setViewportSize({ width, height: Math.ceil(height) + MARGIN });
    return this.page.screenshot();
  }
}
