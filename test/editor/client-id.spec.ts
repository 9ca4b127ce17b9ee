import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";

const ACCOUNT = "family";
const NAME = "Simulated BMW";

describe("a client ID that another account has", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    await logIn(bench.red.url, ACCOUNT, bench.simulator);
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, []);
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const hint = ({ page }: Editor) => page.locator("#cardata-client-id-hint");
  const use = ({ page }: Editor) => page.locator("#cardata-client-id-use");
  const field = ({ page }: Editor) => page.locator("#node-config-input-clientId");
  const codes = () => bench.simulator.log.count("deviceCode");

  /** As an example brings them: nodes with an empty account of their own. */
  async function withExample(): Promise<Editor> {
    const editor = await bench.open();
    const node = (id: string, y: number) => ({
      id,
      type: "cardata-stream",
      account: "empty",
      x: 300,
      y,
      wires: [[], []],
    });
    await editor.add({ id: "empty", type: "cardata-account", name: "Example" }, node("one", 100), node("two", 200));
    return editor;
  }

  it("is marked while it is typed, and no login begins with it", async () => {
    const editor = await withExample();
    await editor.editAccount("empty");
    const before = codes();
    await field(editor).fill(bench.simulator.clientId);
    await hint(editor).getByText(`The account ${NAME} already uses this client ID`).waitFor();
    assert.match((await field(editor).getAttribute("class")) ?? "", /input-error/);
    await editor.login("start").click();
    // The account that has it is looked for before.
    await editor.page.locator("#node-config-input-clientId:focus").waitFor();
    assert.equal(await editor.login("state").innerText(), "Not logged in");
    await field(editor).fill(bench.simulator.clientId.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
    await hint(editor).filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    assert.doesNotMatch((await field(editor).getAttribute("class")) ?? "", /input-error/);
    assert.equal(await use(editor).isVisible(), false);
    assert.equal(codes(), before);
  });

  it("leads by one button to the account that has it, which all nodes use from then on, and by one undo back", async () => {
    const editor = await withExample();
    const { page } = editor;
    await editor.edit("one");
    await page.locator("#node-input-btn-account-edit").click();
    await editor.trayOpen("#node-config-input-name");
    await field(editor).fill(bench.simulator.clientId);
    await use(editor).getByText(`Use “${NAME}”`).waitFor();
    await use(editor).focus();
    await page.keyboard.press("Enter");
    await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    assert.equal(await page.locator("#node-input-account").inputValue(), ACCOUNT);
    // Done would be one more change.
    await editor.cancel();
    const accounts = async () => Promise.all(["one", "two"].map(async (id) => (await editor.node(id))["account"]));
    assert.deepEqual(await accounts(), [ACCOUNT, ACCOUNT]);
    assert.deepEqual(await editor.idsOf("cardata-account"), [ACCOUNT]);
    assert.deepEqual([(await editor.node("two")).valid, (await editor.node("two")).changed], [true, true]);
    await editor.undo();
    assert.deepEqual(await accounts(), ["empty", "empty"]);
    assert.deepEqual((await editor.idsOf("cardata-account")).sort(), ["empty", ACCOUNT]);
  });

  it("is chosen instead of an account that was just begun", async () => {
    const editor = await bench.open();
    const { page } = editor;
    await editor.add({ id: "alone", type: "cardata-stream", account: "", x: 300, y: 100, wires: [[], []] });
    await editor.edit("alone");
    await page.locator("#node-input-btn-account-add").click();
    await editor.trayOpen("#node-config-input-name");
    await field(editor).fill(bench.simulator.clientId);
    await use(editor).click();
    await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    await editor.ok();
    assert.equal((await editor.node("alone"))["account"], ACCOUNT);
    assert.deepEqual(await editor.idsOf("cardata-account"), [ACCOUNT]);
  });

  it("is known also of an account that is not deployed yet", async () => {
    const id = "11111111-2222-4333-8444-555555555555";
    const editor = await bench.open();
    await editor.openNewAccount("first", id);
    await editor.page.locator("#node-config-input-name").fill("Begun");
    await editor.ok();
    await editor.openNewAccount("second", id);
    await use(editor).getByText("Use “Begun”").waitFor();
  });

  it("stands in nobody's way who has it, nor once the other account is deleted in the editor", async () => {
    const editor = await withExample();
    await editor.editAccount("empty");
    await field(editor).fill(bench.simulator.clientId);
    await use(editor).waitFor();
    await editor.ok();
    const before = codes();
    await editor.editAccount(ACCOUNT);
    await editor.login("start").click();
    await editor.login("code-box").waitFor();
    assert.equal(codes(), before + 1);
    await editor.loginSays(/^Logged in$/);
    await editor.cancel();
    await editor.remove(ACCOUNT);
    await editor.editAccount("empty");
    await hint(editor).filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    assert.equal(await use(editor).isVisible(), false);
  });
});
