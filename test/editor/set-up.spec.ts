import assert from "node:assert/strict";
import { renderSVG } from "uqr";
import catalogue from "../../resources/catalogue.json";
import { clustersOf } from "../../src/vehicle/descriptor-clusters.js";
import { Workbench } from "../helpers/browser.js";
import { untilItPasses } from "../helpers/eventually.js";
import type { Editor } from "../helpers/editor.js";

const STREAMABLE = catalogue.filter((entry) => entry.streamable).map(({ id }) => id);

describe("set-up of an account", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  describe("step 1, the portal", () => {
    async function linksOf(editor: Editor, brand: string, country: string): Promise<(string | null)[]> {
      await editor.page.locator("#cardata-portal-brand").selectOption(brand);
      await editor.page.locator("#cardata-portal-country").selectOption(country);
      const links = await editor.page.locator("#cardata-portal-links a").all();
      return Promise.all(links.map((link) => link.getAttribute("href")));
    }

    it("leads to the page of the brand in the country", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("portal");
      const page = (brand: string, host: string, language: string) =>
        `https://www.${brand}.${host}/${language}/my${brand}/vehicle-overview`;
      assert.deepEqual(await linksOf(editor, "bmw", "de"), [page("bmw", "de", "de-de")]);
      assert.deepEqual(await linksOf(editor, "bmw", "gb"), [page("bmw", "co.uk", "en-gb")]);
      assert.deepEqual(await linksOf(editor, "mini", "de"), [page("mini", "de", "de-de")]);
      assert.deepEqual(await linksOf(editor, "mini", "at"), [page("mini", "at", "de-at")]);
      assert.deepEqual(await linksOf(editor, "mini", "fr"), [page("mini", "fr", "fr-fr")]);
      const both = [page("bmw", "co.uk", "en-gb"), page("bmw", "de", "de-de")];
      assert.deepEqual(await linksOf(editor, "bmw", "other"), both);
      assert.equal(await editor.page.locator("#cardata-portal-other").isVisible(), true);
    });

    for (const [locale, country] of [
      ["de-DE", "de"],
      ["en-US", "other"],
    ] as const)
      it(`begins with the country of the browser (${locale})`, async () => {
        const editor = await bench.open({ locale });
        await editor.openNewAccount("country");
        assert.equal(await editor.page.locator("#cardata-portal-country").inputValue(), country);
      });

    it("is folded for who has a login or comes back with a client ID", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("steps");
      const steps = editor.page.locator(".cardata-step ol");
      await steps.first().waitFor();
      assert.equal(await steps.nth(1).isVisible(), true);
      await editor.newCode();
      bench.simulator.approve();
      await editor.loginSays(/^Logged in$/);
      assert.deepEqual([await steps.first().isVisible(), await steps.nth(1).isVisible()], [false, false]);
      await editor.ok();
    });
  });

  describe("step 2, what the car shall send", () => {
    async function scriptFor(editor: Editor, clusters: readonly string[]): Promise<string> {
      const { page } = editor;
      await page.locator("#cardata-data-all").setChecked(clusters.length === 0);
      for (const cluster of clusters) await page.locator(`#cardata-data-${cluster}`).check();
      await page.locator("#cardata-data-copy").click();
      return page.evaluate(() => navigator.clipboard.readText());
    }

    /**
     * Opens a page like that of BMW: a line for each value, with its id beside the box or in one of its attributes, and
     * buttons that nobody may press. Returns what runs a script there as its console does.
     */
    async function portal(editor: Editor, ids: readonly string[], ticked: readonly string[] = []) {
      const page = await editor.page.context().newPage();
      const line = (id: string, index: number) => {
        const place = ["text", "value", "id", "name"][index % 4]!;
        const attribute = place === "text" ? "" : `${place}="${id}"`;
        const isTicked = ticked.includes(id);
        return `<li><div><label class="chakra-checkbox" data-id="${id}"${isTicked ? " data-checked" : ""}>
          <input type="checkbox" class="chakra-checkbox__input" ${attribute}${isTicked ? " checked" : ""}>
          <span>Name</span></label></div><div><b>Value</b><i>${place === "text" ? id : ""}</i><b>Electric</b>
          <button>Details</button></div></li>`;
      };
      await page.setContent(`<button>Save</button><ul>${ids.map(line).join("")}</ul>`);
      await page.evaluate(() => {
        const { dataset } = document.body;
        dataset["pressed"] = "0";
        for (const button of document.querySelectorAll("button"))
          button.onclick = () => (dataset["pressed"] = String(Number(dataset["pressed"]) + 1));
        for (const label of document.querySelectorAll("label"))
          label.querySelector("input")!.onchange = (event) => {
            const { checked } = event.target as HTMLInputElement;
            setTimeout(() => label.toggleAttribute("data-checked", checked), 20);
          };
      });
      const run = async (script: string) => {
        const said: string[] = [];
        page.on("console", (line) => said.push(line.text()));
        await page.evaluate(script);
        const boxes = await page.locator("label[data-checked]").all();
        const checked = await Promise.all(boxes.map((box) => box.getAttribute("data-id")));
        return { checked, said: said.join("\n"), pressed: await page.evaluate(() => document.body.dataset["pressed"]) };
      };
      return { run, close: () => page.close() };
    }

    it("ticks the values of the chosen clusters, and says what it did", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("data");
      const script = await scriptFor(editor, ["doors", "climate"]);
      const wanted = STREAMABLE.filter((id) =>
        clustersOf(id).some((cluster) => ["doors", "climate"].includes(cluster)),
      );
      const [missing = "", before = ""] = wanted;
      const there = STREAMABLE.filter((id) => id !== missing);
      const page = await portal(editor, there, [before, "vehicle.isMoving"]);
      const { checked, said, pressed } = await page.run(script);
      await page.close();
      const after = there.filter((id) => wanted.includes(id) || id === "vehicle.isMoving");
      assert.deepEqual(checked, after);
      assert.ok(said.startsWith(`${wanted.length - 2} boxes ticked now, 1 were ticked before.`), said);
      assert.ok(said.includes("Not on this page: 1. "), said);
      assert.ok(said.endsWith(`\n${missing}`), said);
      assert.equal(pressed, "0");
    });

    it("ticks everything for who wants everything, and unticks nothing when it runs again", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("data-all");
      const script = await scriptFor(editor, []);
      const ids = [...STREAMABLE.slice(0, 40), "vehicle.added.by.bmw"];
      const page = await portal(editor, ids, ids.slice(0, 2));
      const first = await page.run(script);
      assert.deepEqual(first.checked, ids);
      assert.equal(first.said, "39 boxes ticked now, 2 were ticked before. Save on this page.");
      const second = await page.run(script);
      assert.deepEqual(second.checked, ids);
      assert.ok(second.said.includes("0 boxes ticked now, 41 were ticked before."), second.said);
      await page.close();
    });

    it("says so on a page without boxes", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("data-none");
      const page = await portal(editor, []);
      const { said } = await page.run(await scriptFor(editor, ["charging"]));
      await page.close();
      assert.match(said, /^There are no boxes on this page\./);
    });

    it("tells apart ids that begin alike", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("data-alike");
      const script = await scriptFor(editor, ["doors"]);
      const ids = ["vehicle.cabin.door.status", "vehicle.cabin.door.statusOfAnother"];
      const page = await portal(editor, ids);
      assert.deepEqual((await page.run(script)).checked, ids.slice(0, 1));
      await page.close();
    });

    it("offers nothing to copy while nothing is chosen", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("data-nothing");
      await editor.page.locator("#cardata-data-all").uncheck();
      assert.equal(await editor.page.locator("#cardata-data-copy").isDisabled(), true);
      await editor.page.locator("#cardata-data-trips").check();
      await untilItPasses(async () => {
        assert.equal(await editor.page.locator("#cardata-data-copy").isDisabled(), false);
      });
    });
  });

  describe("step 3, the client ID", () => {
    it("has a red frame and one sentence while it is wrong, and takes capitals as they are", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("client-id", "");
      const field = editor.page.locator("#node-config-input-clientId");
      const hint = editor.page.locator("#cardata-client-id-hint");
      const isRed = async () => ((await field.getAttribute("class")) ?? "").includes("input-error");
      assert.deepEqual([await isRed(), await hint.innerText()], [false, ""]);
      await field.fill("3f2c1d8e");
      await field.blur();
      assert.equal(await isRed(), true);
      await editor.page.locator("#node-config-input-name").fill("Family cars");
      await editor.page.locator("#node-config-input-name").blur();
      assert.equal(await isRed(), true);
      assert.match(await hint.innerText(), /^The client ID has the form [^.]+\. Copy it again from the BMW portal\.$/);
      await field.fill(bench.simulator.clientId.toUpperCase());
      await field.blur();
      assert.deepEqual([await isRed(), await hint.innerText()], [false, ""]);
      assert.equal(await field.inputValue(), bench.simulator.clientId.toUpperCase());
    });
  });

  describe("step 4, the login", () => {
    it("shows the link as a QR code", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("qr");
      await editor.newCode();
      const link = (await editor.login("link").getAttribute("href"))!;
      const picture = editor.login("qr");
      assert.equal(await picture.isVisible(), true);
      const source = (await picture.getAttribute("src"))!;
      const [start, drawing] = [source.slice(0, source.indexOf(",")), source.slice(source.indexOf(",") + 1)];
      assert.equal(start, "data:image/svg+xml");
      assert.equal(decodeURIComponent(drawing), renderSVG(link, { border: 4 }));
      assert.ok(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
      await editor.login("cancel").click();
      await editor.loginSays("The login was cancelled.");
    });

    async function loggedIn(id: string): Promise<Editor> {
      const editor = await bench.open();
      await editor.openNewAccount(id);
      await editor.newCode();
      bench.simulator.approve();
      await editor.loginSays(/^Logged in$/);
      await editor.login("notice").getByText("Now press Update, then Deploy: only Deploy keeps the login.").waitFor();
      return editor;
    }

    it("asks before Cancel loses a login, and keeps it", async () => {
      const editor = await loggedIn("kept");
      const { page } = editor;
      await page.locator("#node-config-dialog-cancel").click();
      await page.getByText("You have just logged in. Without “Update” this login is lost.").waitFor();
      assert.equal(await page.locator("#cardata-tab-login").isVisible(), true);
      await page.locator("#cardata-login-keep").click();
      await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
      assert.match(String((await editor.node("kept"))["loginAt"]), /^\d{4}-/);
      // Cancel loses nothing any more, but without a deploy it would still be lost.
      await editor.editAccount("kept");
      await editor.login("notice").getByText("only Deploy keeps the login.").waitFor();
      await page.locator("#node-config-dialog-cancel").click();
      await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
      assert.match(String((await editor.node("kept"))["loginAt"]), /^\d{4}-/);
    });

    it("asks as well when the keyboard cancels, and lets the login go", async () => {
      const editor = await loggedIn("lost");
      const { page } = editor;
      await page.locator("#node-config-input-clientId").focus();
      await page.keyboard.press("Control+Escape");
      await page.locator("#cardata-login-keep:focus").waitFor();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Enter");
      await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
      assert.equal((await editor.node("lost"))["loginAt"], undefined);
      await page.locator("#cardata-login-keep").waitFor({ state: "detached" });
      // It is still there until Node-RED ends, and can be lost once more.
      await editor.editAccount("lost");
      await editor.loginSays(/^Logged in$/);
      await page.locator("#node-config-dialog-cancel").click();
      await page.locator("#cardata-login-discard").click();
      await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
    });

    it("does not ask who takes another account instead, with which the login is given up", async () => {
      const editor = await loggedIn("given-up");
      const { page } = editor;
      const clientId = "11111111-2222-4333-8444-555555555555";
      await editor.add({ id: "other", type: "cardata-account", name: "Other", credentials: { clientId } });
      await page.locator("#node-config-input-clientId").fill(clientId);
      await page.locator("#cardata-client-id-use").click();
      await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
      assert.equal(await page.locator("#cardata-login-keep").count(), 0);
      assert.deepEqual(await editor.idsOf("cardata-account"), ["other"]);
    });

    it("does not ask where nothing is lost", async () => {
      const editor = await bench.open();
      await editor.openNewAccount("unasked");
      await editor.cancel();
      assert.equal(await editor.page.locator("#cardata-login-keep").count(), 0);
    });
  });
});
