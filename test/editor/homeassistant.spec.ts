import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import { LOCALES } from "../helpers/dialog-locales.js";
import type { Editor } from "../helpers/editor.js";
import { DIALOG_WIDTHS, misfits } from "../helpers/layout.js";

const ACCOUNT = "announced";
const NODE = { type: "cardata-homeassistant", version: 1, account: ACCOUNT, x: 300, y: 200, wires: [[]] };
const IMAGE = '<img src=x onerror="window.hurt=1">';

describe("dialog for Home Assistant", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function openNode(properties: object = {}, topicBase = "cardata", locale = "en-US"): Promise<Editor> {
    const editor = await bench.open({ locale, viewport: { width: 830, height: 900 } });
    await editor.add({ id: ACCOUNT, type: "cardata-account", topicBase }, { ...NODE, ...properties, id: "ha" });
    await editor.edit("ha");
    return editor;
  }

  const input = ({ page }: Editor, name: string) => page.locator(`#node-input-${name}`);
  const topics = ({ page }: Editor) => page.locator("#cardata-homeassistant-topics code").allInnerTexts();
  const tip = ({ page }: Editor, name: string) => page.locator(`#cardata-homeassistant-${name}-tip`);

  it("shows the topics that come of the settings, while they are typed", async () => {
    const editor = await openNode({}, "home/cars/");
    assert.deepEqual(await topics(editor), [
      "homeassistant/device/bmw_cardata_<vin>/config",
      "home/cars/<VIN>/<descriptor>/state",
      "homeassistant/status",
    ]);
    assert.equal(await input(editor, "stateBase").getAttribute("placeholder"), "home/cars");
    await input(editor, "discoveryPrefix").fill("ha");
    await input(editor, "stateBase").fill("garage");
    await input(editor, "mode").selectOption("entities");
    await input(editor, "attributes").check();
    await input(editor, "availability").check();
    await input(editor, "buttons").check();
    assert.deepEqual(await topics(editor), [
      "ha/<platform>/bmw_cardata_<vin>/<key>/config",
      "garage/<VIN>/<descriptor>/state",
      "garage/<VIN>/<descriptor>/attributes",
      "garage/availability",
      "homeassistant/status",
      "garage/+/command/+",
    ]);
  });

  it("explains what is chosen, and what a choice needs", async () => {
    const editor = await openNode();
    assert.match(await tip(editor, "mode").innerText(), /2025\.4/);
    await input(editor, "mode").selectOption("entities");
    assert.match(await tip(editor, "mode").innerText(), /openHAB/);
    for (const name of ["attributes", "availability", "buttons"]) {
      assert.equal(await tip(editor, name).isVisible(), false, name);
      await input(editor, name).check();
      assert.equal(await tip(editor, name).isVisible(), true, name);
    }
  });

  it("keeps what was entered", async () => {
    const editor = await openNode();
    await input(editor, "discoveryPrefix").fill("ha");
    await input(editor, "mode").selectOption("entities");
    await input(editor, "attributes").check();
    await input(editor, "buttons").check();
    assert.equal(await input(editor, "repeatMinutes").getAttribute("placeholder"), "15");
    await input(editor, "repeatMinutes").fill("0");
    assert.equal(await input(editor, "maxPacketSize").getAttribute("placeholder"), "1000000");
    await input(editor, "maxPacketSize").fill("2000000");
    await editor.ok();
    const { discoveryPrefix, mode, stateBase, attributes, availability, buttons, maxPacketSize, repeatMinutes } =
      await editor.node("ha");
    assert.deepEqual(
      { discoveryPrefix, mode, stateBase, attributes, availability, buttons, maxPacketSize, repeatMinutes },
      {
        discoveryPrefix: "ha",
        mode: "entities",
        stateBase: "",
        attributes: true,
        availability: false,
        buttons: true,
        maxPacketSize: "2000000",
        repeatMinutes: "0",
      },
    );
    await editor.edit("ha");
    assert.equal(await input(editor, "attributes").isChecked(), true);
    assert.equal(await input(editor, "mode").inputValue(), "entities");
  });

  for (const stored of [{}, { attributes: true }, { attributes: false }])
    it(`keeps what a node of an earlier version has sent (${JSON.stringify(stored)})`, async () => {
      const editor = await openNode({ ...stored, version: undefined });
      const isOn = stored.attributes !== false;
      assert.equal(await input(editor, "attributes").isChecked(), isOn);
      await editor.ok();
      const { attributes, version } = await editor.node("ha");
      assert.deepEqual([attributes, version], [isOn, 1]);
    });

  it("offers each language in its own words, and keeps language and area", async () => {
    const editor = await openNode();
    assert.deepEqual(await input(editor, "language").locator("option").allInnerTexts(), [
      ...["English", "Deutsch", "Español", "Français", "Italiano", "Nederlands", "Português"],
    ]);
    assert.equal(await input(editor, "language").inputValue(), "en");
    await input(editor, "language").selectOption("de");
    await input(editor, "area").fill("Garage");
    await editor.ok();
    const { language, area } = await editor.node("ha");
    assert.deepEqual([language, area], ["de", "Garage"]);
    await editor.edit("ha");
    assert.equal(await input(editor, "language").inputValue(), "de");
  });

  it("shows the topic of an imported account as text", async () => {
    const editor = await openNode({}, IMAGE);
    assert.ok((await topics(editor)).includes(`${IMAGE}/<VIN>/<descriptor>/state`));
    assert.equal(await editor.page.evaluate(() => "hurt" in window), false);
  });

  for (const locale of LOCALES)
    it(`cuts nothing off and covers nothing in ${locale}`, async () => {
      const base = "a/base/topic/that/is/a/good/deal/longer/than/the/column/in/which/it/stands";
      const editor = await openNode(
        { attributes: true, buttons: true, availability: true, stateBase: base },
        "cardata",
        locale,
      );
      for (const mode of ["entities", "device"]) {
        await input(editor, "mode").selectOption(mode);
        for (const width of [undefined, ...DIALOG_WIDTHS])
          assert.deepEqual(await misfits(editor, width), [], `${mode} ${width}`);
      }
    });
});
