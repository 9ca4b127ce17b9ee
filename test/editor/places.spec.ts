import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { deployFlow, logIn } from "../../demo/set-up.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";
import { LATITUDE, LONGITUDE } from "../../src/vehicle/position.js";

const ACCOUNT = "placed";
const HOME = { name: "Home", latitude: 48.137, longitude: 11.575, radius: 80, purpose: "" };

describe("places and tariffs in the dialog of an account", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start({ simulator: { autoApprove: true } });
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  const section = ({ page }: Editor) => page.locator("#cardata-journal-settings");
  const rows = ({ page }: Editor, list: "places" | "tariffs") => page.locator(`#cardata-${list} > li`);
  const fill = async (row: Locator, name: string, text: string) => {
    const field = row.locator(`.cardata-row-${name}`).last();
    await field.fill(text);
    await field.blur();
  };

  async function openAccount(id: string, stored: object = {}): Promise<Editor> {
    const editor = await bench.open();
    await editor.add({ id, type: "cardata-account", ...stored });
    await editor.editAccount(id);
    await editor.tab("cars");
    return editor;
  }

  it("are folded while there are none, and take what is typed, with decimal commas", async () => {
    const editor = await openAccount("typed");
    assert.equal(await editor.page.locator("#cardata-places-here").isVisible(), false);
    await section(editor).locator("summary").click();
    const place = await editor.addRow("places");
    await fill(place, "name", "Home");
    await fill(place, "position", "48,137 11,575");
    await place.locator(".cardata-row-purpose").selectOption("commute");
    const tariff = await editor.addRow("tariffs");
    await tariff.locator(".cardata-row-place").selectOption("Home");
    await tariff.locator(".cardata-row-kind").selectOption("windows");
    await fill(tariff, "price", "0,31");
    await fill(tariff, "solarPrice", "0,08");
    await fill(tariff, "from", "22:00");
    await fill(tariff, "to", "6");
    await fill(tariff, "windowPrice", "0,24");
    for (const day of ["sat", "sun"]) await tariff.locator(`.cardata-day-${day}`).uncheck();
    await editor.page.locator("#node-config-input-currency").fill("chf");
    await editor.ok();
    const saved = await editor.node("typed");
    assert.deepEqual(saved["places"], [{ ...HOME, radius: "", purpose: "commute" }]);
    const days = ["mon", "tue", "wed", "thu", "fri"];
    const windows = [{ from: "22:00", to: "6", days, price: 0.24 }];
    assert.deepEqual(saved["tariffs"], [{ place: "Home", price: 0.31, windows, solarPrice: 0.08 }]);
    assert.deepEqual([saved["currency"], saved.valid], ["chf", true]);
  });

  it("are open where there are some, show them, and leave them as they are", async () => {
    const tariffs = [
      { place: "Home", price: "message", windows: [], solarPrice: 0.08 },
      {
        place: "",
        price: 0.59,
        windows: [{ from: "22:00", to: "6:00", days: ["fri"], price: -0.01 }],
        solarPrice: "",
      },
    ];
    const editor = await openAccount("shown", { places: [HOME], tariffs, currency: "EUR" });
    const [place] = await rows(editor, "places").all();
    assert.equal(await place!.locator(".cardata-row-position").inputValue(), "48.137, 11.575");
    const [message, otherwise] = await rows(editor, "tariffs").all();
    assert.equal(await message!.locator(".cardata-row-price").isVisible(), false);
    assert.equal(await otherwise!.locator(".cardata-row-place option:checked").innerText(), "everywhere else");
    assert.equal(await otherwise!.locator(".cardata-row-windowPrice").inputValue(), "-0.01");
    assert.equal(await otherwise!.getByText("Price per kWh otherwise").isVisible(), true);
    await editor.ok();
    const saved = await editor.node("shown");
    assert.deepEqual([saved["places"], saved["tariffs"], saved.valid], [[HOME], tariffs, true]);
  });

  it("follow a place that is named anew, and miss one that is deleted", async () => {
    const stored = { places: [HOME], tariffs: [{ place: "Home", price: 0.31, windows: [], solarPrice: "" }] };
    const editor = await openAccount("renamed", stored);
    const place = rows(editor, "places").first();
    const chosen = rows(editor, "tariffs").first().locator(".cardata-row-place option:checked");
    await fill(place, "name", "");
    await fill(place, "name", "Garage");
    assert.equal(await chosen.innerText(), "Garage");
    await place.locator(".red-ui-editableList-item-remove").click();
    await place.waitFor({ state: "detached" });
    assert.equal(await chosen.innerText(), "Garage (no such place)");
    await editor.ok();
    const saved = await editor.node("renamed");
    assert.deepEqual(saved["places"], []);
    assert.deepEqual(saved.validationErrors, ["Tariffs: There is no such place: Garage"]);
  });

  it("lack what was deleted just before the dialog closes, as cars do", async () => {
    const vehicles = [{ vin: "WBY1Z2C30N7A00001", name: "Gone" }];
    const tariffs = [{ place: "Home", price: 0.31, windows: [], solarPrice: "" }];
    const editor = await openAccount("hasty", { vehicles, places: [HOME], tariffs });
    // At once, while the rows fade out.
    await editor.page.evaluate(() => {
      const lists = ["vehicles", "places", "tariffs"].map(
        (list) => `#cardata-${list} .red-ui-editableList-item-remove`,
      );
      for (const remove of document.querySelectorAll<HTMLElement>(lists.join(", "))) remove.click();
      document.querySelector<HTMLElement>("#node-config-dialog-ok")?.click();
    });
    await editor.page.locator(".red-ui-tray").waitFor({ state: "detached" });
    const saved = await editor.node("hasty");
    assert.deepEqual([saved["vehicles"], saved["places"], saved["tariffs"]], [[], [], []]);
  });

  it("mark a field that cannot be used when it is left, and keep what was typed", async () => {
    const editor = await openAccount("wrong", { places: [HOME] });
    const place = rows(editor, "places").first();
    const isMarked = (name: string) =>
      place.locator(`.cardata-row-${name}`).evaluate((field) => field.classList.contains("input-error"));
    assert.equal(await isMarked("position"), false);
    await fill(place, "position", "Main street 1");
    await fill(place, "radius", "0");
    assert.deepEqual([await isMarked("position"), await isMarked("radius")], [true, true]);
    await fill(place, "radius", "0,5 km");
    assert.equal(await isMarked("radius"), true);
    await fill(place, "radius", "150");
    assert.equal(await isMarked("radius"), false);
    await editor.ok();
    assert.equal((await editor.node("wrong")).valid, false);
    await editor.editAccount("wrong");
    await editor.tab("cars");
    assert.equal(await place.locator(".cardata-row-position").inputValue(), "Main street 1");
  });

  it("are filled by the keyboard alone", async () => {
    const editor = await openAccount("by-keys");
    const { keyboard } = editor.page;
    await section(editor).locator("summary").focus();
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    // The new row waits for its name.
    await keyboard.type("Home");
    await keyboard.press("Tab");
    await keyboard.type("48.137, 11.575");
    await keyboard.press("Control+Enter");
    await editor.page.locator(".red-ui-tray").waitFor({ state: "detached" });
    assert.deepEqual((await editor.node("by-keys"))["places"], [{ ...HOME, radius: "" }]);
  });

  it("take the position of a car that the account knows, and ask BMW nothing", async () => {
    const { simulator, red } = bench;
    await logIn(red.url, ACCOUNT, simulator);
    const tab = { id: "placed-tab", type: "tab", label: "Flow" };
    const heard = {
      id: "placed-live",
      z: tab.id,
      type: "cardata-stream",
      account: ACCOUNT,
      wires: [["placed-debug"], ["placed-debug"]],
    };
    const debug = { id: "placed-debug", z: tab.id, type: "debug", active: false, x: 400, y: 100, wires: [] };
    await bench.closeWaitingPages();
    await deployFlow(red.url, ACCOUNT, simulator, [tab, heard, debug]);
    await red.message(({ message }) => message["event"] === "connected");
    const asked = 1 + simulator.cars.length;
    await untilItPasses(() => {
      assert.equal(simulator.log.count("rest*"), asked);
    });
    const editor = await bench.open();
    await editor.editAccount(ACCOUNT);
    await editor.tab("cars");
    await section(editor).locator("summary").click();
    const here = editor.page.locator("#cardata-places-here");
    await here.click();
    await editor.page.getByText("No position of a car is known yet.").waitFor();
    const { vin } = simulator.cars[0]!;
    const timestamp = new Date().toISOString();
    const data = { [LATITUDE]: { value: 48.137, timestamp }, [LONGITUDE]: { value: 11.575, timestamp } };
    simulator.publish(vin, { vin, entityId: simulator.gcid, data });
    await red.message(({ message }) => message["descriptor"] === LONGITUDE);
    await here.click();
    await editor.page.locator("#cardata-places-cars button", { hasText: "…0001" }).click();
    const place = rows(editor, "places").first();
    assert.equal(await place.locator(".cardata-row-position").inputValue(), "48.137, 11.575");
    await editor.page.keyboard.type("Home");
    await editor.ok();
    assert.deepEqual((await editor.node(ACCOUNT))["places"], [{ ...HOME, radius: "" }]);
    assert.equal(simulator.log.count("rest*"), asked);
  });
});
