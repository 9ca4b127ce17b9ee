import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import catalogue from "../../resources/catalogue.json";
import { CLUSTERS, clustersOf } from "../../src/vehicle/descriptor-clusters.js";
import { PACKAGE_VERSION } from "../../src/support/version.js";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { PLACE, streamMessage, TAB } from "../helpers/flow.js";
import type { Editor } from "../helpers/editor.js";
import { untilItPasses } from "../helpers/eventually.js";

const ACCOUNT = "checked";
const STREAM = { id: "reader", type: "cardata-stream", account: ACCOUNT, ...PLACE, wires: [[], []] };

/** A few values of each group that people choose. */
const VALUES = Object.fromEntries(
  CLUSTERS.flatMap((cluster) =>
    catalogue.filter(({ id, type }) => type === "boolean" && clustersOf(id).includes(cluster)).slice(0, 2),
  ).map(({ id }) => [id, true]),
);

describe("the check of an account in its dialog", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    await logIn(bench.red.url, ACCOUNT, bench.simulator);
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, [TAB, STREAM]);
    await untilItPasses(() => {
      assert.equal(bench.simulator.log.count("rest*"), 4);
      assert.equal(bench.simulator.log.count("subscribe"), 1);
    });
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const part = ({ page }: Editor, name: string) => page.locator(`#cardata-doctor-${name}`);
  const lines = (editor: Editor, area: string) => part(editor, "list").locator(`li[data-area="${area}"]`);
  const levels = (found: Locator) =>
    found.evaluateAll((all) => all.map((line) => (line as HTMLElement).dataset["level"]));

  async function opened(locale = "en-US"): Promise<Editor> {
    const editor = await bench.open({ locale });
    await editor.editAccount(ACCOUNT);
    return editor;
  }

  /** The last word of Node-RED is the sentence above the list. */
  async function checked(editor: Editor, result: string | RegExp): Promise<void> {
    await part(editor, "start").click();
    await part(editor, "state").filter({ hasText: result }).waitFor();
  }

  it("finds a car that sends nothing, and says what to do", async () => {
    const editor = await opened();
    await checked(editor, "Something has to be done: see the marked lines.");
    const line = lines(editor, "data").first();
    assert.deepEqual(await levels(line), ["red"]);
    assert.match(
      await line.innerText(),
      /^To do · BMW i4 eDrive40 …\w{4}: Values\s+Nothing has ever come from this car\./,
    );
  });

  it("works by the keyboard alone, tells before what it costs, and gives the lines away as text", async () => {
    for (const { vin } of bench.simulator.cars) bench.simulator.publish(vin, streamMessage(vin, VALUES));
    const editor = await opened();
    const { page } = editor;
    const { log } = bench.simulator;
    await part(editor, "cost")
      .getByText(/^Asks BMW one request at most: \d+ of 50 are left today\.$/)
      .waitFor();
    const before = log.count("rest*");
    await page.locator("#cardata-login-logout").focus();
    await page.keyboard.press("Tab");
    assert.equal(await part(editor, "start").evaluate((button) => button === document.activeElement), true);
    await page.keyboard.press("Enter");
    await part(editor, "state").getByText("Everything is in order.").waitFor();
    assert.equal(log.count("rest*"), before + 1);
    const list = part(editor, "list");
    assert.deepEqual(new Set(await levels(list.locator("li"))), new Set(["green"]));
    assert.equal(await list.getAttribute("role"), "list");
    assert.match(await lines(editor, "login").innerText(), /^Fine · Login\s+The login works and renews itself\./);
    // Where one was, one goes on.
    assert.equal(await part(editor, "start").evaluate((button) => button === document.activeElement), true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied.split("\n")[0], `cardata ${PACKAGE_VERSION}`);
    assert.match(copied, /^\[green\] Login \(login_good\): The login works/m);
    for (const { vin } of bench.simulator.cars) assert.ok(!copied.includes(vin));
    assert.ok(!copied.includes(bench.simulator.gcid));
  });

  it("speaks German", async () => {
    const editor = await opened("de");
    await checked(editor, "Alles ist in Ordnung.");
    assert.match(
      await lines(editor, "data").first().innerText(),
      /^Gut · .*: Werte\s+Batterie und Laden: gekommene Werte: \d+\.$/,
    );
  });

  it("keeps what was chosen to be ticked, by which a check judges", async () => {
    const editor = await opened();
    const { page } = editor;
    await page.locator("#cardata-step-data summary").first().click();
    await page.locator("#cardata-data-all").uncheck();
    await page.locator("#cardata-data-doors").check();
    await editor.ok();
    assert.deepEqual((await editor.node(ACCOUNT))["clusters"], ["doors"]);
    await editor.editAccount(ACCOUNT);
    assert.equal(await page.locator("#cardata-data-all").isChecked(), false);
    assert.equal(await page.locator("#cardata-data-doors").isChecked(), true);
  });

  it("asks nothing when no request is left, and says so before", async () => {
    bench.simulator.faults.burnQuota(50);
    const editor = await opened();
    await checked(editor, "Something has to be done");
    assert.match(await lines(editor, "quota").innerText(), /^To do · Daily requests\s+BMW says that the daily limit/);
    await part(editor, "cost")
      .getByText(/^Asks BMW nothing, because no request is left;/)
      .waitFor();
    const before = bench.simulator.log.count("rest*");
    await checked(editor, "Something has to be done");
    await lines(editor, "rest").getByText("Was not tried, because no request is left today.").waitFor();
    assert.equal(bench.simulator.log.count("rest*"), before);
  });

  it("names a login that is missing, and asks nothing", async () => {
    const editor = await opened();
    await editor.login("logout").click();
    await editor.loginSays("Not logged in");
    await editor.cancel();
    await editor.editAccount(ACCOUNT);
    await part(editor, "cost").getByText("Asks BMW nothing, because that needs a working login.").waitFor();
    await checked(editor, "Something has to be done");
    assert.match(await lines(editor, "login").innerText(), /^To do · Login\s+Not logged in to BMW\./);
    assert.deepEqual(await levels(lines(editor, "connection")), ["yellow"]);
  });

  it("says of an account that is not deployed that it has to be", async () => {
    const editor = await bench.open();
    await editor.openNewAccount("new", "00000000-0000-4000-8000-000000000000");
    await part(editor, "cost").getByText("This account is not deployed yet. Deploy first.").waitFor();
    await part(editor, "start").click();
    await part(editor, "state").getByText("This account is not deployed yet. Deploy first.").waitFor();
  });
});
