import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";
import { misfits } from "../helpers/layout.js";
import { allTextsOf, LOCALE_FOLDERS } from "../helpers/locales.js";

/** The least width of a dialog in the editor [px]. */
const NARROWEST = 500;
/** No language of Node-RED's own texts: what is there is ours. No other spec opens its editor so. */
const BROWSER = "it-IT";

/** What a dialog has to be like so that all of its parts are seen in turn; leaves it as the last one says. */
type Scenes = readonly ((editor: Editor) => Promise<void>)[];

const input = ({ page }: Editor, name: string) => page.locator(`#node-input-${name}`);
const asIs = () => Promise.resolve();
const choosing =
  (name: string, value: string) =>
  async (editor: Editor): Promise<void> => {
    await input(editor, name).selectOption(value);
  };
const OPERATIONS = ["telematicData", "chargingHistory", "tyreDiagnosis", "image", "containers", "quota"];

interface Dialog {
  readonly node: { readonly type: string; readonly automatic?: boolean };
  readonly scenes: Scenes;
}

const NODES: readonly Dialog[] = [
  { node: { type: "cardata-stream" }, scenes: [asIs] },
  {
    node: { type: "cardata-telematics", automatic: true },
    scenes: OPERATIONS.map((operation) => choosing("operation", operation)),
  },
  { node: { type: "cardata-predicted-soc" }, scenes: [asIs] },
  {
    node: { type: "cardata-homeassistant" },
    scenes: [choosing("mode", "entities"), choosing("mode", "device")],
  },
  { node: { type: "cardata-traccar" }, scenes: [asIs] },
  { node: { type: "cardata-journal" }, scenes: [asIs] },
];

const unfold = ({ page }: Editor, selector: string) =>
  page.locator(selector).evaluate((details: HTMLDetailsElement) => {
    details.open = true;
  });

const ACCOUNT: Scenes = [
  async (editor) => {
    const { page } = editor;
    for (const step of ["portal", "data"]) await unfold(editor, `#cardata-step-${step}`);
    await page.locator("#cardata-portal-country").selectOption("other");
  },
  async (editor) => {
    await editor.newCode();
  },
  async (editor) => {
    await editor.tab("cars");
    await editor.addRow("vehicles");
  },
  async (editor) => {
    const { page } = editor;
    await unfold(editor, "#cardata-journal-settings");
    await editor.addRow("places");
    for (const kind of ["windows", "message"]) {
      await editor.addRow("tariffs");
      await page.locator(".cardata-row-kind").last().selectOption(kind);
    }
  },
  (editor) => editor.tab("advanced"),
  async (editor) => {
    await editor.page.locator("#node-config-input-source").selectOption("broker");
    await editor.tab("login");
  },
];

/** Returns the texts of the topmost dialog, also those in attributes, that are not those of the language, with their keys. */
async function foreignTexts({ page }: Editor, language: string): Promise<string[]> {
  const shown = await page
    .locator(".red-ui-tray")
    .last()
    .locator("[data-i18n]")
    .evaluateAll((elements) =>
      elements.flatMap((element) =>
        (element.getAttribute("data-i18n") ?? "").split(";").map((part) => {
          const [, attribute, key = ""] = /^(?:\[([\w-]+)\])?(.*)$/.exec(part) ?? [];
          return { key, text: attribute === undefined ? element.textContent : element.getAttribute(attribute) };
        }),
      ),
    );
  const texts = allTextsOf(language);
  const own = shown
    .map(({ key, text }) => ({ key: key.replace(/^@[\w/-]+:/, ""), text }))
    .filter(({ key }) => texts.has(key));
  assert.ok(own.length > 5, `${language}: the dialog has ${own.length} texts of the catalogues`);
  return own.filter(({ key, text }) => texts.get(key) !== text).map(({ key, text }) => `${key}: ${text}`);
}

describe("all languages", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function walk(editor: Editor, language: string, scenes: Scenes): Promise<void> {
    assert.deepEqual(await foreignTexts(editor, language), [], language);
    for (const [index, scene] of scenes.entries()) {
      await scene(editor);
      assert.deepEqual(await misfits(editor, NARROWEST), [], `${language}, scene ${index}`);
    }
  }

  for (const { node, scenes } of NODES)
    it(`have their texts, and room for them, in the dialog of ${node.type}`, async () => {
      const editor = await bench.open({ locale: BROWSER });
      for (const language of LOCALE_FOLDERS) {
        await editor.speak(language);
        await editor.add({ ...node, id: `in-${language}`, x: 300, y: 100, wires: [] });
        await editor.edit(`in-${language}`);
        await walk(editor, language, scenes);
        await editor.cancel();
      }
    });

  it("have their texts, and room for them, in the dialog of an account", async () => {
    const editor = await bench.open({ locale: BROWSER });
    for (const language of LOCALE_FOLDERS) {
      await editor.speak(language);
      await editor.openNewAccount(`in-${language}`);
      await walk(editor, language, ACCOUNT);
      await editor.cancel();
    }
  });
});
