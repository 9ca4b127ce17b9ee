import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import { findChromium } from "./find-chromium.js";
import { PATIENCE_MS } from "./eventually.js";

/** Widths of the page [px]: a small phone, a usual one, and a desktop. */
export const SMALL_PHONE = 360;
export const PHONE = 390;
export const DESKTOP = 1280;
const HEIGHT = 900;
const MARGIN = 24;

interface Visit {
  /** In pixels. */
  readonly width: number;
  /** Whether the device is set to dark. */
  readonly isDark?: boolean;
  /** The browser's language. */
  readonly locale?: string;
}

/** A word of a drawing: its box, from the left edge of the drawing [px], and its letters [units of the drawing]. */
interface Word {
  readonly text: string;
  readonly isOnDial: boolean;
  readonly left: number;
  readonly right: number;
  /** Width of the drawing. */
  readonly space: number;
  readonly width: number;
  /** Where the letters stand, from the top. */
  readonly base: number;
  readonly fontSize: number;
}

/** The dial [units of its drawing]. */
const MIDDLE = 100;
const INSIDE_RING = 77;
/** Height of a capital letter, as a share of the size of the font. */
const CAPITAL = 0.7;

const isBeyond = ({ left, right, space }: Word) => left < -1 || right > space + 1;

function isOnRing({ isOnDial, base, fontSize, width }: Word): boolean {
  const distances = [base, base - CAPITAL * fontSize].map((height) => Math.abs(height - MIDDLE));
  return isOnDial && Math.hypot(width / 2, Math.max(...distances)) > INSIDE_RING;
}

function isOnAnother(word: Word, words: readonly Word[]): boolean {
  const others = words.filter((one) => one !== word && one.isOnDial === word.isOnDial && one.base === word.base);
  return others.some(({ left, right }) => left < word.right && word.left < right);
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
    if (findChromium() === null) return;
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
    const words = await this.page.locator(".cd-dial text, .cd-curve text").evaluateAll((texts) =>
      texts.map((element) => {
        const box = element.getBoundingClientRect();
        const frame = element.closest("svg")!.getBoundingClientRect();
        const isOnDial = element.closest(".cd-dial") !== null;
        const scale = frame.width / (isOnDial ? 200 : frame.width);
        const fontSize = parseFloat(getComputedStyle(element).fontSize);
        const base = Number(element.getAttribute("y"));
        return {
          ...{ text: element.textContent, isOnDial, width: box.width / scale, base, fontSize },
          ...{ left: box.left - frame.left, right: box.right - frame.left, space: frame.width },
        };
      }),
    );
    return words.filter((word) => isBeyond(word) || isOnRing(word) || isOnAnother(word, words)).map(({ text }) => text);
  }

  /** What a desktop shows of the whole page, and a phone before anybody scrolls. */
  async picture(): Promise<Buffer> {
    const width = this.page.viewportSize()?.width ?? DESKTOP;
    const height = await this.page.locator(".cd").evaluate((page) => page.getBoundingClientRect().bottom);
    if (width !== PHONE) await this.page.setViewportSize({ width, height: Math.ceil(height) + MARGIN });
    return this.page.screenshot();
  }
}
