import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";
import type { OpenOptions } from "../helpers/editor-pool.js";

const ACCOUNT = "pickers";
const SOC = "vehicle.drivetrain.batteryManagement.header";
const NEW_AT_BMW = "vehicle.brandNew.value";

describe("pickers of the stream node", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
    const { simulator, red } = bench;
    await logIn(red.url, ACCOUNT, simulator);
    const flow = [
      { id: "pickers-tab", type: "tab", label: "Flow" },
      { id: "heard", z: "pickers-tab", type: "debug", active: false, x: 400, y: 100, wires: [] },
      { id: "live", z: "pickers-tab", type: "cardata-stream", account: ACCOUNT, wires: [["heard"], ["heard"]] },
    ];
    await deployFlow(red.url, ACCOUNT, simulator, flow);
    await red.message(({ message }) => message["event"] === "connected");
    const { vin } = simulator.cars[0]!;
    const timestamp = new Date().toISOString();
    const data = { [SOC]: { value: 63, unit: "percent", timestamp }, [NEW_AT_BMW]: { value: 1, timestamp } };
    simulator.publish(vin, { vin, entityId: simulator.gcid, data });
    await red.message(({ message }) => message["descriptor"] === NEW_AT_BMW);
    await untilItPasses(() => {
      assert.equal(simulator.log.count("rest*"), 4);
    });
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function openNode(id: string, properties: object = {}, options: OpenOptions = {}): Promise<Editor> {
    const editor = await bench.open(options);
    await editor.add({ type: "cardata-stream", account: ACCOUNT, x: 300, y: 200, wires: [[], []], ...properties, id });
    await editor.edit(id);
    const group = options.locale?.startsWith("de") === true ? "Elektrofahrzeug" : "Electric vehicle";
    await tree(editor).getByText(group, { exact: true }).waitFor();
    return editor;
  }

  const tree = ({ page }: Editor) => page.locator("#cardata-descriptors-tree");
  const row = (editor: Editor, name: string) =>
    tree(editor)
      .locator(".red-ui-treeList-label:visible")
      .filter({ has: editor.page.getByText(name, { exact: true }) });
  const countOf = ({ page }: Editor) => page.locator("#cardata-descriptors-bar .red-ui-searchBox-resultCount");
  /** Resolves when the list shows what fits; what fitted before is gone. */
  const search = async (editor: Editor, text: string) => {
    const field = editor.page.locator("#cardata-descriptors-search");
    await field.fill("");
    await field.press("Backspace");
    await countOf(editor).waitFor({ state: "hidden" });
    // Node-RED looks when a key is released: the list never fits a part of the text.
    await field.fill(text.slice(0, -1));
    await field.press(text.slice(-1));
    await countOf(editor).waitFor();
  };

  const chosenCar = (editor: Editor) => editor.cars.locator("option:checked").textContent();

  it("lists the cars by name, model and the end of the VIN, and takes the chosen one", async () => {
    const editor = await openNode("by-name");
    // They have sent next to nothing so far, and the list says so.
    assert.deepEqual((await editor.listedCars())[0], "BMW i4 eDrive40 · …0001 · little data");
    assert.equal((await editor.listedCars()).length, bench.simulator.cars.length);
    assert.equal(await chosenCar(editor), "all cars");
    assert.equal(await editor.page.locator("#node-input-vehicle").isVisible(), false);
    await editor.cars.selectOption({ index: 1 });
    await editor.ok();
    const { vehicle, valid } = await editor.node("by-name");
    assert.deepEqual([vehicle, valid], ["WBY1Z2C30N7A00001", true]);
    await editor.edit("by-name");
    await editor.listedCars();
    assert.match((await chosenCar(editor)) ?? "", /^BMW i4 eDrive40 · …0001/);
    await editor.cars.selectOption({ index: 0 });
    await editor.ok();
    assert.equal((await editor.node("by-name"))["vehicle"], "");
  });

  it("takes a car by the keyboard alone", async () => {
    const editor = await openNode("by-keys");
    await editor.listedCars();
    await editor.cars.focus();
    await editor.page.keyboard.press("ArrowDown");
    await editor.page.keyboard.press("Control+Enter");
    await editor.page.locator(".red-ui-tray").waitFor({ state: "detached" });
    assert.equal((await editor.node("by-keys"))["vehicle"], "WBY1Z2C30N7A00001");
  });

  it("accepts environment variables and cars that it does not know, and says what is no VIN", async () => {
    const editor = await openNode("free-text");
    for (const typed of ["${VIN}", "WBA00000000000009"]) {
      await editor.listedCars();
      await editor.cars.selectOption("another: VIN or ${VARIABLE}");
      await editor.page.locator("#node-input-vehicle").pressSequentially(typed);
      await editor.ok();
      const { vehicle, valid } = await editor.node("free-text");
      assert.deepEqual([vehicle, valid], [typed, true]);
      await editor.edit("free-text");
      await editor.listedCars();
      assert.equal(await editor.page.locator("#node-input-vehicle").inputValue(), typed);
    }
    await editor.page.locator("#node-input-vehicle").fill("WBA1");
    await editor.ok();
    assert.equal((await editor.node("free-text")).valid, false);
  });

  it("leaves a field alone in which somebody types while the cars arrive", async () => {
    const editor = await bench.open();
    let answer = () => Promise.resolve();
    const asked = new Promise<void>((resolve) => {
      const hold = (route: { continue(): Promise<void> }) => {
        answer = () => route.continue();
        resolve();
      };
      void editor.page.route("**/account/*/vehicles", hold, { times: 1 });
    });
    await editor.add({ id: "hasty", type: "cardata-stream", account: ACCOUNT, x: 300, y: 200, wires: [[], []] });
    await editor.edit("hasty");
    const field = editor.page.locator("#node-input-vehicle");
    await field.pressSequentially("WBY1Z2C30N7A00001");
    await asked;
    await answer();
    await editor.cars.waitFor();
    assert.deepEqual([await field.isVisible(), await field.inputValue()], [true, "WBY1Z2C30N7A00001"]);
  });

  it("finds descriptors by words of their name or id and counts them", async () => {
    const editor = await openNode("searching");
    await search(editor, "driver door");
    const found = row(editor, "Driver's door open");
    await found.or(tree(editor).getByText("vehicle.cabin.door.row1.driver.isOpen")).first().waitFor();
    assert.equal(await row(editor, "Battery level").count(), 0);
    const count = Number(await countOf(editor).innerText());
    await untilItPasses(async () => {
      assert.equal(await tree(editor).locator("input[type=checkbox]:visible").count(), count);
    });
  });

  it("shows German names in a German editor and finds descriptors by German name, English name and id", async () => {
    const editor = await openNode("german", {}, { locale: "de-AT" });
    for (const text of ["reifendruck vorn links", "tyre pressure front left", "wheel.left.tire.pressure row1"]) {
      await search(editor, text);
      await row(editor, "Reifendruck vorn links").waitFor();
      assert.equal(await row(editor, "Reifendruck hinten links").count(), 0, text);
      assert.equal(await row(editor, "Tyre pressure front left").count(), 0, text);
    }
    await search(editor, "ladezustand");
    await row(editor, "Ladezustand").waitFor();
    await search(editor, "reifen vorn links");
    await row(editor, "Reifendruck vorn links").locator("input[type=checkbox]").check();
    await editor.ok();
    assert.deepEqual((await editor.node("german"))["descriptors"], [
      "vehicle.chassis.axle.row1.wheel.left.tire.pressure",
    ]);
  });

  it("fetches names of other languages only where they are shown", async () => {
    const page = await bench.open();
    const asked: string[] = [];
    page.page.on("request", (request) => asked.push(request.url()));
    await page.add({ id: "english", type: "cardata-stream", account: ACCOUNT, x: 300, y: 200, wires: [[], []] });
    await page.edit("english");
    await row(page, "Battery level")
      .or(tree(page).getByText("Electric vehicle", { exact: true }))
      .first()
      .waitFor();
    assert.ok(asked.some((url) => url.endsWith("/catalogue.json")));
    assert.deepEqual(
      asked.filter((url) => url.includes("/names/")),
      [],
    );
  });

  it("marks what the cars have sent, and shows only that if wanted", async () => {
    const editor = await openNode("seen");
    await editor.page.locator("#cardata-descriptors-only-seen").check();
    await row(editor, "Battery level").waitFor();
    const marked = row(editor, "Battery level").getByRole("img");
    assert.match((await marked.getAttribute("aria-label")) ?? "", /^Sent by your car, last at \d/);
    assert.match(await row(editor, "Battery level").innerText(), /63 % · \d+ min\. ago · BMW i4 eDrive40/);
    await row(editor, NEW_AT_BMW).waitFor();
    await tree(editor).getByText("Not in the catalogue", { exact: true }).waitFor();
    assert.equal(await tree(editor).locator("input[type=checkbox]:visible").count(), 2);
    await editor.page.locator("#cardata-descriptors-only-seen").uncheck();
    await tree(editor).getByText("Tyres", { exact: true }).waitFor();
  });

  it("says of a value that it was not sent so far, but not of what is made of values", async () => {
    const editor = await openNode("never");
    await search(editor, "vehicle.cabin.door.row1.driver.isOpen");
    await row(editor, "Door front, driver side").getByText("not sent by your car so far").waitFor();
    await search(editor, "plain");
    await row(editor, "State of charge").waitFor();
    assert.doesNotMatch(await tree(editor).innerText(), /not sent/);
  });

  it("shows value and age in the words of the editor's language", async () => {
    const editor = await openNode("german-age", {}, { locale: "de-DE" });
    await search(editor, SOC);
    await row(editor, "Ladestand")
      .getByText(/^63 % · vor \d+ Min\./)
      .waitFor();
  });

  it("stores ticked and typed values, counts them and shows them when opened again", async () => {
    const editor = await openNode("chosen");
    const { page } = editor;
    const count = page.locator("#cardata-descriptors-count");
    assert.equal(await count.innerText(), "all");
    await search(editor, SOC);
    await row(editor, "Battery level").locator("input[type=checkbox]").check();
    await page.locator("#cardata-descriptors-typed").fill("vehicle.cabin.door.*\n${MY_VALUE}");
    await count.getByText("3 chosen").waitFor();
    await editor.ok();
    const saved = await editor.node("chosen");
    assert.deepEqual(saved["descriptors"], [SOC, "vehicle.cabin.door.*", "${MY_VALUE}"]);
    assert.equal(saved.valid, true);
    await editor.edit("chosen");
    await row(editor, "Battery level").waitFor();
    assert.equal(await row(editor, "Battery level").locator("input[type=checkbox]").isChecked(), true);
    assert.equal(await page.locator("#cardata-descriptors-typed").inputValue(), "vehicle.cabin.door.*\n${MY_VALUE}");
    await row(editor, "Battery level").locator("input[type=checkbox]").uncheck();
    await count.getByText("2 chosen").waitFor();
    await editor.ok();
    assert.deepEqual((await editor.node("chosen"))["descriptors"], ["vehicle.cabin.door.*", "${MY_VALUE}"]);
  });

  it("opens without an error however long the answers take", async () => {
    const editor = await openNode("waiting");
    for (const delayMs of [5, 10, 15, 20, 30]) {
      await editor.cancel();
      await editor.page.route("**/descriptors", async (route) => {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await route.continue();
      });
      const id = `waiting-${delayMs}`;
      const node = {
        id,
        type: "cardata-stream",
        account: ACCOUNT,
        descriptors: [SOC],
        x: 300,
        y: 300,
        wires: [[], []],
      };
      await editor.add(node);
      await editor.edit(id);
      await row(editor, "Battery level").waitFor();
    }
  });

  it("asks BMW nothing", async () => {
    const before = bench.simulator.log.count("rest*");
    await openNode("free-of-charge");
    assert.equal(bench.simulator.log.count("rest*"), before);
  });

  it("asks to deploy first when the account is new", async () => {
    const editor = await bench.open();
    await editor.add(
      { id: "undeployed", type: "cardata-account" },
      { id: "early", type: "cardata-stream", account: "undeployed", x: 300, y: 200, wires: [] },
    );
    await editor.edit("early");
    await editor.page.locator("#cardata-stream-hint").getByText("This account is not deployed yet.").waitFor();
  });
});
