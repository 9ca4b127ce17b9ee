import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { MachineControl } from "../faults/lib/machine-control.js";
import { MACHINE_VARIABLE } from "../faults/lib/machine.js";
import { WorldClock } from "../faults/lib/world-clock.js";
import { CockpitPage } from "../helpers/cockpit-page.js";
import { untilItPasses } from "../helpers/eventually.js";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { linkPackage } from "../helpers/node-red.js";
import { PrefixProxy } from "../helpers/prefix-proxy.js";
import { RedAtWork, redFlow, withCredentials } from "../helpers/red-at-work.js";
import { RedProcess, temporaryFolder } from "../helpers/red-process.js";
import { saveLogin } from "../helpers/saved-login.js";
import { householdHour } from "../simulator/cars/household.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** bcrypt of "password", from Node-RED's documentation. */
const PASSWORD = "$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.";
const USERS = [
  { username: "owner", password: PASSWORD, permissions: "*" },
  { username: "guest", password: PASSWORD, permissions: "read" },
];
const ROOT = "/house/red";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const COUNTER = "vehicle.test.counter";
const MINUTE_MS = 60_000;
const [SALOON, FAMILY, SMALL] = ["Blue i4", "Family car", "Mini"] as const;
const TOKEN_LIFE_S = 24 * 3600;
const MACHINE = pathToFileURL(require.resolve("../faults/lib/preload.js")).href;

const numberIn = (text: string) => Number.parseFloat(text.replace(",", "."));

