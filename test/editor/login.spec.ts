import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";

describe("login in the editor", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  /** Drags the stream node out of the palette; returns its id. */
  async function dragStreamNode(editor: Editor): Promise<string> {
    const { page } = editor;
    const source = page.locator('[data-palette-type="cardata-stream"]');
    await source.scrollIntoViewIfNeeded();
    const from = (await source.boundingBox())!;
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(500, 300, { steps: 8 });
    await page.mouse.up();
    const [id] = await editor.idsOf("cardata-stream");
    return id!;
  }

  function publishSoc(value: number): void {
    const { simulator } = bench;
    const { vin } = simulator.cars[0]!;
    const data = { [SOC]: { value, unit: "percent", timestamp: new Date().toISOString() } };
    simulator.publish(vin, { vin, entityId: simulator.gcid, data });
  }

  it("goes from the palette to live values in the debug sidebar", async function () {
    const editor = await bench.open();
    const { page } = editor;
    const id = await dragStreamNode(editor);
    await editor.edit(id);
    await page.locator("#node-input-btn-account-add").click();
    await editor.trayOpen("#node-config-input-name");
    await editor.useSimulator();
    await page.locator("#node-config-input-clientId").fill(bench.simulator.clientId);
    const code = await editor.newCode();
    assert.ok(await editor.login("code").evaluate((shown) => parseFloat(getComputedStyle(shown).fontSize) >= 24));
    await approveOnBmwsPage(editor, code);
    await editor.loginSays(/^Logged in$/);
    await editor
      .login("notice")
      .getByText("Now press Add, Done, then Deploy: only Deploy keeps the login.", { exact: true })
      .waitFor();
    assert.equal(await editor.login("scopes").innerText(), "Live values: yes\nRequests to BMW: yes");
    assert.equal(await editor.login("start").innerText(), "Log in again");
    await editor.ok();
    await editor.ok();
    const [account] = await editor.idsOf("cardata-account");
    assert.equal((await editor.node(account!)).changed, true);
    await editor.add({
      id: "shown",
      type: "debug",
      active: true,
      tosidebar: true,
      complete: "payload",
      x: 700,
      y: 300,
    });
    await editor.wire(id, 0, "shown");
    await editor.deploy();
    await page.locator(".red-ui-flow-node-status-label", { hasText: "live" }).waitFor();
    publishSoc(63);
    await editor.sidebar("debug");
    await page.locator(".red-ui-debug-msg", { hasText: SOC }).getByText("63").first().waitFor();
    const { status } = await editor.node(id);
    assert.equal(status?.fill, "green");
    assert.equal(status?.shape, "dot");
    assert.match(status?.text ?? "", /^live/);
    assertNoSecret(await editor.exported());
    await editor.editAccount(account!);
    await editor.loginSays(/^Logged in\. The token is renewed by itself before \d/);
  });

  async function approveOnBmwsPage({ page }: Editor, code: string): Promise<void> {
    const link = page.locator("#cardata-login-link");
    assert.equal(await link.getAttribute("href"), `${bench.simulator.oauthUrl}/link?user_code=${code}`);
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    const opened = page.context().waitForEvent("page");
    await link.click();
    const bmw = await opened;
    assert.equal(await bmw.locator("input[name=user_code]").inputValue(), code);
    await bmw.getByRole("button", { name: "Approve" }).click();
    await bmw.getByText("approved").waitFor();
    await bmw.close();
  }

  function assertNoSecret(exported: string): void {
    assert.match(exported, /cardata-account/);
    assert.ok(!exported.includes(bench.simulator.clientId));
    assert.ok(!exported.includes(bench.simulator.gcid));
    assert.doesNotMatch(exported, /storeKey"|token|"credentials"/i);
  }
});
