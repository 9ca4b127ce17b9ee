import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";

const ACCOUNT = "shown";
const SOC = "vehicle.drivetrain.batteryManagement.header";

describe("the cockpit in the sidebar of the editor", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
    await deployLoggedIn();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function deployLoggedIn(): Promise<void> {
    const editor = await bench.open();
    await editor.openNewAccount(ACCOUNT);
    await editor.newCode();
    bench.simulator.approve();
    await editor.loginSays(/^Logged in$/);
    await editor.ok();
    await editor.add({ id: "any", type: "cardata-stream", account: ACCOUNT, x: 300, y: 300, wires: [[], []] });
    await editor.deploy();
    await bench.red.log("Stream connected");
    await bench.closePages();
  }

  async function openTab(): Promise<Editor> {
    const [car] = bench.simulator.cars;
    const timestamp = new Date().toISOString();
    bench.simulator.publish(car!.vin, {
      vin: car!.vin,
      entityId: bench.simulator.gcid,
      topic: car!.vin,
      timestamp,
      data: { [SOC]: { timestamp, value: 63, unit: "%" } },
    });
    const editor = await bench.open();
    await editor.page.evaluate(() => {
      RED.sidebar.show("cardata");
    });
    await editor.page.locator("cardata-cockpit .link.live").waitFor();
    return editor;
  }

  it("loads nothing before its tab is opened, then shows the cars of the runtime", async () => {
    const unopened = await bench.open();
    assert.equal(await unopened.page.locator('script[src^="cardata/"]').count(), 0);
    await bench.closePages();
    const editor = await openTab();
    await editor.page.locator("cardata-cockpit .card.battery").waitFor();
    await editor.page.locator("cardata-cockpit").getByText("63 %").first().waitFor();
  });

  it("makes a node that sends what was searched for, of the car that is looked at", async () => {
    const editor = await openTab();
    const tab = editor.page.locator("cardata-cockpit");
    await tab.getByRole("button", { name: "Values" }).click();
    await tab.getByRole("searchbox", { name: "Find a value" }).fill(SOC);
    await tab.locator("td.value", { hasText: "63 %" }).waitFor();
    const before = await editor.idsOf("cardata-stream");
    await tab.getByRole("button", { name: "Make a node that sends these" }).click();
    await tab.getByText("The node lies on the flow.").waitFor();
    const [id = ""] = (await editor.idsOf("cardata-stream")).filter((one) => !before.includes(one));
    const node = await editor.node(id);
    assert.deepEqual(
      [node["account"], node["vehicle"], node["descriptors"], node.valid, node.changed],
      [ACCOUNT, bench.simulator.cars[0]?.vin, [SOC], true, true],
    );
    await editor.undo();
    assert.deepEqual(await editor.idsOf("cardata-stream"), before);
  });

  it("opens no stream while its tab is not shown", async () => {
    const editor = await openTab();
    await editor.page.evaluate(() => {
      RED.sidebar.show("info");
    });
    await editor.page.locator("cardata-cockpit .link.paused").waitFor({ state: "attached" });
  });
});

declare const RED: { readonly sidebar: { show(name: string): void } };
