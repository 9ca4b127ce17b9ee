import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";

/** bcrypt of "password", from Node-RED's documentation. */
const PASSWORD = "$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.";
const ACCOUNT = "guarded";

describe("a Node-RED user who may only read", () => {
  let bench: Workbench;
  before(async () => {
    const users = [
      { username: "owner", password: PASSWORD, permissions: "*" },
      { username: "guest", password: PASSWORD, permissions: "read" },
    ];
    bench = await Workbench.start({ settings: { adminAuth: { type: "credentials", users } } });
    await deployLoggedIn();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const tokens = new Map<string, Promise<string>>();

  /** The same for all tests, so that they can share an editor. */
  function tokenOf(username: string, scope: string): Promise<string> {
    const token = tokens.get(username) ?? newToken(username, scope);
    tokens.set(username, token);
    return token;
  }

  async function newToken(username: string, scope: string): Promise<string> {
    const form = { client_id: "node-red-editor", grant_type: "password", scope, username, password: "password" };
    const response = await fetch(`${bench.red.url}/auth/token`, { method: "POST", body: new URLSearchParams(form) });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** As the owner, in the editor. */
  async function deployLoggedIn(): Promise<void> {
    const editor = await bench.open({ token: await tokenOf("owner", "*") });
    await editor.openNewAccount(ACCOUNT);
    await editor.newCode();
    bench.simulator.approve();
    await editor.loginSays(/^Logged in$/);
    await editor.ok();
    await editor.add(
      { id: "reader", type: "cardata-stream", account: ACCOUNT, x: 300, y: 100, wires: [] },
      { id: "asker", type: "cardata-telematics", operation: "containers", account: ACCOUNT, x: 300, y: 200, wires: [] },
    );
    await editor.deploy();
    await bench.red.log("Stream connected");
    await untilItPasses(() => {
      assert.equal(bench.simulator.log.count("rest*"), 4);
    });
    await bench.closePages();
  }

  it("sees the state of the login, and learns clearly that everything else is not allowed", async () => {
    const editor = await bench.open({ token: await tokenOf("guest", "read") });
    await editor.editAccount(ACCOUNT);
    await editor.loginSays(/^Logged in\./);
    const { log } = bench.simulator;
    const before = log.entries.length;
    for (const button of ["start", "refresh", "discover", "logout"]) {
      await editor.login(button).click();
      await editor.loginSays("You are not allowed to do this. Log in to Node-RED with a user that may change flows.");
      assert.equal(await editor.login("code").isVisible(), false);
      await editor.cancel();
      await editor.editAccount(ACCOUNT);
      await editor.loginSays(/^Logged in\./);
    }
    assert.equal(log.entries.length, before);
  });

  it("sees what a check costs, and that it is not for them", async () => {
    const editor = await bench.open({ token: await tokenOf("guest", "read") });
    await editor.editAccount(ACCOUNT);
    const before = bench.simulator.log.count("rest*");
    await editor.page.locator("#cardata-doctor-cost").getByText("Asks BMW one request at most").waitFor();
    await editor.page.locator("#cardata-doctor-start").click();
    await editor.page.locator("#cardata-doctor-state").getByText("You are not allowed to do this.").waitFor();
    assert.equal(bench.simulator.log.count("rest*"), before);
  });

  it("may use the pickers", async () => {
    const editor = await bench.open({ token: await tokenOf("guest", "read") });
    await editor.edit("reader");
    assert.ok((await editor.listedCars()).some((car) => car.startsWith("BMW i4 eDrive40")));
  });

  it("cannot list data containers, because that costs one of BMW's requests, and sees why", async () => {
    const [id = ""] = bench.simulator.faults.foreignContainers(1);
    const before = bench.simulator.log.count("rest*");
    const guest = await bench.open({ token: await tokenOf("guest", "read") });
    await guest.edit("asker");
    const words = "The list costs one of BMW's requests. Log in to Node-RED with a user that may change flows.";
    await guest.page.getByText(words).waitFor();
    assert.equal(await guest.page.locator("#cardata-containers-load").isDisabled(), true);
    assert.equal(bench.simulator.log.count("rest*"), before);
    const owner = await bench.open({ token: await tokenOf("owner", "*") });
    await owner.edit("asker");
    await owner.page.locator("#cardata-containers-load").click();
    const row = owner.page.locator(".cardata-container", { hasText: id });
    await row.waitFor();
    assert.equal(await row.locator("button").count(), 1);
  });

  it("is the only way in: without a token the routes answer 401", async () => {
    assert.equal((await fetch(`${bench.red.url}/cardata/vehicles`)).status, 401);
    for (const path of ["status", "vehicles", "descriptors", "quota", "containers", "diagnostics", "check"])
      assert.equal((await fetch(`${bench.red.url}/cardata/account/${ACCOUNT}/${path}`)).status, 401);
    const list = await fetch(`${bench.red.url}/cardata/traccar/devices`, { method: "POST" });
    assert.equal(list.status, 401);
  });
});
