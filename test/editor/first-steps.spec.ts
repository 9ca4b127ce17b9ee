import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Admin } from "../helpers/admin.js";
import { Workbench } from "../helpers/browser.js";
import { LOCALES } from "../helpers/dialog-locales.js";
import { eventually } from "../helpers/eventually.js";
import { SOC, streamMessage } from "../helpers/flow.js";

const ADMIN_ROOT = "/red";
const MOST_STEPS = 100;

describe("first steps by the keyboard alone, below another admin root", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ adminRoot: ADMIN_ROOT });
  });
  after(() => bench.stop());
  afterEach(async () => {
    await bench.closePages();
    await bench.closeWaitingPages();
    await new Admin(bench.red.url + ADMIN_ROOT).deploy([]);
    bench.red.forget();
  });

  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let step = 0; step < MOST_STEPS; step++) {
      const isThere = await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);
      if (isThere) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${MOST_STEPS} times Tab do not lead to ${selector}`);
  }

  for (const locale of LOCALES)
    it(`lead from an imported node to a value (${locale})`, async () => {
      const loggedIn = locale === "de-DE" ? "Angemeldet" : "Logged in";
      const { simulator, red } = bench;
      const { oauthUrl: authUrl, apiUrl, streamUrl, caFile } = simulator;
      const editor = await bench.open({ locale });
      const { page } = editor;
      const account = `account-${locale}`;
      await editor.add({
        id: account,
        type: "cardata-account",
        endpoints: "custom",
        authUrl,
        apiUrl,
        streamUrl,
        caFile,
      });
      await editor.add({ id: `stream-${locale}`, type: "cardata-stream", account, x: 300, y: 100, wires: [[], []] });

      await page.locator("#red-ui-workspace-chart").focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Enter");
      await editor.trayOpen("#node-input-name");
      await tabTo(page, "#node-input-btn-account-edit");
      await page.keyboard.press("Enter");
      await editor.trayOpen("#node-config-input-name");
      await tabTo(page, "#node-config-input-clientId");
      await page.keyboard.type(simulator.clientId);
      await tabTo(page, "#cardata-login-start");
      await page.keyboard.press("Enter");
      await editor
        .login("code")
        .filter({ hasText: /^\w{4}-\w{4}$/ })
        .waitFor();
      simulator.approve();
      await editor.loginSays(new RegExp(`^${loggedIn}$`));
      // Closes the account, then the node; then it is deployed.
      await page.keyboard.press("Control+Enter");
      await page.locator("#node-config-input-name").waitFor({ state: "detached" });
      await page.keyboard.press("Control+Enter");
      await page.locator("#node-input-name").waitFor({ state: "detached" });
      await page.keyboard.press("Control+d");
      await red.log("Stream connected");
      const { vin } = simulator.cars[0]!;
      simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
      await eventually("the value", async () => {
        const { body } = await new Admin(red.url + ADMIN_ROOT).get(`/cardata/account/${account}/descriptors`);
        return JSON.stringify(body).includes(SOC);
      });
    });
});
