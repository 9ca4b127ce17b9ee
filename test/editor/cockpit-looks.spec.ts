import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { newProblem } from "../../src/support/errors.js";
import * as cars from "../helpers/cockpit-cars.js";
import { CockpitPage, DESKTOP, PHONE } from "../helpers/cockpit-page.js";
import { CockpitWorld, snapshotNow, type World } from "../helpers/cockpit-world.js";
import { ENGLISH, LOCALE_FOLDERS, textsOf } from "../helpers/locales.js";

/** The tab of the editor's sidebar, as narrow as people make it [px]. */
const SIDEBAR_WIDTH = 270;

/** What stands there where a text is missing. */
const KEY = new RegExp(
  `\\b(${[...new Set([...textsOf(ENGLISH, "cardata-cockpit").keys()].map((key) => key.split(".")[1]))].join("|")})\\.[a-z]`,
);

/** States of the page, each with how one gets there. */
interface Scene {
  readonly name: string;
  readonly world?: () => Partial<World>;
  readonly go?: (page: CockpitPage, world: CockpitWorld) => Promise<unknown>;
}

const SCENES: readonly Scene[] = [
  { name: "a car that charges" },
  { name: "a car that drives", go: (page) => page.button(/Family car/).click() },
  { name: "a car that has told nothing", go: (page) => page.button(/0033/).click() },
  { name: "values", world: () => ({ values: cars.values(Date.now(), 30) }), go: (page) => page.show("Values") },
  {
    name: "a journal",
    go: async (page) => {
      await page.show("Journal");
      await page.card("trips").getByText("To the lake").waitFor();
      await page.card("health").locator("canvas").waitFor();
    },
  },
  {
    name: "a journal without entries",
    world: () => ({ journal: cars.journal(Date.now(), { months: [], year: [] }) }),
    go: async (page) => {
      await page.show("Journal");
      await page.text("The journal of this car is empty.").waitFor();
    },
  },
  {
    name: "a journal that knows neither prices nor the battery, in a month without anything, and cannot be written",
    world: () => {
      const journal = cars.journal(Date.now());
      const { health } = journal;
      const world: Partial<World> = {
        journal: {
          ...journal,
          problem: newProblem("journal_files", { reason: "ENOSPC" }),
          year: journal.year.map((sum) => ({ ...sum, cost: null })),
          health: { ...health, capacityKwh: null, firstKwh: null, firstAt: null, lastAt: null, lossPercent: null },
          capacity: { charges: [], estimates: [] },
        },
        month: (name) => ({ ...cars.month(name), sum: null, trips: [], charges: [] }),
      };
      return world;
    },
    go: async (page) => {
      await page.show("Journal");
      await page.text("Nothing was recorded in this month.").waitFor();
      await page.text("The files of the journal cannot be used (ENOSPC).").waitFor();
      await page.card("year").getByText("No cost is known.").waitFor();
      await page.card("health").getByText("Not known yet").waitFor();
    },
  },
  {
    name: "a journal that tells what cannot be",
    world: () => {
      const long = "W".repeat(300);
      const place = { name: long, latitude: 1, longitude: 1 };
      const huge = { value: 1e12, source: "car" as const, sigma: null };
      const times = { start: "no time", end: "", note: long };
      const cost = { amount: -1e12, currency: "??", source: null };
      const figures = { levelFrom: huge, batteryKwh: huge, drawnKwh: huge, solarKwh: 1e12, peakKw: huge };
      const world: Partial<World> = {
        journal: cars.journal(Date.now(), { currency: "none" }),
        month: (name) => ({
          ...cars.month(name),
          isCut: true,
          sum: cars.monthSum(name, { distanceKm: 1e12, drivingMin: 1e12, cost: -1e12, chargesWithoutCost: 1e12 }),
          trips: [cars.trip(name, "01", { ...times, from: place, distanceKm: huge, durationMin: 1e12 })],
          charges: [cars.charge(name, "01", { ...times, ...figures, place, cost })],
        }),
      };
      return world;
    },
    go: async (page) => {
      await page.show("Journal");
      await page.card("trips").getByText("Only the newest 1 are listed.").waitFor();
    },
  },
  {
    name: "a journal that cannot be read",
    world: () => ({ hasFiles: false }),
    go: async (page) => {
      await page.show("Journal");
      await page.text("The files of the journal cannot be used (EIO).").waitFor();
    },
  },
  {
    name: "a car that tells what cannot be",
    world: () => {
      const car = cars.chargingCar(Date.now());
      const level = { ...car.level!, value: 250, low: 120, high: -40, at: "no time" };
      const name = "W".repeat(300);
      const service = { distance: { value: 1e12, unit: "km".repeat(40), at: "" }, inspection: "no day" };
      const position = { latitude: 91, longitude: 1e6, heading: null, at: "" };
      const strange = {
        name,
        model: name,
        level,
        service,
        position,
        lastHeard: "no time",
        target: -5,
        openings: [],
        tyres: [],
      };
      return { ...snapshotNow({ cars: [{ ...car, ...strange }], events: [] }), tracks: { key: "blue", trips: [] } };
    },
    go: (page) => page.card("battery").getByText("–, parked").waitFor(),
  },
  { name: "events", go: (page) => page.show("Events") },
  {
    name: "the account after a check",
    go: async (page) => {
      await page.show("Account");
      await page.button("Check").click();
      await page.text("Everything is in order.").waitFor();
    },
  },
  { name: "no car yet", world: () => snapshotNow({ cars: [] }), go: (page) => page.text("No car yet").waitFor() },
  {
    name: "no account yet",
    world: () => snapshotNow({ cars: [], accounts: [] }),
    go: (page) => page.text("No account yet").waitFor(),
  },
  {
    name: "a stopped account with warnings",
    world: () => {
      const account = cars.account(Date.now(), {
        login: { state: "needed", problem: { code: "login_timeout" } },
        stream: { state: "off" },
        rest: { state: "off" },
        warnings: [{ code: "login_timeout" }],
      });
      return snapshotNow({ accounts: [account] });
    },
    go: (page) => page.show("Account"),
  },
  { name: "500 cars", world: () => snapshotNow({ cars: cars.manyCars(500) }) },
  {
    name: "a lost connection",
    go: async (page, world) => {
      await world.vanish();
      await page.text("No connection to Node-RED since").waitFor();
    },
  },
  {
    name: "what everybody may see",
    world: () => snapshotNow({ viewer: { name: null, isAnonymous: true } }),
    go: async (page) => {
      await page.button("Log in").click();
      await page.text("Log in to Node-RED").waitFor();
      await page.button(/Cancel|Try again/).click();
      await page.text("You are not logged in").waitFor();
    },
  },
  {
    name: "a clock that is off",
    world: () => ({ snapshot: cars.snapshot(Date.now() - 900_000) }),
    go: (page) => page.text("ahead of that of Node-RED").waitFor(),
  },
  { name: "a login", world: () => ({ isGuarded: true }), go: (page) => page.text("Log in to Node-RED").waitFor() },
];

