import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import demoFlow from "../../demo/flow.json";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import { ROOT } from "../helpers/node-red.js";

const ACCOUNT = "demo-account";
const LARGEST_BYTES = 200_000;
const CHARGED = "vehicle.drivetrain.batteryManagement.header";

/** The pictures of the README. They are written only on demand, so that a test run leaves the clone as it was. */
function keep(name: string, picture: Buffer): void {
  assert.ok(picture.length < LARGEST_BYTES, `${name} has ${picture.length} bytes`);
  if (process.env["CARDATA_SCREENSHOTS"] !== "1") return;
  mkdirSync(join(ROOT, "docs"), { recursive: true });
  writeFileSync(join(ROOT, "docs", name), picture);
}

describe("pictures of the demo", function () {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { tick: 1000 } });
    const { red, simulator } = bench;
    const login = logIn(red.url, ACCOUNT, simulator);
    await untilItPasses(() => {
      assert.equal(simulator.approve(), true);
    });
    await login;
    await deployFlow(red.url, ACCOUNT, simulator, demoFlow);
    await red.message(({ message }) => message["descriptor"] === CHARGED);
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  it("shows live values of the demo flow", async () => {
    const editor = await bench.open({ viewport: { width: 1400, height: 680 } });
    await editor.sidebar("debug");
    await editor.page.locator(".red-ui-debug-msg").nth(5).waitFor();
    const live = editor.page.locator(".red-ui-flow-node-status-label", { hasText: "live" });
    await live.nth(2).waitFor();
    for (const { id, type } of demoFlow)
      if (type === "cardata-stream") assert.equal((await editor.node(id)).status?.fill, "green");
    keep("flow.png", await editor.page.screenshot());
  });

  it("shows the dialog that waits for the confirmation of a login", async () => {
    const editor = await bench.open({ viewport: { width: 1280, height: 1030 } });
    await editor.editAccount(ACCOUNT);
    await editor.loginSays(/^Logged in/);
    await editor.newCode();
    keep("login.png", await editor.page.locator(".red-ui-tray").last().screenshot());
    await editor.login("cancel").click();
    await editor.loginSays("The login was cancelled.");
  });

  it("shows the values that the cars have sent", async () => {
    const editor = await bench.open({ viewport: { width: 1280, height: 860 } });
    const { page } = editor;
    await editor.edit("demo-level");
    await page.locator("#cardata-descriptors-only-seen").check();
    const marks = page.locator("#cardata-descriptors-tree").getByRole("img");
    await marks.nth(4).waitFor();
    // Node-RED unfolds groups slowly.
    await untilItPasses(async () => {
      const before = await page.locator("#cardata-descriptors-tree").innerText();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await page.locator("#cardata-descriptors-tree").innerText(), before);
    });
    keep("stream-dialog.png", await page.locator(".red-ui-tray").last().screenshot());
  });

  it("shows the settings of the estimate", async () => {
    const editor = await bench.open({ viewport: { width: 1280, height: 680 } });
    await editor.edit("demo-soc");
    keep("predicted-soc-dialog.png", await editor.page.locator(".red-ui-tray").last().screenshot());
  });

  it("shows which topics Home Assistant and the buttons use", async () => {
    const editor = await bench.open({ viewport: { width: 1280, height: 1070 } });
    const node = { id: "announced", type: "cardata-homeassistant", account: ACCOUNT, buttons: true };
    await editor.add({ ...node, discoveryPrefix: "homeassistant", x: 300, y: 500, wires: [[]] });
    await editor.edit(node.id);
    keep("homeassistant-dialog.png", await editor.page.locator(".red-ui-tray").last().screenshot());
  });

  it("shows what a request costs and when the node asks by itself", async () => {
    const editor = await bench.open({ viewport: { width: 1280, height: 1080 } });
    const { page } = editor;
    await editor.edit("demo-poll");
    await page.locator("#cardata-telematics-cost").getByText("Left today").waitFor();
    await page.locator("#cardata-descriptors-tree").waitFor();
    keep("telematics-dialog.png", await page.locator(".red-ui-tray").last().screenshot());
  });
});
