import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PACKAGE_VERSION } from "../../src/support/version.js";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";

const ACCOUNT = "family";

describe("dialog of an account that is logged in", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    await logIn(bench.red.url, ACCOUNT, bench.simulator);
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, []);
    await untilItPasses(() => {
      assert.equal(bench.simulator.log.count("rest*"), 4);
    });
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  it("shows until when the login is valid, and the renewed times after Refresh now", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.loginSays(/^Logged in\. .* the login lasts until \d+\/\d+\/\d{4} \d/);
    const before = bench.simulator.log.count("refresh");
    await editor.login("refresh").click();
    await editor.loginSays(
      /^Renewed\. The new token is valid until (\d+\/\d+\/\d{4} )?\d+:\d\d [AP]M, the login until \d+\/\d+\/\d{4} \d/,
    );
    assert.equal(bench.simulator.log.count("refresh"), before + 1);
  });

  it("shows what Discover costs, and asks BMW once and once more for each car", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.loginSays(/^Logged in/);
    const { log } = bench.simulator;
    const before = log.count("rest*");
    const discover = editor.login("discover");
    assert.match(
      (await discover.getAttribute("title")) ?? "",
      /one request, and one for each car\. \d+ requests are left/,
    );
    await discover.click();
    await untilItPasses(() => {
      assert.equal(log.count("rest*"), before + 4);
    });
    await editor.loginSays(/^Logged in/);
  });

  it("says in the dialog why Discover failed", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    // A refusal of this kind is tried once more.
    bench.simulator.faults.api.status(2, 503, { exveErrorId: "CU-503" });
    await editor.login("discover").click();
    await editor.loginSays("BMW's service is down at the moment. Try again later.");
  });

  it("fills in the cars that are known, with their names, asks BMW nothing and stores them", async () => {
    const editor = await bench.open();
    const { page } = editor;
    await editor.editAccount(ACCOUNT);
    await editor.tab("cars");
    const before = bench.simulator.log.count("rest*");
    await page.locator("#cardata-vehicles-fill").click();
    await page.locator("#cardata-vehicles-hint").getByText("3 added").waitFor();
    await page.locator(".cardata-vehicle-alias").first().fill("blue");
    await page.locator("#cardata-vehicles-fill").click();
    await page.locator("#cardata-vehicles-hint").getByText("No other car is known yet.").waitFor();
    await editor.ok();
    const vehicles = (await editor.node(ACCOUNT))["vehicles"] as { vin: string; name: string; alias: string }[];
    assert.deepEqual(
      vehicles.map(({ vin, name, alias }) => [vin, name, alias]),
      bench.simulator.cars.map(({ vin, basicData }, index) => [
        vin,
        `${String(basicData["brand"])} ${String(basicData["modelName"])}`,
        index === 0 ? "blue" : "",
      ]),
    );
    assert.equal(bench.simulator.log.count("rest*"), before);
  });

  it("keeps two open editors apart", async () => {
    const [one, other] = await Promise.all([bench.open(), bench.open({ locale: "de-DE" })]);
    await Promise.all([one.editAccount(ACCOUNT), other.editAccount(ACCOUNT)]);
    await Promise.all([one.loginSays(/^Logged in/), other.loginSays(/^Angemeldet/)]);
    const code = await one.newCode();
    await other.login("refresh").click();
    await other.loginSays(/^Erneuert/);
    assert.equal(await one.login("code").innerText(), code);
    assert.equal(await other.login("code").isVisible(), false);
    await one.login("cancel").click();
    await one.loginSays("The login was cancelled.");
    await other.cancel();
    await other.editAccount(ACCOUNT);
    await other.loginSays(/^Angemeldet/);
  });

  it("stores whether what arrives is recorded, and warns of what the files hold", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.tab("advanced");
    const record = editor.page.locator("#node-config-input-record");
    assert.equal(await record.isChecked(), false);
    await editor.page.getByText("The files hold your car's data").waitFor();
    await record.check();
    await editor.ok();
    assert.equal((await editor.node(ACCOUNT))["record"], true);
  });

  it("saves a file for those who help, without secrets and full VINs", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.tab("advanced");
    const saved = editor.page.waitForEvent("download");
    await editor.page.locator("#cardata-diagnostics").click();
    const download = await saved;
    assert.equal(download.suggestedFilename(), "cardata-diagnostics.json");
    const text = await readFile(await download.path(), "utf8");
    const { version, status, cars } = JSON.parse(text) as {
      version: string;
      status: { login: { state: string } };
      cars: { vin: string }[];
    };
    assert.deepEqual([version, status.login.state, cars.length], [PACKAGE_VERSION, "ok", 3]);
    for (const { vin } of bench.simulator.cars) assert.ok(!text.includes(vin));
    assert.ok(!text.includes(bench.simulator.gcid));
  });

  it("says which other account stands in its way, and that it will take over", async () => {
    const { clientId } = bench.simulator;
    const double = { id: "double", type: "cardata-account", name: "Double", credentials: { clientId } };
    await bench.closeWaitingPages();
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, [double]);
    const editor = await bench.open();
    await editor.editAccount("double");
    await editor.loginSays(
      /^This BMW client ID is already used by the account Simulated BMW\..* then this one takes over by itself\.$/,
    );
  });

  it("logs out", async () => {
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.login("logout").click();
    await editor.loginSays("Not logged in");
    assert.equal(await editor.login("refresh").isVisible(), false);
    assert.equal(await editor.login("logout").isVisible(), false);
    assert.equal(await editor.login("start").isVisible(), true);
  });
});
