import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";

const ACCOUNT = "asked";
const SOC = "vehicle.drivetrain.batteryManagement.header";
const VIN = "WBY1Z2C30N7A00001";

describe("dialog of the telematics node", () => {
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

  async function openNode(id: string, properties: object = {}): Promise<Editor> {
    const editor = await bench.open();
    const node = { type: "cardata-telematics", account: ACCOUNT, x: 300, y: 200, wires: [[]], ...properties, id };
    await editor.add(node);
    await editor.edit(id);
    await editor.page.locator("#cardata-telematics-cost").getByText("Left today").waitFor();
    return editor;
  }

  const input = ({ page }: Editor, name: string) => page.locator(`#node-input-${name}`);
  const choose = (editor: Editor, operation: string) => input(editor, "operation").selectOption(operation);
  const cost = ({ page }: Editor) => page.locator("#cardata-telematics-cost").innerText();
  const spent = () => bench.simulator.log.count("rest*");

  it("shows only what the chosen operation uses", async () => {
    const editor = await openNode("fields");
    const FIELDS: Record<string, readonly string[]> = {
      telematicData: ["form", "force", "automatic"],
      chargingHistory: ["from", "to", "maxPages", "daily"],
      tyreDiagnosis: ["daily"],
      image: ["force"],
      containers: ["containerAction"],
      vehicles: [],
      basicData: [],
      chargingSettings: [],
      quota: [],
    };
    const all = [...new Set(Object.values(FIELDS).flat())];
    for (const [operation, fields] of Object.entries(FIELDS)) {
      await choose(editor, operation);
      for (const name of all)
        assert.equal(await input(editor, name).isVisible(), fields.includes(name), `${operation} ${name}`);
      const isAboutCars = !["containers", "vehicles", "quota"].includes(operation);
      assert.equal(await editor.cars.isVisible(), isAboutCars, operation);
      const picker = editor.page.locator("#cardata-descriptors");
      assert.equal(await picker.isVisible(), operation === "telematicData", operation);
    }
    // BMW knows no wildcards.
    const typed = editor.page.locator("#cardata-descriptors-typed");
    assert.equal(await typed.getAttribute("placeholder"), "More, one a line, by their full names");
  });

  it("shows what a message costs and how much is left, and asks BMW nothing for that", async () => {
    const before = spent();
    const editor = await openNode("price");
    const left = `Left today: ${50 - before} of 50.`;
    const COSTS: Record<string, string> = {
      telematicData: "3",
      chargingHistory: "3 to 9",
      vehicles: "1",
      containers: "1",
      quota: "0",
    };
    for (const [operation, calls] of Object.entries(COSTS)) {
      await choose(editor, operation);
      assert.equal(await cost(editor), `BMW requests for each message: ${calls}. ${left}`);
    }
    await choose(editor, "chargingHistory");
    await editor.cars.selectOption(VIN);
    await input(editor, "maxPages").fill("5");
    assert.equal(await cost(editor), `BMW requests for each message: 1 to 5. ${left}`);
    assert.equal(spent(), before);
  });

  it("shows the options of automatic requests once they are ticked, and explains the schedule", async () => {
    const editor = await openNode("by-itself");
    const options = ["schedule", "quietHours", "tripEndPoll", "cooldownMinutes"];
    const visible = () => Promise.all(options.map((name) => input(editor, name).isVisible()));
    assert.deepEqual(await visible(), [false, false, false, false]);
    await input(editor, "automatic").check();
    assert.deepEqual(await visible(), [true, true, true, true]);
    const tip = editor.page.locator("#cardata-telematics-schedule-tip");
    assert.match(await tip.innerText(), /^A car is asked 12 hours after its last answer/);
    assert.equal(await input(editor, "minInterval").isVisible(), false);
    await input(editor, "schedule").selectOption("dense");
    assert.match(await tip.innerText(), /^About 24 requests a day/);
    await input(editor, "minInterval").fill("90");
    await input(editor, "quietHours").fill("22:00-06:00");
    await input(editor, "tripEndPoll").uncheck();
    await editor.ok();
    const { automatic, schedule, minInterval, quietHours, tripEndPoll, valid } = await editor.node("by-itself");
    assert.deepEqual(
      { automatic, schedule, minInterval, quietHours, tripEndPoll, valid },
      {
        automatic: true,
        schedule: "dense",
        minInterval: "90",
        quietHours: "22:00-06:00",
        tripEndPoll: false,
        valid: true,
      },
    );
  });

  it("stores the values that are chosen", async () => {
    const editor = await openNode("chosen");
    await editor.page.locator("#cardata-descriptors-count").getByText("the 35 usual ones").waitFor();
    await editor.page.locator("#cardata-descriptors-search").pressSequentially(SOC);
    const row = editor.page.locator("#cardata-descriptors-tree .red-ui-treeList-label:visible", { hasText: SOC });
    await row.locator("input[type=checkbox]").check();
    await editor.page.locator("#cardata-descriptors-count").getByText("1 chosen").waitFor();
    await editor.ok();
    assert.deepEqual((await editor.node("chosen"))["descriptors"], [SOC]);
  });

  it("takes the car that is chosen in the list", async () => {
    const editor = await openNode("car");
    await editor.listedCars();
    await editor.cars.selectOption(VIN);
    assert.equal(await input(editor, "vehicle").inputValue(), VIN);
  });

  it("opens a node of an older version with the usual choices", async () => {
    const editor = await openNode("old");
    for (const [name, usual] of Object.entries({ operation: "telematicData", form: "each", schedule: "fallback" }))
      assert.equal(await input(editor, name).inputValue(), usual);
    assert.equal(await input(editor, "tripEndPoll").isChecked(), true);
    assert.equal(await input(editor, "automatic").isChecked(), false);
  });

  describe("with data containers", () => {
    const rows = ({ page }: Editor) => page.locator(".cardata-container");

    it("lists them for one request, shows whose they are, and deletes one after a question", async () => {
      const [foreign] = bench.simulator.faults.foreignContainers(2);
      const editor = await openNode("boxes", { operation: "containers" });
      const before = spent();
      await editor.page.locator("#cardata-containers-load").click();
      await rows(editor).first().waitFor();
      assert.equal(spent(), before + 1);
      const row = rows(editor).filter({ hasText: foreign! });
      assert.match(await row.innerText(), /ACTIVE · \d{4}-\d\d-\d\d · of another program/);
      const count = await rows(editor).count();

      await row.locator(".cardata-container-delete").click();
      await row.getByText("Another program reads its data from it. Delete it for good?").waitFor();
      await row.locator(".cardata-container-no").click();
      await row.locator(".cardata-container-delete").click();
      assert.equal(spent(), before + 1);
      await row.locator(".cardata-container-yes").click();
      await editor.page.locator("#cardata-containers-hint").getByText(`${foreign} is deleted.`).waitFor();
      assert.equal(bench.simulator.log.count("rest DELETE*"), 1);
      assert.equal(await rows(editor).count(), count - 1);
      await editor.page
        .locator("#cardata-telematics-cost")
        .getByText(`Left today: ${50 - before - 2}`)
        .waitFor();
    });

    it("says why they cannot be listed", async () => {
      const editor = await openNode("no-boxes", { operation: "containers" });
      bench.simulator.faults.api.status(2, 503, { exveErrorId: "CU-503" });
      await editor.page.locator("#cardata-containers-load").click();
      const hint = editor.page.locator("#cardata-containers-hint");
      await hint.getByText("BMW's service is down at the moment. Try again later.").waitFor();
    });

    it("asks for the id only where one is deleted, and says that a message has to confirm", async () => {
      const editor = await openNode("one-box", { operation: "containers" });
      const shown = async () => [
        await input(editor, "containerId").isVisible(),
        await editor.page.locator("#cardata-telematics-confirm").isVisible(),
      ];
      assert.deepEqual(await shown(), [false, false]);
      await input(editor, "containerAction").selectOption("delete");
      assert.deepEqual(await shown(), [true, true]);
      await input(editor, "containerAction").selectOption("reset");
      assert.deepEqual(await shown(), [false, true]);
      assert.match(await cost(editor), /one, and one for each container of this package/);
    });
  });
});
