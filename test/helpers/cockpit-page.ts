import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { launchChromium } from "./chromium.js";
import { PATIENCE_MS } from "./eventually.js";

const AXE = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
/** What the browser writes by itself about a request that was refused or cut. */
const REFUSED_REQUEST = "Failed to load resource";
export const DESKTOP = { width: 1280, height: 900 };
/** The narrowest phone that people have [px]. */
export const PHONE = { width: 360, height: 780 };

declare const axe: { run(root: Document, options: object): Promise<AxeResults> };

/** The cockpit page in a real browser, which notes what it asks of others and what fails. */
export class CockpitPage {
  /** Addresses beyond this machine. */
  readonly foreign: string[] = [];
  readonly #failures: string[] = [];

  private constructor(readonly page: Page) {
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") this.foreign.push(request.url());
    });
    page.on("pageerror", ({ stack = "" }) => this.#failures.push(stack));
    page.on("console", (line) => {
      if ((line.type() === "error" || line.type() === "warning") && !line.text().startsWith(REFUSED_REQUEST))
        this.#failures.push(line.text());
    });
  }

  /**
   * Opens the page in a profile of its own.
   * @param at what the clock of the browser shows, and stays at; default: the real time
   */
  static async open(
    browser: Browser,
    url: string,
    { at, ...options }: BrowserContextOptions & { at?: string } = {},
  ): Promise<CockpitPage> {
    const context = await browser.newContext({
      locale: "en-GB",
      viewport: DESKTOP,
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    if (at !== undefined) await context.clock.setFixedTime(at);
    const opened = new CockpitPage(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  static launch(): Promise<Browser> {
    return launchChromium();
  }

  /** The element that has this text. */
  text(text: string | RegExp): Locator {
    return this.page.getByText(text).first();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name });
  }

  /** Goes to one of the pages of the page. */
  async show(view: string): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name: view }).click();
  }

  card(name: string): Locator {
    return this.page.locator(`.card.${name}`);
  }

  /** Waits until the page shows cars. */
  async ready(): Promise<this> {
    await this.page.locator(".link.live").waitFor();
    return this;
  }

  /**
   * What people who cannot see or use a mouse would stumble over.
   * @param only the rules that are looked at; default: all
   */
  async barriers(only?: readonly string[]): Promise<string[]> {
    // It comes past the policy of the page, as the tools of a browser do, and sets styles that the policy refuses.
    const failures = this.#failures.length;
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(
      (rules) =>
        axe.run(document, {
          resultTypes: ["violations"],
          ...(rules !== null && { runOnly: { type: "rule", values: rules } }),
        }),
      only === undefined ? null : [...only],
    );
    this.#failures.splice(failures);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
    );
  }

  /** How far the page is wider than the window [px]. */
  async overhang(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  /** Names of parts whose content does not fit into them. */
  async misfits(): Promise<string[]> {
    return this.page
      .locator(
        ".card, .car-card, .rows > div, .button, nav button, .choices button, .tyre, .bars span, .bars strong, .month-name",
      )
      .evaluateAll((parts) =>
        parts
          .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1)
          .map((part) => `${part.getAttribute("class") ?? ""}: ${part.textContent.slice(0, 40)}`),
      );
  }

  /** Fails if anything went wrong unseen. */
  async close(): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.#failures, []);
  }
}
