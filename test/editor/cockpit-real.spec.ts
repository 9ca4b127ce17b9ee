import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { CockpitPage } from "../helpers/cockpit-page.js";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { linkPackage } from "../helpers/node-red.js";
import { PrefixProxy } from "../helpers/prefix-proxy.js";
import { RedAtWork, redFlow, withCredentials } from "../helpers/red-at-work.js";
import { RedProcess, temporaryFolder } from "../helpers/red-process.js";
import { saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** bcrypt of "password", from Node-RED's documentation. */
const PASSWORD = "$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.";
const USERS = [
  { username: "owner", password: PASSWORD, permissions: "*" },
  { username: "guest", password: PASSWORD, permissions: "read" },
];
const ROOT = "/house/red";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";

describe("the cockpit page of a real Node-RED with users, a root of its own and no editor, behind a proxy with a path", () => {
  let browser: Browser;
  let simulator: Simulator;
  let proxy: PrefixProxy;
  let work: RedAtWork;
  let page: CockpitPage;
  const settings = { adminAuth: { type: "credentials", users: USERS }, disableEditor: true };
  const userDir = temporaryFolder("cockpit");

  before(async () => {
    linkPackage(userDir);
    [browser, simulator] = await Promise.all([CockpitPage.launch(), startSimulator({ tick: 0 })]);
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    work = await start();
    const owner = await work.admin.logIn("owner", "password");
    await owner.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId, storeKey }));
    await work.red.log("Stream connected");
    proxy = await PrefixProxy.start("/home/nr", work.red.url + ROOT);
  });
  after(async () => {
    proxy.stop();
    await Promise.all([browser.close(), work.red.stop(), simulator.stop()]);
  });
  afterEach(() => page.close());

  const start = async () => RedAtWork.of(await RedProcess.start({ userDir, adminRoot: ROOT, settings }), ROOT);
  const tell = (values: Record<string, unknown>) => {
    const [{ vin } = { vin: "" }] = simulator.cars;
    simulator.publish(vin, streamMessage(vin, values));
  };

  async function logIn(username: string, address = `${proxy.url}/cardata`): Promise<void> {
    page = await CockpitPage.open(browser, address);
    await page.page.getByLabel("Name").fill(username);
    await page.page.getByLabel("Password").fill("password");
    await page.page.keyboard.press("Enter");
    await page.ready();
  }

  it("lets somebody log in who may only read, follows the car, and survives a restart of Node-RED", async () => {
    await logIn("guest");
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
    work = await start();
    proxy.target = work.red.url + ROOT;
    // The token of the editor lies in Node-RED's own files.
    await page.ready();
    await page.card("status").getByText("in order").first().waitFor();
    assert.deepEqual(page.foreign, []);
  });

  it("finds its files where somebody has typed a slash at the end, and asks for a check where one may", async () => {
    await logIn("owner", `${proxy.url}/cardata/`);
    assert.match(page.page.url(), /\/home\/nr\/cardata$/);
    await page.show("Account");
    await page.button("Check").click();
    await page.text(/Nothing is broken|Everything is in order|Something has to be done/).waitFor();
    assert.deepEqual(await page.barriers(), []);
  });

  it("asks for a login when the token is over", async () => {
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
    await page.page.reload();
    await page.text("Your login is over").waitFor();
  });
});
