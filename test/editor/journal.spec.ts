import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";

const ACCOUNT = "remembering";
const JOURNAL = { type: "cardata-journal", x: 300, y: 200, wires: [[], []] };

describe("dialog of the journal node", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    const { simulator, red } = bench;
    await logIn(red.url, ACCOUNT, simulator);
    await deployFlow(red.url, ACCOUNT, simulator, []);
    await untilItPasses(() => {
      assert.equal(simulator.log.count("rest*"), 1 + simulator.cars.length);
    });
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const kinds = ({ page }: Editor) => page.locator("#node-input-kinds");

  async function openNode(id: string, properties: object = {}): Promise<Editor> {
    const editor = await bench.open();
    await editor.add({ ...JOURNAL, account: ACCOUNT, ...properties, id });
    await editor.edit(id);
    return editor;
  }

  it("takes a car by its name, and what the first output sends", async () => {
    const editor = await openNode("chosen");
    assert.match((await editor.listedCars())[0] ?? "", /^BMW i4 eDrive40 · …0001/);
    assert.equal(await kinds(editor).inputValue(), "both");
    await editor.cars.selectOption({ index: 1 });
    await kinds(editor).selectOption("charges only");
    await editor.ok();
    const { vehicle, kinds: sent, valid } = await editor.node("chosen");
    assert.deepEqual([vehicle, sent, valid], ["WBY1Z2C30N7A00001", "charges", true]);
    const label = editor.page.locator(".red-ui-flow-node-label-text", { hasText: "journal" });
    assert.equal(await label.textContent(), "cardata BMW i4 eDrive40 journal");
  });

  it("is set by the keyboard alone", async () => {
    const editor = await openNode("by-keys");
    await editor.listedCars();
    await editor.cars.focus();
    await editor.page.keyboard.press("Tab");
    await editor.page.keyboard.press("ArrowDown");
    await editor.page.keyboard.press("Control+Enter");
    await editor.page.locator(".red-ui-tray").waitFor({ state: "detached" });
    assert.equal((await editor.node("by-keys"))["kinds"], "trips");
  });

  it("opens a node that says nothing as one for all cars, trips and charges", async () => {
    const editor = await openNode("bare", { kinds: undefined });
    assert.deepEqual(
      [await kinds(editor).inputValue(), await editor.page.locator("#node-input-vehicle").inputValue()],
      ["both", ""],
    );
    await editor.ok();
    assert.equal((await editor.node("bare")).valid, true);
  });

  it("says what is no VIN, and takes a variable for one", async () => {
    const editor = await bench.open();
    await editor.add(
      { ...JOURNAL, id: "short", account: ACCOUNT, vehicle: "WBY123" },
      { ...JOURNAL, id: "variable", account: ACCOUNT, vehicle: "${VIN}" },
    );
    assert.deepEqual((await editor.node("short")).validationErrors, ["Car: A VIN has 17 characters"]);
    assert.equal((await editor.node("variable")).valid, true);
  });

  it("says where places and tariffs are", async () => {
    const editor = await openNode("pointing");
    assert.equal(
      await editor.page.getByText("Places, tariffs and the currency are set in the account").isVisible(),
      true,
    );
  });

  it("asks BMW nothing", async () => {
    const before = bench.simulator.log.count("rest*");
    const editor = await openNode("free-of-charge");
    await editor.listedCars();
    assert.equal(bench.simulator.log.count("rest*"), before);
  });
});
