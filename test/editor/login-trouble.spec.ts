import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const POLL_INTERVAL_MS = 5000;
const BURNT = { fault: { detail: { errorcode: "keymanagement.service.invalid_access_token" } } };

interface LoginInDialog {
  readonly editor: Editor;
  readonly simulator: Simulator;
  /** That the dialog shows. */
  readonly code: string;
}

describe("login that does not go well", () => {
  let bench: Workbench;
  const simulators: Simulator[] = [];
  before(async () => {
    bench = await Workbench.start();
  });
  after(async () => {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
    await bench.stop();
  });
  afterEach(() => bench.closePages());

  /** A BMW of its own for each test, because faults strike whoever asks next. */
  async function newAccount(id: string, clientId?: string) {
    const simulator = await startSimulator({ tick: 0 });
    simulators.push(simulator);
    const editor = await bench.open({ simulator });
    await editor.openNewAccount(id, clientId);
    return { editor, simulator };
  }

  async function waitingLogin(id: string): Promise<LoginInDialog> {
    const parts = await newAccount(id);
    return { ...parts, code: await parts.editor.newCode() };
  }

  async function showsNewCode({ editor, code }: LoginInDialog, reason: string): Promise<void> {
    await editor.login("notice").getByText(reason).waitFor();
    await editor.login("code").filter({ hasNotText: code }).waitFor();
    assert.match(await editor.login("code").innerText(), /^\w{4}-\w{4}$/);
    await editor.loginSays("Waiting for your confirmation on BMW's page");
  }

  /** One after the other, although each waits for BMW's poll interval: a page for each of them costs far more. */
  describe("after a poll of BMW", () => {
    it("replaces a code that has expired by a new one and says why", async () => {
      const login = await waitingLogin("expired");
      login.simulator.faults.oauth.status(1, 401, { error: "expired_token" });
      await showsNewCode(login, "The code expired. Use the new code and confirm it within a few minutes.");
    });

    it("replaces a code that BMW's gateway has lost by a new one and says why", async () => {
      const login = await waitingLogin("burnt");
      login.simulator.faults.oauth.status(1, 500, BURNT);
      await showsNewCode(login, "BMW's login server failed and the code was lost. It was not your fault");
    });

    it("names both causes when the login was declined on BMW's page", async () => {
      const login = await waitingLogin("declined");
      const bmw = await login.editor.page.context().newPage();
      await bmw.goto((await login.editor.login("link").getAttribute("href"))!);
      await bmw.getByRole("button", { name: "Decline" }).click();
      await bmw.getByText("declined").waitFor();
      await bmw.close();
      await showsNewCode(login, "BMW says the login was declined. Either it was declined on BMW's page, or BMW's");
    });

    it("polls more slowly when BMW asks for it, and succeeds", async () => {
      const { editor, simulator } = await waitingLogin("slow-down");
      simulator.faults.oauth.status(1, 400, { error: "slow_down" });
      simulator.approve();
      await editor.loginSays(/^Logged in$/);
    });

    it("goes on after an error of BMW's server and succeeds", async () => {
      const { editor, simulator } = await waitingLogin("server-error");
      simulator.faults.oauth.status(1, 503, "<html>down</html>", "text/html");
      simulator.approve();
      await editor.loginSays(/^Logged in$/);
    });

    it("stops polling BMW when the user presses Cancel", async () => {
      const { editor, simulator } = await waitingLogin("cancelled");
      await editor.login("cancel").click();
      await editor.loginSays("The login was cancelled.");
      assert.equal(await editor.login("code").isVisible(), false);
      const polls = simulator.log.count("poll");
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS + 500));
      assert.equal(simulator.log.count("poll"), polls);
    });

    it("finishes a login whose dialog was closed, and the reopened dialog shows it", async () => {
      const { editor, simulator, code } = await waitingLogin("closed");
      await editor.ok();
      await editor.editAccount("closed");
      await editor.loginSays("Waiting for your confirmation on BMW's page");
      assert.equal(await editor.login("code").innerText(), code);
      await editor.ok();
      const polls = simulator.log.count("poll");
      simulator.approve();
      await untilItPasses(() => {
        assert.equal(simulator.log.count("poll"), polls + 1);
      });
      await editor.editAccount("closed");
      await editor.loginSays(/^Logged in$/);
      await editor.ok();
      assert.notEqual((await editor.node("closed"))["loginAt"], "");
    });
  });

  describe("at once", () => {
    it("gives up with a clear sentence on a client id that BMW does not know", async () => {
      const { editor } = await newAccount("unknown-client", "00000000-0000-4000-8000-000000000000");
      await editor.login("start").click();
      await editor.loginSays("BMW does not know this client ID, or its account is not active yet.");
      assert.equal(await editor.login("code").isVisible(), false);
      assert.equal(await editor.login("start").isVisible(), true);
    });

    it("says that the login server cannot be reached", async () => {
      const { editor, simulator } = await newAccount("network-down");
      simulator.faults.oauth.down(true);
      await editor.login("start").click();
      await editor.loginSays("BMW's login server cannot be reached");
    });

    it("refuses a malformed client id and asks BMW nothing", async () => {
      const { editor, simulator } = await newAccount("malformed", "3f2c1d8e-6b4a");
      await editor.page.locator("#cardata-client-id-hint").getByText("The client ID has the form").waitFor();
      await editor.login("start").click();
      const field = editor.page.locator("#node-config-input-clientId");
      assert.match((await field.getAttribute("class")) ?? "", /input-error/);
      assert.equal(await field.evaluate((input) => input === document.activeElement), true);
      // One sentence, at the field.
      assert.equal(await editor.login("state").innerText(), "Not logged in");
      assert.deepEqual(simulator.log.entries, []);
    });

    it("copies the code", async () => {
      const { editor, code } = await waitingLogin("copied");
      await editor.login("copy").click();
      assert.equal(await editor.page.evaluate(() => navigator.clipboard.readText()), code);
    });
  });
});
