import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { LOCALES } from "../helpers/dialog-locales.js";
import type { OpenOptions } from "../helpers/editor-pool.js";
import type { Editor } from "../helpers/editor.js";
import { DIALOG_WIDTHS, misfits } from "../helpers/layout.js";
import { SimulatedCar } from "../simulator/cars/car.js";
import { standardCars } from "../simulator/cars/standard.js";

const ACCOUNT = "estimated";
const IMAGE = '<img src=x onerror="window.hurt=1">';
/** Where pictures of the dialogs go, for those who want to look at them. */
const PICTURES = process.env["CARDATA_PICTURES"] ?? "";

describe("dialogs of the estimates and of the tracker", () => {
  let bench: Workbench;
  before(async () => {
    const [first, second] = standardCars(Date.now());
    assert.ok(first && second);
    const hostile = new SimulatedCar({ ...second.design, model: IMAGE }, Date.now());
    bench = await Workbench.start({ simulator: { autoApprove: true, cars: [first, hostile] } });
    const { simulator, red } = bench;
    await logIn(red.url, ACCOUNT, simulator);
    await deployFlow(red.url, ACCOUNT, simulator, []);
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const WIDE = { viewport: { width: 1280, height: 900 } };
  async function openNode(type: string, id: string, properties: object = {}, options: OpenOptions = WIDE) {
    const editor = await bench.open(options);
    await editor.add({ type, account: ACCOUNT, x: 300, y: 200, wires: [[], [], []], ...properties, id });
    await editor.edit(id);
    return editor;
  }

  const input = ({ page }: Editor, name: string) => page.locator(`#node-input-${name}`);
  const reported = ({ page }: Editor) => page.locator("#cardata-traccar-told");
  const found = ({ page }: Editor) => page.locator("#cardata-traccar-found button");

  async function picture({ page }: Editor, name: string): Promise<void> {
    if (PICTURES === "") return;
    mkdirSync(PICTURES, { recursive: true });
    await page
      .locator(".red-ui-tray")
      .last()
      .screenshot({ path: `${PICTURES}/${name}.png` });
  }

  it("lists the trackers of the server, and takes one into the list", async () => {
    const editor = await openNode("cardata-traccar", "listed");
    await input(editor, "server").fill(bench.simulator.traccarUrl);
    await input(editor, "token").fill(bench.simulator.traccar.token);
    await editor.page.locator("#cardata-traccar-load").click();
    await reported(editor).getByText("Trackers on the server: 2").waitFor();
    await found(editor).first().click();
    const device = editor.page.locator(".cardata-tracker-device");
    assert.equal(await device.inputValue(), "i4 eDrive40");
    await picture(editor, "traccar");
    assert.equal(await editor.page.evaluate(() => "hurt" in window), false, "a name from outside is text");
    assert.equal(await found(editor).nth(1).innerText(), `+ ${IMAGE}`);
  });

  it("lists cars and trackers of a saved node by their names without being asked, and takes another one", async () => {
    await bench.closeWaitingPages();
    const tab = { id: "tracked-tab", type: "tab", label: "Flow" };
    const node = { id: "tracked", z: tab.id, type: "cardata-traccar", account: ACCOUNT, x: 200, y: 100, wires: [[]] };
    await deployFlow(bench.red.url, ACCOUNT, bench.simulator, [tab, node]);
    const editor = await bench.open(WIDE);
    await editor.edit(node.id);
    await reported(editor).getByText("Trackers on the server: 2").waitFor();
    const lists = editor.page.locator(".cardata-tracker").first().locator(".cardata-choice");
    await lists.first().locator("option", { hasText: "BMW i4 eDrive40 · …0001" }).waitFor({ state: "attached" });
    const chosen = await lists.locator("option:checked").allTextContents();
    assert.match(chosen.join(" / "), /^BMW i4 eDrive40 · …0001.* \/ i4 eDrive40$/);
    await lists.last().selectOption(IMAGE);
    assert.equal(await editor.page.locator(".cardata-tracker-device").first().inputValue(), IMAGE);
    assert.equal(await found(editor).count(), 0);
  });

  it("stores the unique id of a tracker whose name another one has, too, or that has none", async () => {
    const { traccar, traccarUrl } = bench.simulator;
    const [first, second] = traccar.devices;
    assert.ok(first && second);
    const editor = await openNode("cardata-traccar", "double");
    await input(editor, "server").fill(`${traccarUrl}/settings/preferences`);
    await input(editor, "token").fill(traccar.token);
    const list = async (name: string, shown: string) => {
      traccar.rename(second.vin, name);
      await editor.page.locator("#cardata-traccar-load").click();
      await found(editor).getByText(shown, { exact: true }).click();
    };
    await list(` ${first.name}`, `+ ${first.name} (${second.uniqueId})`);
    await list("", `+ ${second.uniqueId}`);
    traccar.rename(second.vin, second.name);
    const devices = editor.page.locator(".cardata-tracker-device");
    for (const row of [0, 1]) assert.equal(await devices.nth(row).inputValue(), second.uniqueId);
  });

  it("says what is wrong with the token and with the server, and never shows the token", async () => {
    const editor = await openNode("cardata-traccar", "wrong");
    await input(editor, "server").fill(bench.simulator.traccarUrl);
    await input(editor, "token").fill("mistyped");
    await editor.page.locator("#cardata-traccar-load").click();
    await reported(editor).getByText("refuses the token").waitFor();
    await input(editor, "server").fill("http://127.0.0.1:1");
    await editor.page.locator("#cardata-traccar-load").click();
    await reported(editor).getByText("cannot be reached").waitFor();
    assert.ok(!(await editor.page.locator(".red-ui-tray").last().innerText()).includes("mistyped"));
  });

  it("keeps what was entered for the estimates", async () => {
    const editor = await openNode("cardata-predicted-soc", "kept");
    await input(editor, "magic").check();
    await input(editor, "minEfficiency").fill("0.7");
    await input(editor, "meterUnit").selectOption("W");
    await picture(editor, "predicted-soc");
    await editor.ok();
    await editor.edit("kept");
    assert.equal(await input(editor, "magic").isChecked(), true);
    assert.equal(await input(editor, "minEfficiency").inputValue(), "0.7");
    assert.equal(await input(editor, "meterUnit").inputValue(), "W");
  });

  for (const locale of LOCALES) {
    /** Leaves the dialog no more than its least width. */
    const narrow: OpenOptions = { locale, viewport: { width: 830, height: 900 } };

    it(`cuts nothing off and covers nothing in the dialog of the estimates in ${locale}`, async () => {
      const editor = await openNode("cardata-predicted-soc", `narrow-${locale}`, {}, narrow);
      for (const width of [undefined, ...DIALOG_WIDTHS]) assert.deepEqual(await misfits(editor, width), [], `${width}`);
    });

    it(`cuts nothing off and covers nothing in the list of trackers in ${locale}`, async () => {
      const devices = bench.simulator.traccar.devices.map(({ vin, name }) => ({ vin, device: name }));
      const editor = await openNode("cardata-traccar", `narrow-list-${locale}`, { devices }, narrow);
      await input(editor, "server").fill(bench.simulator.traccarUrl);
      await input(editor, "token").fill("mistyped");
      await editor.page.locator("#cardata-traccar-load").click();
      await reported(editor).filter({ hasText: "Token" }).waitFor();
      for (const width of [undefined, ...DIALOG_WIDTHS]) assert.deepEqual(await misfits(editor, width), [], `${width}`);
      await input(editor, "token").fill(bench.simulator.traccar.token);
      await editor.page.locator("#cardata-traccar-load").click();
      await found(editor).nth(1).waitFor();
      for (const width of [undefined, ...DIALOG_WIDTHS]) assert.deepEqual(await misfits(editor, width), [], `${width}`);
    });
  }
});
