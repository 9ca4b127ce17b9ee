import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";

/** As Node-RED 5 and theme packages set them; Node-RED 4 itself is always light. */
const DARK = `:root {
  --red-ui-primary-background: #1e1e1e; --red-ui-secondary-background: #252526; --red-ui-tertiary-background: #2b2b2b;
  --red-ui-primary-text-color: #dddddd; --red-ui-secondary-text-color: #aaaaaa; --red-ui-header-text-color: #dddddd;
  --red-ui-form-background: #1e1e1e; --red-ui-form-text-color: #dddddd; --red-ui-form-placeholder-color: #8a8a8a;
  --red-ui-form-input-background: #2b2b2b; --red-ui-form-tips-background: #33332b; --red-ui-list-item-color: #dddddd;
  --red-ui-list-item-background: #1e1e1e; --red-ui-list-item-background-hover: #333333;
  --red-ui-list-item-background-selected: #3a3a3a; --red-ui-list-item-secondary-color: #999999;
  --red-ui-workspace-button-background: #2b2b2b; --red-ui-workspace-button-color: #cccccc;
  --red-ui-workspace-button-color-focus: #dddddd;
  --red-ui-secondary-border-color: #555555; --red-ui-form-input-border-color: #555555;
  --red-ui-text-color-error: #ff6b6b; --red-ui-text-color-success: #6fd08c; --red-ui-text-color-warning: #e0a83c;
}`;
const READABLE = 4.5;

describe("dark theme", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  /** The texts of a dialog whose contrast (WCAG 2, 1.4.3) is too low. */
  async function unreadable({ page }: Editor, dialog: string): Promise<string[]> {
    return page.locator(dialog).evaluate((root, least) => {
      const numbers = (color: string) => (/[\d., ]+/.exec(color)?.[0] ?? "").split(",").map(Number);
      const luminance = (color: string) =>
        numbers(color)
          .slice(0, 3)
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
          .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0);
      const found: string[] = [];
      for (const element of root.querySelectorAll<HTMLElement>("*")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
        if (!own || element.offsetParent === null) continue;
        let behind: Element | null = element;
        while (behind && numbers(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const [text, ground] = [getComputedStyle(element).color, getComputedStyle(behind ?? element).backgroundColor];
        const [dark, light] = [luminance(text), luminance(ground)].sort((one, other) => one - other);
        if ((light! + 0.05) / (dark! + 0.05) < least)
          found.push(`${element.id || element.className} "${element.innerText}": ${text} on ${ground}`);
      }
      return found;
    }, READABLE);
  }

  async function openDark(): Promise<Editor> {
    const editor = await bench.open({ colorScheme: "dark" });
    await editor.page.addStyleTag({ content: DARK });
    return editor;
  }

  it("leaves every text of the account dialog readable", async () => {
    const editor = await openDark();
    await editor.openNewAccount("dark");
    await editor.newCode();
    assert.equal(await editor.page.locator("#cardata-step-data ol").isVisible(), true);
    assert.deepEqual(await unreadable(editor, ".cardata-account"), []);
  });

  it("leaves every text of places and tariffs readable", async () => {
    const editor = await openDark();
    const places = [{ name: "Home", latitude: 48.137, longitude: 11.575 }];
    const tariffs = [{ place: "Home", price: 0.31, windows: [{ from: "22:00", to: "6:00", price: 0.24 }] }];
    await editor.add({ id: "dark-places", type: "cardata-account", places, tariffs });
    await editor.editAccount("dark-places");
    await editor.tab("cars");
    assert.equal(await editor.page.locator(".cardata-day-mon").isVisible(), true);
    assert.deepEqual(await unreadable(editor, ".cardata-account"), []);
  });

  it("leaves every text of the telematics dialog readable", async () => {
    const editor = await openDark();
    const node = { id: "dark-telematics", type: "cardata-telematics", automatic: true, x: 300, y: 100, wires: [] };
    await editor.add(node);
    await editor.edit(node.id);
    await editor.page.locator("#cardata-descriptors-tree").getByText("Basic vehicle data", { exact: true }).waitFor();
    assert.deepEqual(await unreadable(editor, ".cardata-telematics"), []);
    await editor.page.locator("#node-input-operation").selectOption("containers");
    assert.deepEqual(await unreadable(editor, ".cardata-telematics"), []);
  });

  for (const kind of ["homeassistant", "journal", "predicted-soc", "traccar"])
    it(`leaves every text of the ${kind} dialog readable`, async () => {
      const editor = await openDark();
      const devices = [{ vin: "WBY1Z2C30N7A00001", device: "My BMW" }];
      await editor.add({
        id: `dark-${kind}`,
        type: `cardata-${kind}`,
        devices,
        buttons: true,
        x: 300,
        y: 100,
        wires: [],
      });
      await editor.edit(`dark-${kind}`);
      assert.deepEqual(await unreadable(editor, `.cardata-${kind}`), []);
    });

  it("leaves every text of the stream dialog readable", async () => {
    const editor = await openDark();
    await editor.add({ id: "dark-stream", type: "cardata-stream", x: 300, y: 100, wires: [] });
    await editor.edit("dark-stream");
    const group = editor.page.locator("#cardata-descriptors-tree").getByText("Basic vehicle data", { exact: true });
    await group.click();
    await editor.page.locator("#cardata-descriptors-tree").getByText("SIM card").waitFor();
    assert.deepEqual(await unreadable(editor, ".cardata-stream"), []);
  });
});
