import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";
import { SimulatedCar } from "../simulator/cars/car.js";
import { standardCars } from "../simulator/cars/standard.js";

const ACCOUNT = "hostile";
const IMAGE = '<img src=x onerror="window.hurt=1">';
const SCRIPT = "<script>window.hurt=1</script>";

/** Names and addresses come from BMW's servers and from cars; none of them may become a part of the page. */ /** Of no other account, because a login with one that is in use is refused before BMW is asked. */
const OTHER_CLIENT_ID = "12345678-1234-4234-8234-123456789abc";

describe("hostile text from outside", () => {
  let bench: Workbench;
  before(async () => {
    const { design } = standardCars(Date.now())[0]!;
    const car = new SimulatedCar({ ...design, basicData: { brand: SCRIPT, modelName: IMAGE } }, Date.now());
    bench = await Workbench.start({ simulator: { autoApprove: true, cars: [car] } });
    const { red, simulator } = bench;
    await logIn(red.url, ACCOUNT, simulator);
    const flow = [
      { id: "hostile-tab", type: "tab", label: "Flow" },
      { id: "heard", z: "hostile-tab", type: "debug", active: true, tosidebar: true, complete: "true", wires: [] },
      { id: "live", z: "hostile-tab", type: "cardata-stream", account: ACCOUNT, wires: [["heard"], ["heard"]] },
    ];
    await deployFlow(red.url, ACCOUNT, simulator, flow);
    await red.message(({ message }) => message["event"] === "connected");
    const timestamp = new Date().toISOString();
    const data = { [`vehicle.${IMAGE}`]: { value: 1, timestamp }, "vehicle.oddName": { value: IMAGE, timestamp } };
    simulator.publish(car.vin, { vin: car.vin, entityId: simulator.gcid, data });
    await red.message(({ message }) => message["descriptor"] === "vehicle.oddName");
    // The name of the car is asked for after the login.
    await eventually("a described car", () => simulator.log.count("rest*") === 2);
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function assertUnhurt({ page }: Editor): Promise<void> {
    assert.equal(await page.evaluate(() => "hurt" in window), false);
    assert.equal(await page.locator("img[src=x]").count(), 0);
  }

  it("shows the name of a car as text in the picker and in the list of cars", async () => {
    const editor = await bench.open();
    await editor.edit("live");
    const [car = ""] = await editor.listedCars();
    assert.ok(car.startsWith(`${SCRIPT} ${IMAGE}`.slice(0, 20)), car);
    await editor.cars.selectOption(car);
    await editor.ok();
    // The label of the node shows the name as well.
    await editor.page.locator("#red-ui-workspace-chart").getByText(`cardata ${SCRIPT}`).waitFor();
    await editor.editAccount(ACCOUNT);
    await editor.tab("cars");
    await editor.page.locator("#cardata-vehicles-fill").click();
    await editor.page.locator(".cardata-vehicle-name").waitFor();
    assert.equal(await editor.page.locator(".cardata-vehicle-name").inputValue(), `${SCRIPT} ${IMAGE}`);
    await assertUnhurt(editor);
  });

  it("shows no descriptor that is none, and others as text", async () => {
    const editor = await bench.open();
    await editor.edit("live");
    await editor.page.locator("#cardata-descriptors-only-seen").check();
    const tree = editor.page.locator("#cardata-descriptors-tree");
    await tree.getByText("vehicle.oddName").waitFor();
    await tree.getByText(`${IMAGE} · `).waitFor();
    assert.doesNotMatch(await tree.innerText(), /vehicle\.</);
    await assertUnhurt(editor);
  });

  it("shows the name of a data container as text", async () => {
    const container = { containerId: "G00B025F732UD", name: IMAGE, purpose: SCRIPT, state: SCRIPT, created: IMAGE };
    const editor = await bench.open();
    const node = { id: "boxes", type: "cardata-telematics", operation: "containers", account: ACCOUNT };
    await editor.add({ ...node, x: 300, y: 200, wires: [] });
    await editor.edit(node.id);
    await editor.page.locator("#cardata-telematics-cost").getByText("Left today").waitFor();
    bench.simulator.faults.api.answers({ status: 200, body: { containers: [container] } });
    await editor.page.locator("#cardata-containers-load").click();
    await editor.page.locator(".cardata-container").getByText(IMAGE).waitFor();
    await assertUnhurt(editor);
  });

  const answer = (more: object) => ({
    status: 200,
    body: { device_code: "device", user_code: IMAGE, expires_in: 300, interval: 60, ...more },
  });
  it("shows a code as text, and no link to a foreign or dangerous address", async () => {
    const editor = await bench.open();
    await editor.openNewAccount("hostile-login", OTHER_CLIENT_ID);
    for (const url of [
      "javascript:window.hurt=1",
      "data:text/html,hurt",
      "https://bmwgroup.com.example/",
      "//x.example",
    ]) {
      bench.simulator.faults.oauth.answers(answer({ verification_uri: url, verification_uri_complete: url }));
      await editor.login("start").click();
      await editor.loginSays("Waiting for your confirmation on BMW's page");
      assert.equal(await editor.login("code").innerText(), IMAGE, url);
      assert.equal(await editor.login("link").isVisible(), false, url);
      assert.equal(await editor.login("link").getAttribute("href"), "#", url);
      await editor.login("cancel").click();
      await editor.loginSays("The login was cancelled.");
    }
    await assertUnhurt(editor);
  });

  it("shows the reason of a refusal as text", async () => {
    const editor = await bench.open();
    await editor.openNewAccount("hostile-refusal", OTHER_CLIENT_ID);
    bench.simulator.faults.oauth.status(1, 400, { error: "invalid_request", error_description: IMAGE });
    await editor.login("start").click();
    await editor.loginSays(IMAGE);
    await assertUnhurt(editor);
  });
});
