import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions } from "playwright-core";
import * as cars from "../helpers/cockpit-cars.js";
import { CockpitPage, DESKTOP, PHONE } from "../helpers/cockpit-page.js";
import { CockpitWorld, snapshotNow, type World } from "../helpers/cockpit-world.js";
import { eventually, untilItPasses } from "../helpers/eventually.js";

/** What Chromium names on a machine that is set to none, e.g. a tablet on the wall that starts nothing but the browser. */
const NO_LANGUAGE = "en-US@posix";

describe("the cockpit page", () => {
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

  it("shows what is known of a car, and says what is not", async () => {
    await open();
    await page.ready();
    const battery = page.card("battery");
    await battery.getByText("Nine times of ten 58.4 to 59.4 %").waitFor();
    await battery.getByText("The car said 31 % 1 hr ago").waitFor();
    await battery.getByText("Charging · AC · 11.0 kW").waitFor();
    assert.equal(await battery.getByRole("img", { name: "Battery level: 58.9 %" }).count(), 1);
    const condition = page.card("condition");
    await condition.getByText("2 open · 1 unknown · locked").waitFor();
    assert.equal(await condition.locator(".drawing .part.open").count(), 2);
    assert.equal(await condition.locator(".drawing .wheel.open").count(), 1);
    await page.button(/0033/).click();
    await battery.getByRole("img", { name: "Battery level: unknown" }).waitFor();
    assert.doesNotMatch(await battery.innerText(), /\b0\b/);
  });

  it("draws the bar of a battery within its track, however full it is", async () => {
    const levels = [3, 20, 70, 100];
    const all = levels.map((value) => cars.chargingCar(Date.now(), { key: `car${value}`, isCharging: false }));
    const level = cars.chargingCar(0).level!;
    await open(
      snapshotNow({ cars: all.map((car, index) => ({ ...car, level: { ...level, value: levels[index]! } })) }),
    );
    await page.ready();
    const overlaps = await page.page
      .locator(".car-card .bar-level")
      .evaluateAll((bars) => bars.map((bar) => bar.clientHeight - (bar.parentElement?.clientHeight ?? 0)));
    assert.deepEqual(overlaps, [0, 0, 0, 0]);
  });

  it("shows the tank of a car without a battery, and no level over time; of a plug-in hybrid, that its level is unknown", async () => {
    const now = Date.now();
    const fuel = { value: 31.5, unit: "L", at: cars.iso(now) };
    await open(
      snapshotNow({
        cars: [
          cars.drivingCar(now),
          cars.silentCar({ key: "hybrid", name: "Hybrid", vinEnd: "…0044", driveType: "phev", fuel }),
        ],
      }),
    );
    await page.ready();
    await page.card("battery").getByRole("img", { name: "Tank: 64 %" }).waitFor();
    for (const card of ["chart", "learned"]) assert.equal(await page.card(card).count(), 0);
    await page.button(/Hybrid/).click();
    await page.card("battery").getByRole("img", { name: "Battery level: unknown" }).waitFor();
    assert.match(await page.card("battery").innerText(), /Fuel\s+32 L/);
    await page.card("chart").waitFor();
  });

  it("takes the flap of a car that is plugged in for no trouble", async () => {
    const now = Date.now();
    const at = cars.iso(now);
    const openings = [
      { place: "doorFrontDriver", isOpen: false, at },
      { place: "chargingFlap", isOpen: true, at },
    ] as const;
    const car = cars.chargingCar(now, { openings, tyres: [] });
    await open(snapshotNow({ cars: [car, cars.drivingCar(now)] }));
    await page.ready();
    await page.card("condition").getByText("1 closed · locked").waitFor();
    assert.equal(await page.page.locator(".car-wrong, .open-list").count(), 0);
    world.push({ kind: "car", key: "blue", changed: { isPlugged: false, isCharging: false, charge: null } });
    await page.page.locator(".car-wrong", { hasText: "Charging flap open" }).waitFor();
    await page.card("condition").getByText("1 open · locked").waitFor();
  });

  it("says that the learned efficiency is without what the car itself uses, other than that of the journal", async () => {
    await open();
    await page.ready();
    await page.card("learned").getByText("The journal counts that too, so its efficiency is lower.").waitFor();
  });

  it("shows values of every kind: small and large ones, times by the clock here, and a long one that leaves room for names", async () => {
    const now = Date.now();
    const told: [string, string | number | boolean | null, string | null][] = [
      ["latitude", 48.13743, null],
      ["small", 0.00042, "kWh"],
      ["large", 1.5e300, "km"],
      ["cold", -0.0000001, "°C"],
      ["time", "2026-11-30T17:05:00Z", null],
      ["long", "x".repeat(500), null],
    ];
    const values = told.map(([name, value, unit]) => ({
      ...{ descriptor: `vehicle.${name}`, name, value, unit, at: cars.iso(now) },
      source: "stream" as const,
    }));
    await open({ values }, { timezoneId: "Pacific/Auckland" });
    await page.ready();
    await page.show("Values");
    const value = (name: string) => page.page.locator("tr", { hasText: `vehicle.${name}` }).locator("td.value");
    await value("long").waitFor();
    const shown = await Promise.all(
      ["latitude", "small", "large", "cold", "time"].map((name) => value(name).innerText()),
    );
    assert.deepEqual(shown, ["48.13743", "0.00042 kWh", "1.5E300 km", "0 °C", "1 Dec 2026, 06:05"]);
    const [width = 0] = await page.page.locator("tbody th").evaluateAll((names) => names.map((one) => one.clientWidth));
    assert.ok(width > 200, `${width} px`);
    await page.page.getByRole("searchbox", { name: "Find a value" }).fill("2026-11-30T17");
    await page.text("1 of 6").waitFor();
  });

  it("puts what was learned by speed from slow to fast, and names the current of a socket without a voltage", async () => {
    const { key, learned } = cars.learned(Date.now());
    const asLearned = Object.entries(learned!.consumption.brackets).reverse();
    const consumption = { ...learned!.consumption, brackets: Object.fromEntries(asLearned) };
    const [socket] = learned!.efficiency;
    const efficiency = [
      { ...socket!, key: "3_250_16", volts: 250 },
      { ...socket!, key: "3_410_16", volts: 410 },
    ];
    await open({ learned: { key, learned: { ...learned!, consumption, efficiency } } });
    await page.ready();
    const bySpeed = page.card("learned").locator(".bars").first().locator("li > span:first-child");
    await page.card("learned").getByText("AC · 3 × 16 A").waitFor();
    await page.card("learned").getByText("AC · 3 × 410 V · 16 A").waitFor();
    assert.deepEqual(await bySpeed.allInnerTexts(), ["Town", "Country road", "Motorway", "Fast motorway"]);
  });

  it("counts in miles for a car that does: trips, sums, events, what was learned, the scale of the map", async () => {
    const all = cars.snapshot(Date.now()).cars;
    await open(snapshotNow({ cars: all.map((car, index) => (index === 0 ? { ...car, distanceUnit: "mi" } : car)) }));
    await page.ready();
    const learned = page.card("learned");
    await learned.getByText("mi/kWh").first().waitFor();
    assert.doesNotMatch(await learned.innerText(), /100 km/);
    const scale = page.card("place").locator(".leaflet-control-scale");
    assert.match(await scale.innerText(), /^\d+ (mi|ft)$/);
    await page.card("happened").getByText("25.7 mi").waitFor();
    await page.show("Journal");
    await page.card("trips").getByText("25.7 mi").waitFor();
    assert.match(await page.card("month").innerText(), /100\.9 mi[^]*3\.3 mi\/kWh/);
    assert.doesNotMatch(await page.card("trips").innerText(), /\bkm\b/);
    await page.show("Events");
    await page.card("events").getByText("25.7 mi").waitFor();
    await page.show("Car");
    await page.button(/0022/).click();
    await eventually("a scale in metres", async () => /^\d+ k?m$/.test(await scale.innerText()));
  });

  it("takes changes as they come, and keeps the focus of who types", async () => {
    await open();
    await page.ready();
    await page.show("Values");
    const field = page.page.getByRole("searchbox", { name: "Find a value" });
    await field.fill("state of");
    await page.text("1 of 300").waitFor();
    await world.followed("blue");
    const now = Date.now();
    const [first] = cars.values(now, 1);
    world.push(
      {
        kind: "car",
        key: "blue",
        changed: { level: { ...cars.chargingCar(now).level!, value: 60.2, at: cars.iso(now) } },
      },
      { kind: "values", key: "blue", values: [{ ...first!, value: 32 }] },
    );
    await page.page.locator("td.value", { hasText: "32 %" }).waitFor();
    await page
      .button(/Blue i4/)
      .getByText("60.2")
      .waitFor();
    assert.equal(
      await field.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element),
      true,
    );
    assert.equal(await field.inputValue(), "state of");
    await field.fill("no such value");
    await page.text("No value fits.").waitFor();
  });

  it("shows texts that would be HTML as they are", async () => {
    const name = "<img src=x onerror=alert(1)>";
    await open(snapshotNow({ cars: [cars.chargingCar(Date.now(), { name })] }));
    await page.ready();
    await page.card("battery").getByRole("heading", { name }).waitFor();
    await page.show("Values");
    await page.text("<b>Hostile</b> name").waitFor();
    assert.equal(await page.page.locator("main img").count(), 0);
  });

  it("tells of a lost connection, goes on by itself, and asks anew when a stream has ended", async () => {
    await open();
    await page.ready();
    const back = await world.vanish();
    await page.text("No connection to Node-RED since").waitFor();
    assert.equal(await page.card("battery").isVisible(), true);
    world.world.snapshot = cars.snapshot(Date.now(), {
      cars: [cars.chargingCar(Date.now(), { name: "After the restart" })],
    });
    await back();
    await page.card("battery").getByRole("heading", { name: "After the restart" }).waitFor();
    await page.ready();
    assert.equal(await page.text("No connection to Node-RED since").isVisible(), false);
    const before = world.opened;
    world.end("time");
    await eventually("a new stream", () => world.opened > before);
    await page.ready();
  });

  it("goes on with all values after Node-RED was started anew, which then names cars by other keys", async () => {
    await open();
    await page.ready();
    await page.show("Values");
    await page.text("300 of 300").waitFor();
    const back = await world.vanish();
    await page.text("No connection to Node-RED since").waitFor();
    const now = Date.now();
    world.world.snapshot = cars.snapshot(now, { cars: [cars.chargingCar(now, { key: "other" })] });
    await back();
    await world.followed("other");
    await page.ready();
    const [first] = cars.values(now, 1);
    world.push({ kind: "values", key: "other", values: [{ ...first!, value: 77 }] });
    await page.page.locator("td.value", { hasText: "77 %" }).waitFor();
  });

  it("asks for what there is of a car that appears after the page was opened", async () => {
    await open(snapshotNow({ cars: [], events: [] }));
    await page.ready();
    await page.text("No car yet").waitFor();
    world.push({ kind: "carAdded", car: cars.chargingCar(Date.now()) });
    await page.card("chart").locator(".plot").waitFor();
    await page.card("learned").getByText("kWh/100 km").first().waitFor();
  });

  it("goes on with the values of another car, as they change, when the chosen one is gone", async () => {
    const now = Date.now();
    await open(snapshotNow({ cars: [cars.chargingCar(now), cars.drivingCar(now)] }));
    await page.ready();
    await page.button(/Family car/).click();
    await page.show("Values");
    await page.text("All values of Family car").waitFor();
    await world.followed("family");
    world.world.snapshot = cars.snapshot(now, { cars: [cars.chargingCar(now)] });
    world.push({ kind: "carGone", key: "family" });
    await page.text("All values of Blue i4").waitFor();
    await world.followed("blue");
    await page.ready();
  });

  it("shows the newest month of the car that is left when the chosen one is gone", async () => {
    const now = Date.now();
    await open(
      snapshotNow({ cars: [cars.chargingCar(now), cars.chargingCar(now, { key: "other", vinEnd: "…0044" })] }),
    );
    await page.ready();
    await page.button(/0044/).click();
    await page.show("Journal");
    const month = page.page.getByRole("combobox", { name: "Month" });
    const newest = await month.inputValue();
    await page.button("Previous month").click();
    await untilItPasses(async () => {
      assert.notEqual(await month.inputValue(), newest);
    });
    world.push({ kind: "carGone", key: "other" });
    await untilItPasses(async () => {
      assert.equal(await month.inputValue(), newest);
    });
  });

  it("shows all cars again when so few are left that there is no field to find one", async () => {
    await open(snapshotNow({ cars: cars.manyCars(7) }));
    await page.ready();
    await page.page.getByRole("searchbox", { name: "Find a car" }).fill("car 3");
    await untilItPasses(async () => {
      assert.equal(await page.page.locator(".car-card").count(), 1);
    });
    world.push({ kind: "carGone", key: "car6" });
    await untilItPasses(async () => {
      assert.equal(await page.page.locator(".car-card").count(), 6);
    });
  });

  it("shows the trips that ended while another view was looked at", async () => {
    await open();
    await page.ready();
    await page.card("chart").locator(".plot").waitFor();
    await page.show("Account");
    const asked = () => world.asked.filter(({ address }) => address.endsWith("/history")).length;
    const before = asked();
    await page.show("Car");
    await eventually("the history anew", () => asked() > before);
  });

  it("says why Node-RED shows nothing where too many pages are open, and goes on when there is room", async () => {
    await open({ isFull: true });
    await page.text("Too many pages that show your cars are open").waitFor();
    assert.equal(await page.text("Node-RED does not answer").isVisible(), false);
    world.world.isFull = false;
    await page.ready();
    world.world.isFull = true;
    world.end("closed");
    await page.page.locator(".notice").getByText("Too many pages").waitFor();
    world.world.isFull = false;
    await page.ready();
    assert.equal(await page.text("Too many pages").isVisible(), false);
  });

  it("works in a browser that keeps nothing", async () => {
    world = await CockpitWorld.start();
    page = await CockpitPage.open(browser, "about:blank");
    await page.page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new Error("SecurityError");
        },
      });
    });
    await page.page.goto(world.url);
    await page.ready();
    await page.button(/Family car/).click();
    await page.card("battery").getByRole("heading", { name: "Family car" }).waitFor();
    await page.page.getByLabel("Language").selectOption("de");
    await page.text("Reichweite").waitFor();
  });

  it("speaks English where the machine is set to no language at all", async () => {
    world = await CockpitWorld.start();
    page = await CockpitPage.open(browser, "about:blank");
    await page.page.addInitScript((language) => {
      Object.defineProperty(Navigator.prototype, "language", { get: () => language });
      Object.defineProperty(Navigator.prototype, "languages", { get: () => [language] });
    }, NO_LANGUAGE);
    await page.page.goto(world.url);
    await page.ready();
    await page.text("Level over time").waitFor();
  });

  it("shows the picture of a car, which needs the token, too", async () => {
    await open(snapshotNow({ cars: [cars.chargingCar(Date.now(), { picture: "v1" })] }));
    await page.ready();
    const picture = page.card("battery").getByRole("img", { name: "Picture of Blue i4" });
    await picture.waitFor();
    assert.match((await picture.getAttribute("src")) ?? "", /^blob:/);
    assert.ok(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
  });

  it("keeps no stream open while nobody looks", async () => {
    await open();
    await page.ready();
    await page.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await eventually("no stream", () => world.streams === 0);
    await page.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "visible" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.ready();
    assert.equal(world.streams, 1);
  });

  it("asks for Node-RED's login, sends the token in a header only, and takes that of the editor", async () => {
    await open({ isGuarded: true }, {}, "/sub/nr");
    await page.page.getByLabel("Name").fill("owner");
    await page.page.getByLabel("Password").fill("wrong");
    await page.page.keyboard.press("Enter");
    await page.text("Name or password is not right.").waitFor();
    await page.page.getByLabel("Password").fill("password");
    await page.page.keyboard.press("Enter");
    await page.ready();
    const { asked } = world;
    assert.ok(
      asked.some(({ address, authorization }) => address === "/sub/nr/cardata/cockpit/stream" && authorization !== ""),
    );
    assert.deepEqual(
      asked.filter(({ address }) => /token=|editor/.test(address)),
      [],
    );
    // The editor at the same root is logged in with it, and the other way round.
    const stored = await page.page.evaluate(() => localStorage.getItem("auth-tokens-sub-nr"));
    assert.match(stored ?? "", /"access_token":"a\+token/);
    await page.page.reload();
    await page.ready();
  });

  it("says that a login is over, and goes on after a new one in another tab", async () => {
    await open({ isGuarded: true });
    await page.page.evaluate(() => {
      localStorage.setItem("auth-tokens", '{"access_token":"old"}');
    });
    await page.page.reload();
    await page.text("Your login is over").waitFor();
    const other = await page.page.context().newPage();
    await other.goto(world.url);
    await other.getByLabel("Name").fill("owner");
    await other.getByLabel("Password").fill("password");
    await other.getByRole("button", { name: "Log in" }).click();
    await page.ready();
  });

  it("moves over the chart by keys, also where there is one point, a gap, or nothing", async () => {
    const now = Math.round(Date.now() / 1000);
    const empty = { at: [], value: [], low: [], high: [], powerKw: [] };
    await open({ history: { ...cars.history(Date.now()), level: empty, reported: { at: [], value: [] } } });
    await page.ready();
    const chart = page.card("chart");
    // The level of the card is a point in itself.
    await chart.locator(".plot").focus();
    await page.page.keyboard.press("End");
    await chart.locator(".readout", { hasText: "58.9 %" }).waitFor();
    world.world.history = {
      ...world.world.history,
      level: {
        at: [now - 900, now - 600, now - 300],
        value: [40, null, 41],
        low: [39, null, 40],
        high: [41, null, 42],
        powerKw: [null, null, null],
      },
    };
    await page.button(/0033/).click();
    // Until then the keys would go to the chart of the car before.
    await page.card("battery").getByRole("heading", { name: "BMW …0033" }).waitFor();
    await chart.locator(".plot").focus();
    await page.page.keyboard.press("Home");
    await chart.locator(".readout", { hasText: "40.0 %" }).waitFor();
    await page.page.keyboard.press("ArrowRight");
    await untilItPasses(async () => {
      assert.doesNotMatch(await chart.locator(".readout").innerText(), /%/);
    });
    await page.page.keyboard.press("ArrowRight");
    await chart.locator(".readout", { hasText: "41.0 %" }).waitFor();
  });

  it("draws the chart anew where the window becomes narrower or wider", async () => {
    await open();
    await page.ready();
    const widths = () =>
      page.page.locator(".plot").evaluate((plot) => [plot.clientWidth, plot.querySelector(".uplot")?.clientWidth]);
    for (const viewport of [PHONE, DESKTOP]) {
      await page.page.setViewportSize(viewport);
      await untilItPasses(async () => {
        const [room, drawn] = await widths();
        assert.equal(drawn, room);
      });
    }
  });

  it("asks nobody for a map before it is switched on, and remembers that", async () => {
    await open();
    await page.ready();
    const place = page.card("place");
    await place.locator(".grid-tile").first().waitFor();
    await place.locator("path.track").nth(1).waitFor({ state: "attached" });
    assert.match(
      (await place.getByRole("link", { name: "OpenStreetMap" }).getAttribute("href")) ?? "",
      /mlat=48\.13743&mlon=11\.57549/,
    );
    assert.deepEqual(page.foreign, []);
    await page.button("Show the map").click();
    await page.page.waitForURL(/\?tiles$/);
    await eventually("tiles", () => page.foreign.some((url) => url.startsWith("https://tile.openstreetmap.org/")));
    await page.page.goto(world.url);
    await page.page.waitForURL(/\?tiles$/);
    await page.button("Without the map").click();
    await page.button("Show the map").waitFor();
    assert.doesNotMatch(page.page.url(), /tiles/);
  });

  it("shows the car that was chosen last, also where Node-RED was started anew and names cars by other keys", async () => {
    await open();
    await page.ready();
    await page.button(/Family car/).click();
    await page.card("battery").getByRole("heading", { name: "Family car" }).waitFor();
    const now = Date.now();
    world.world.snapshot = cars.snapshot(now, {
      cars: [cars.chargingCar(now, { key: "k1" }), cars.drivingCar(now, { key: "k2" })],
    });
    world.end("time");
    await page.page.reload();
    await page.card("battery").getByRole("heading", { name: "Family car" }).waitFor();
  });

  it("says which of two accounts a car is of that both have, and shows that one again", async () => {
    const now = Date.now();
    const accounts = [cars.account(now), cars.account(now, { id: "two", name: "Second" })];
    await open(
      snapshotNow({
        accounts,
        cars: [cars.chargingCar(now), cars.chargingCar(now, { key: "twin", account: "two" }), cars.drivingCar(now)],
      }),
    );
    await page.ready();
    await page.button(/My BMW · BMW i4 eDrive40/).waitFor();
    assert.doesNotMatch(await page.button(/Family car/).innerText(), /My BMW/);
    await page.button(/Second · BMW i4 eDrive40/).click();
    await page.card("battery").getByText("Second · BMW i4 eDrive40").waitFor();
    await page.page.reload();
    await page.card("battery").getByText("Second · BMW i4 eDrive40").waitFor();
  });

  it("names the day of a charge that began or ends on another one, but not at midnight", async () => {
    const at = "2026-12-31T23:30:00.000Z";
    const now = Date.parse(at);
    const charge = (startedAt: number, minutesToTarget: number) => {
      const car = cars.chargingCar(now);
      return { charge: { ...car.charge!, startedAt: cars.iso(startedAt), minutesToTarget } };
    };
    world = await CockpitWorld.start({ snapshot: cars.snapshot(now) });
    page = await CockpitPage.open(browser, world.url, { at, timezoneId: "Europe/London" });
    await page.ready();
    const battery = page.card("battery");
    await battery.getByText("80 % in 1 hr 8 mins, at 00:38").waitFor();
    const days = 24 * 3_600_000;
    world.push({ kind: "car", key: "blue", changed: charge(now - 2 * days, 3000) });
    await battery.getByText("80 % in 50 hrs, at Sun 3 Jan, 01:30").waitFor();
    await battery.getByText("14.4 kWh since Tue 29 Dec, 23:30").waitFor();
  });

  it("calls the days of what happened by the calendar, also when a year ends while the page is open", async () => {
    const at = "2026-12-31T23:59:00.000Z";
    const now = Date.parse(at);
    world = await CockpitWorld.start({ snapshot: cars.snapshot(now) });
    page = await CockpitPage.open(browser, world.url, { at, timezoneId: "UTC" });
    await page.ready();
    const days = page.card("happened").getByRole("heading", { level: 3 });
    assert.deepEqual(await days.allInnerTexts(), ["Today", "Yesterday"]);
    await page.page.clock.setFixedTime(now + 120_000);
    const snapshot = { ...world.world.snapshot, at: cars.iso(now + 120_000) };
    world.world.snapshot = snapshot;
    world.end("time");
    await untilItPasses(async () => {
      assert.deepEqual(await days.allInnerTexts(), ["Yesterday", "Wed 30 Dec"]);
    });
  });

  it("asks for the login when it turns out to be over while something is saved", async () => {
    await open();
    await page.ready();
    await page.show("Journal");
    await page.card("trips").getByText("To the lake").waitFor();
    world.world.isGuarded = true;
    await page.button("Trips (CSV)").click();
    await page.text("Log in to Node-RED").waitFor();
    world.world.isGuarded = false;
    await page.page.reload();
    await page.ready();
  });

  it("finds one of 500 cars", async () => {
    await open(snapshotNow({ cars: cars.manyCars(500) }));
    await page.ready();
    await page.text("8 of 500").waitFor();
    await page.page.getByRole("searchbox", { name: "Find a car" }).fill("car 499");
    await page.button(/Car 499/).click();
    await page.card("battery").getByRole("heading", { name: "Car 499" }).waitFor();
  });

  it("counts ages by the clock of Node-RED, and says that the one here is off", async () => {
    const ahead = Date.now() + 3 * 3_600_000;
    await open({ snapshot: cars.snapshot(ahead) });
    await page.ready();
    await page.text("The clock of this device is 3 hrs behind that of Node-RED.").waitFor();
    await page.card("battery").getByText("1 min ago, parked").waitFor();
  });

  it("speaks German where the browser does, and another language where one is chosen", async () => {
    await open({}, { locale: "de-AT" });
    await page.ready();
    await page.text("Ladezustand im Verlauf").waitFor();
    await page.page.getByLabel("Sprache").selectOption("en-US");
    await page.text("Level over time").waitFor();
    await page.page.reload();
    await page.text("Level over time").waitFor();
  });

  it("shows the trips and charges of a month with their sums, and says what is unknown", async () => {
    await open();
    await page.ready();
    await page.show("Journal");
    const [trips, charges, month] = [page.card("trips"), page.card("charges"), page.card("month")];
    await trips.getByRole("row").nth(3).waitFor();
    const cells = async (card: typeof trips, row: number) =>
      (await card.getByRole("row").nth(row).locator("th, td").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
    const [start, ...trip] = await cells(trips, 2);
    assert.match(start ?? "", /9 \w+, 07:41$/);
    assert.deepEqual(trip, ["08:28", "Home", "Work", "41.3 km", "47 mins", "19.1 kWh/100 km", "Commute"]);
    assert.deepEqual((await cells(trips, 3)).slice(4), Array(4).fill("– unknown"));
    assert.deepEqual((await cells(charges, 1)).slice(1), [
      ...["23:01", "Home", "31 % → 80 %", "39.2 kWh by level", "43.1 kWh meter · 12.4 kWh from the sun"],
      ...["10.9 kW at most 11.1 kW · AC", "€9.21 tariff"],
    ]);
    assert.match(
      await month.innerText(),
      /162\.4 km[^]*19\.1 kWh\/100 km[^]*86\.2 kWh[^]*€18\.42\s+Charges without a cost: 1/,
    );
    await page
      .card("health")
      .getByRole("img", { name: /^Capacity over time: 79\.5 kWh in .*, 77\.1 kWh in / })
      .waitFor();
    await page.card("health").getByText("78.8 kWh").waitFor();
  });

  it("tells nothing of charges and a battery of a car that has none to charge", async () => {
    await open({
      month: (name) => ({ ...cars.month(name), charges: [], sum: cars.monthSum(name, { charges: 0, cost: null }) }),
    });
    await page.ready();
    await page.show("Journal");
    await page.card("health").waitFor();
    await page.button(/Family car/).click();
    await page.card("health").waitFor({ state: "detached" });
    await page.card("trips").getByText("To the lake").waitFor();
    assert.deepEqual([await page.card("charges").count(), await page.card("year").count()], [0, 0]);
    assert.doesNotMatch(await page.card("month").innerText(), /Charges|Cost/);
    assert.equal(await page.card("export").getByRole("button", { name: "Charges (CSV)" }).count(), 0);
  });

  it("goes from month to month: by buttons over those that have entries, by choice, by the bars of the year", async () => {
    await open();
    await page.ready();
    await page.show("Journal");
    const now = Date.now();
    const filter = page.page.getByLabel("Month", { exact: true });
    const isAt = (count: number) =>
      untilItPasses(async () => {
        const name = cars.monthBefore(now, count);
        assert.equal(await filter.inputValue(), name);
        const last = world.asked.filter(({ address }) => address.includes("/entries?")).at(-1);
        assert.equal(last?.address, `/cardata/cockpit/car/blue/entries?month=${name}`);
      });
    await filter.waitFor();
    await isAt(0);
    assert.equal(await page.button("Next month").isDisabled(), true);
    for (const _ of [1, 2, 3, 4]) await page.button("Previous month").click();
    await isAt(4);
    await page.button("Previous month").click();
    // Five months ago nothing was recorded.
    await isAt(6);
    await page.button("Next month").click();
    await isAt(4);
    await filter.selectOption(cars.monthBefore(now, 20));
    await isAt(20);
    await page.card("year").getByRole("button").nth(11).click();
    await isAt(0);
    await page
      .card("year")
      .getByRole("button", { name: /: nothing$/ })
      .first()
      .click();
    await isAt(5);
    await page.button(/Family car/).click();
    await untilItPasses(() => {
      assert.match(world.asked.at(-1)?.address ?? "", /family\/entries/);
    });
    assert.equal(await filter.inputValue(), cars.monthBefore(now, 0));
  });

  it("asks for the journal anew when it has changed", async () => {
    await open();
    await page.ready();
    await page.show("Journal");
    await page.card("trips").getByText("To the lake").waitFor();
    world.world.month = (name) => ({ ...cars.month(name), trips: [cars.trip(name, "20", { note: "The newest" })] });
    world.push({ kind: "car", key: "blue", changed: { journal: 1 } });
    await page.card("trips").getByText("The newest").waitFor();
    await page.show("Values");
    world.world.month = (name) => ({ ...cars.month(name), trips: [cars.trip(name, "21", { note: "Newer still" })] });
    await page.show("Journal");
    await page.card("trips").getByText("Newer still").waitFor();
  });

  it("saves exports of the month or of everything, as the runtime has made them, without the token in the address", async () => {
    await open({ isGuarded: true }, { locale: "de-AT" });
    await page.page.getByLabel("Name").fill("owner");
    await page.page.getByLabel("Passwort").fill("password");
    await page.page.keyboard.press("Enter");
    await page.ready();
    await page.show("Fahrtenbuch");
    const card = page.card("export");
    const save = async (name: string) => {
      const waiting = page.page.waitForEvent("download");
      await card.getByRole("button", { name }).click();
      const file = await waiting;
      return { name: file.suggestedFilename(), content: readFileSync(await file.path(), "utf8") };
    };
    const { fileName: name, text: content } = world.world.file;
    assert.deepEqual(await save("Fahrten (CSV)"), { name, content });
    await page.text(`${name} gespeichert`).waitFor();
    await card.getByRole("button", { name: "Alles" }).click();
    for (const kind of ["Ladungen (CSV)", "Alle Daten (JSON)", "Strecken (GPX)", "Fahrtenbuch (HTML)"])
      assert.deepEqual(await save(kind), { name, content });
    const exports = world.asked.filter(({ address }) => address.includes("/export?"));
    assert.ok(exports.every(({ authorization }) => authorization !== ""));
    assert.deepEqual(
      exports.map(({ address }) => address.split("?")[1]),
      [
        `what=trips&language=de&month=${cars.monthBefore(Date.now(), 0)}`,
        ...["charges", "json", "gpx", "html"].map((what) => `what=${what}&language=de`),
      ],
    );
    world.world.hasFiles = false;
    await card.getByRole("button", { name: "Strecken (GPX)" }).click();
    await page.text("Die Dateien des Fahrtenbuchs sind nicht benutzbar (EIO).").waitFor();
  });

  it("does not offer a check to who may only read", async () => {
    await open({ mayWrite: false });
    await page.ready();
    await page.show("Account");
    await page.text("You are not allowed to do this.").waitFor();
    assert.equal(await page.button("Check").count(), 0);
    const [file] = await Promise.all([page.page.waitForEvent("download"), page.button("Save diagnostics").click()]);
    assert.equal(file.suggestedFilename(), "cardata-diagnostics.json");
  });

  it("sums the requests of the day by what they were for, and says which come next and why", async () => {
    await open();
    await page.ready();
    await page.show("Account");
    const [quota, polls] = [page.card("quota"), page.card("polls")];
    await quota.locator(".quota-bar span").nth(3).waitFor();
    assert.match(await quota.innerText(), /17 of 50\s*33 left until/);
    assert.match(await quota.innerText(), /by schedule 9\s+after events 4\s+once a day 2\s+renewal 0\s+asked for 2/);
    assert.match(await polls.innerText(), /in 12 min\s+Values of the car\s+Blue i4 · after a charge/);
  });
});