describe("the cockpit page of a real Node-RED with users, a root of its own and no editor, behind a proxy with a path", () => {
  let browser: Browser;
  let simulator: Simulator;
  let proxy: PrefixProxy;
  let work: RedAtWork;
  let page: CockpitPage;
  let machine: MachineControl;
  let minutes = 0;
  /** That of BMW, the cars and Node-RED. */
  const clock = new WorldClock(1);
  const settings = { adminAuth: { type: "credentials", users: USERS }, disableEditor: true };
  const userDir = temporaryFolder("cockpit");

  before(async () => {
    linkPackage(userDir);
    const world = { clock, tick: 0, cars: householdHour(clock.now()), tokenLife: TOKEN_LIFE_S };
    [browser, simulator] = await Promise.all([CockpitPage.launch(), startSimulator(world)]);
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator, { now: clock.now() });
    await start();
    const names = [SALOON, FAMILY, SMALL];
    const vehicles = simulator.cars.map(({ vin }, index) => ({ vin, name: names[index] }));
    const owner = await work.admin.logIn("owner", "password");
    await owner.deploy(
      withCredentials(redFlow(simulator, { account: { vehicles } }), { clientId: simulator.clientId, storeKey }),
    );
    await work.red.log("Stream connected");
    proxy = await PrefixProxy.start("/home/nr", work.red.url + ROOT);
  });
  after(async () => {
    proxy.stop();
    await Promise.all([browser.close(), work.red.stop(), simulator.stop()]);
  });
  afterEach(() => page.close());

  async function start(): Promise<void> {
    const env = { [MACHINE_VARIABLE]: JSON.stringify({ time: clock.scale }) };
    const red = await RedProcess.start({ userDir, adminRoot: ROOT, settings, preload: [MACHINE], env });
    machine = new MachineControl(red.child);
    work = RedAtWork.of(red, ROOT);
  }

  /** @param values of one car, the last one if it is not said which */
  const tell = (values: Record<string, unknown>, { vin } = simulator.cars.at(-1)!) => {
    simulator.publish(vin, streamMessage(vin, values, clock.now()));
  };

  /** Lets minutes pass at once; what the cars report in one has arrived when the next one begins. */
  async function pass(count: number): Promise<void> {
    for (const end = minutes + count; minutes < end;) {
      minutes++;
      clock.leap(MINUTE_MS);
      await machine.change({ time: clock.scale });
      simulator.step(MINUTE_MS);
      tell({ [COUNTER]: minutes });
      await work.red.message(({ message }) => message["descriptor"] === COUNTER && message["payload"] === minutes);
    }
  }

  async function logIn(
    username: string,
    { address = `${proxy.url}/cardata`, ...options }: BrowserContextOptions & { address?: string } = {},
  ): Promise<CockpitPage> {
    page = await CockpitPage.open(browser, address, options);
    await fillIn(username);
    return page.ready();
  }

  async function fillIn(username: string): Promise<void> {
    await page.page.locator("input[name=username]").fill(username);
    await page.page.locator("input[name=password]").fill("password");
    await page.page.keyboard.press("Enter");
  }

  const choose = (one: CockpitPage, name: string) => one.button(new RegExp(name)).click();
  /** The level beside the name of a car. */
  const levelOf = async (one: CockpitPage, name: string) =>
    numberIn(await one.button(new RegExp(name)).locator(".figure").innerText());

  it("follows a charge and a trip from their begin to the journal, in two languages", async () => {
    const english = await logIn("guest");
    const german = await logIn("owner", { locale: "de-DE" });
    // The car tells its level every five minutes.
    await pass(8);
    await choose(english, SALOON);
    await english.card("battery").getByText("Charging").waitFor();
    await english.button("Last charge").click();
    await choose(german, FAMILY);
    await german.card("battery").getByText("Fährt").waitFor();
    await german.button("Letzte Fahrt").click();
    const map = german.card("place").getByRole("link", { name: "OpenStreetMap" });
    const [level, place] = [await levelOf(english, SALOON), await map.getAttribute("href")];
    await pass(5);
    await untilItPasses(async () => {
      const now = await levelOf(english, SALOON);
      const { soc } = simulator.cars[0]!.truth();
      assert.ok(now > level + 0.3 && Math.abs(now - soc) < 1.5, `${level} became ${now}, ${soc} is true`);
      assert.notEqual(await map.getAttribute("href"), place);
    });
    await english.card("chart").locator(".of-power", { hasText: "kW" }).waitFor();
    await pass(40);
    await english.text("Charge ended").waitFor();
    await english.show("Journal");
    await english.page.locator("tr", { hasText: "→ 72 %" }).getByText("AC").waitFor();
    await german.text("Fahrt beendet").waitFor();
    await german.show("Fahrtenbuch");
    // How far it went is known only where the car was heard before it drove off.
    await german
      .card("trips")
      .locator("tr")
      .getByText(/^\d+ Min\.$/)
      .waitFor();
    assert.deepEqual([...english.foreign, ...german.foreign], []);
    await english.close();
  });

  it("lets somebody log in who may only read, follows the car, and survives a restart of Node-RED", async () => {
    await logIn("guest");
    await choose(page, SMALL);
    tell({ [SOC]: 41, [`${CHARGING}.status`]: "CHARGINGACTIVE", [`${CHARGING}.method`]: "AC_TYPE2PLUG" });
    await page.card("battery").getByText("Charging").waitFor();
    await page.text("Charge began").waitFor();
    tell({ [SOC]: 42 });
    await page.show("Values");
    await page.page.locator("tr", { hasText: SOC }).getByText("42 %").waitFor();
    await page.show("Account");
    await page.card("status").getByText("in order").first().waitFor();
    await page.text("You are not allowed to do this.").waitFor();
    await work.red.stop();
    await page.text("No connection to Node-RED since").waitFor();
    await start();
    proxy.target = work.red.url + ROOT;
    // The token of the editor lies in Node-RED's own files.
    await page.ready();
    await page.card("status").getByText("in order").first().waitFor();
    assert.deepEqual(page.foreign, []);
  });

  it("finds its files where somebody has typed a slash at the end, and asks for a check where one may", async () => {
    await logIn("owner", { address: `${proxy.url}/cardata/` });
    assert.match(page.page.url(), /\/home\/nr\/cardata$/);
    await page.show("Account");
    await page.button("Check").click();
    await page.text(/Nothing is broken|Everything is in order|Something has to be done/).waitFor();
    assert.deepEqual(await page.barriers(), []);
  });

  it("asks for a login when the token is over, and goes on after it", async () => {
    await logIn("guest");
    const token = await page.page.evaluate(() => {
      const key = "auth-tokens-home-nr";
      return (JSON.parse(localStorage.getItem(key) ?? "{}") as { access_token: string }).access_token;
    });
    const { status } = await fetch(`${proxy.url}/auth/revoke`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    assert.equal(status, 200);
    // An open stream outlives its token.
    proxy.cut();
    await page.text("Your login is over").waitFor();
    await fillIn("guest");
    await page.ready();
    await choose(page, SMALL);
    tell({ [SOC]: 43 });
    await page.card("battery").getByText("43").first().waitFor();
  });
});