describe("the look of the cockpit page", () => {
  let browser: Browser;
  before(async () => {
    browser = await CockpitPage.launch();
  });
  after(() => browser.close());

  let world: CockpitWorld;
  let page: CockpitPage;
  async function open(changes: Partial<World> = {}, options: BrowserContextOptions = {}, root = ""): Promise<void> {
    world = await CockpitWorld.start(changes, root);
    page = await CockpitPage.open(browser, world.url, options);
  }
  afterEach(async () => {
    await page.close();
    await world.stop();
  });

  for (const { name, world: changes = () => ({}), go } of SCENES)
    it(`has no barrier, wide and narrow, light and dark, and shows nothing beside the screen: ${name}`, async () => {
      await open(changes());
      if (!world.world.isGuarded) await page.ready();
      await go?.(page, world);
      for (const isDark of [false, true]) {
        await page.page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
        await page.page.locator(isDark ? ".cockpit.dark" : ".cockpit:not(.dark)").waitFor();
        for (const viewport of [DESKTOP, PHONE]) {
          await page.page.setViewportSize(viewport);
          assert.equal(await page.overhang(), 0, `${viewport.width} px`);
          assert.deepEqual(await page.misfits(), []);
          // Nothing but colours differs in the dark.
          assert.deepEqual(await page.barriers(isDark ? ["color-contrast"] : undefined), []);
        }
      }
      assert.deepEqual(page.foreign, []);
    });

  for (const language of LOCALE_FOLDERS)
    it(`fits a phone and the narrowest tab of a sidebar in the language ${language}`, async () => {
      await open({}, { locale: language });
      await page.ready();
      const views = page.page.getByRole("navigation").getByRole("button");
      for (const width of [PHONE.width, SIDEBAR_WIDTH]) {
        await page.page.setViewportSize({ width, height: PHONE.height });
        for (const view of await views.all()) {
          await view.click();
          await page.page.getByRole("status").filter({ hasText: "…" }).first().waitFor({ state: "detached" });
          assert.equal(await page.overhang(), 0, `${width} px`);
          assert.deepEqual(await page.misfits(), []);
          assert.doesNotMatch(await page.page.locator(".cockpit").innerText(), KEY);
        }
      }
    });
});
