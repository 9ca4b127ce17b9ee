import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";

const NODES = ["homeassistant", "journal", "predicted-soc", "stream", "telematics", "traccar"];
/** A car of no other spec: what is known of theirs would give its name. */
const VIN = "WBY1Z2C30N7A00901";
const ASKS = { type: "cardata-telematics", vehicle: VIN, wires: [] };

describe("palette, lists and help", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  for (const kind of NODES)
    it(`shows the ${kind} node with its own icon and colour in the category CarData`, async () => {
      const { page } = await bench.open();
      const node = page.locator(`.red-ui-palette-category:has-text("CarData") [data-palette-type="cardata-${kind}"]`);
      assert.equal(
        (await node.innerText()).trim().replace(/\s+/g, " "),
        `cardata ${kind.replace("-", " ").replace("homea", "home a")}`,
      );
      assert.equal(await node.evaluate((element) => element.style.backgroundColor), "rgb(63, 173, 181)");
      const icon = await node.locator(".red-ui-palette-icon").evaluate((element) => element.style.backgroundImage);
      assert.ok(icon.includes(`icons/@cardata/node-red-contrib-cardata/cardata-${kind}.svg`), icon);
      const address = new URL(/url\("(.*)"\)/.exec(icon)![1]!, page.url()).href;
      assert.equal((await page.request.get(address)).headers()["content-type"], "image/svg+xml");
    });

  for (const word of ["bmw", "Mini", "cardata"])
    it(`is found by a search for "${word}"`, async () => {
      const { page } = await bench.open();
      const search = page.locator("#red-ui-palette-search input");
      await search.pressSequentially(word);
      await page.locator('[data-palette-type="inject"][data-filter="true"]').waitFor({ state: "attached" });
      for (const kind of NODES)
        assert.equal(await page.locator(`[data-palette-type="cardata-${kind}"]`).isVisible(), true, kind);
      await search.press("Control+A");
      await search.press("Backspace");
      await page.locator('[data-palette-type="inject"]:not([data-filter])').waitFor({ state: "attached" });
    });

  it("does not offer the account as a node, and lists it among the configuration nodes", async () => {
    const editor = await bench.open();
    assert.equal(await editor.page.locator('[data-palette-type="cardata-account"]').count(), 0);
    await editor.add({ id: "listed-account", type: "cardata-account", name: "Family cars" });
    await editor.sidebar("config");
    await editor.page.locator(".red-ui-sidebar-node-config").getByText("Family cars").waitFor();
  });

  it("labels a node by its name, else by the name of its car, as the account has it", async () => {
    const editor = await bench.open();
    const vehicles = [{ vin: VIN, name: "", alias: "Anna's i4" }];
    await editor.add(
      { id: "naming", type: "cardata-account", vehicles },
      { ...ASKS, id: "of-anna", type: "cardata-stream", account: "naming", x: 300, y: 100 },
      {
        ...ASKS,
        id: "of-nobody",
        type: "cardata-stream",
        vehicle: "WBY1Z2C30N7A00002",
        account: "naming",
        x: 300,
        y: 200,
      },
    );
    const workspace = editor.page.locator("#red-ui-workspace-chart");
    await workspace.getByText("cardata Anna's i4").waitFor();
    await workspace.getByText("cardata …0002").waitFor();
  });

  it("labels a node by its name, else by the end of its VIN, never by the whole", async () => {
    const editor = await bench.open();
    await editor.add(
      { id: "named", type: "cardata-stream", name: "My car", vehicle: VIN, x: 300, y: 100, wires: [] },
      { id: "unnamed", type: "cardata-stream", vehicle: VIN, x: 300, y: 200, wires: [] },
      { ...ASKS, id: "polling", x: 300, y: 300 },
      { ...ASKS, id: "estimates", type: "cardata-predicted-soc", x: 300, y: 500 },
      { ...ASKS, id: "charges", operation: "chargingHistory", x: 300, y: 400 },
    );
    const workspace = editor.page.locator("#red-ui-workspace-chart");
    await workspace.getByText("My car").waitFor();
    await workspace.getByText("cardata …0901").nth(1).waitFor();
    await workspace.getByText("cardata …0901 predicted soc").waitFor();
    await workspace.getByText("charging history …0901").waitFor();
    assert.ok(!(await workspace.innerText()).includes(VIN));
  });

  for (const [locale, words] of [
    [
      "en-US",
      {
        "cardata-stream": "Live values of your BMW or MINI",
        "cardata-account": "One BMW or MINI login",
        "cardata-homeassistant": "Brings your car into Home Assistant",
        "cardata-journal": "Keeps the trips and charges of your cars",
        "cardata-predicted-soc": "Estimates the battery level of your car",
        "cardata-traccar": "Reads speed and position of a tracker",
        "cardata-telematics": "Asks BMW for the values of your car",
      },
    ],
    [
      "de-DE",
      {
        "cardata-stream": "Live-Werte deines BMW oder MINI",
        "cardata-account": "Eine Anmeldung bei BMW",
        "cardata-homeassistant": "Bringt dein Fahrzeug mit allen Werten",
        "cardata-journal": "Bewahrt die Fahrten und Ladungen deiner Fahrzeuge",
        "cardata-predicted-soc": "Schätzt den Ladestand deines Fahrzeugs",
        "cardata-traccar": "Liest Geschwindigkeit und Position eines Trackers",
        "cardata-telematics": "Fragt BMW nach den Werten deines Fahrzeugs",
      },
    ],
  ] as const)
    it(`shows the help of all nodes in ${locale}`, async () => {
      const editor = await bench.open({ locale });
      for (const [type, beginning] of Object.entries(words)) {
        const help = await editor.help(type);
        assert.ok(help.includes(beginning), help);
        assert.doesNotMatch(help, /undefined|cardata-\w+\./);
      }
    });
});
