import assert from "node:assert/strict";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";
import { misfits } from "../helpers/layout.js";

/** Looks like the key of a text instead of the text. */
const KEY =
  /cardata-(account|homeassistant|predicted-soc|stream|telematics|traccar)\.[a-z]|node-red:|\b(label|login|vehicles|invalid|hint|descriptors|cost|containers|devices|mode|modeTip|schedule\w*|topics)\.[a-z]+\b|__\w+__/;

describe("languages", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  /** All texts of the topmost dialog, hidden ones and those in attributes too. */
  async function texts(editor: Editor): Promise<string[]> {
    return editor.page
      .locator(".red-ui-tray")
      .last()
      .evaluate((tray) => {
        const found = [...tray.querySelectorAll("[data-i18n], [placeholder], [title], [aria-label], option, label")];
        return found
          .filter((element) => element.closest("#cardata-descriptors-tree") === null)
          .flatMap((element) => [
            element.textContent,
            ...["placeholder", "title", "aria-label"].map((name) => element.getAttribute(name) ?? ""),
          ])
          .filter((text) => text.trim() !== "");
      });
  }

  async function openDialog(type: string, locale: string): Promise<Editor> {
    const editor = await bench.open({ locale });
    await editor.add({ id: "words", type, x: 300, y: 100, wires: [] });
    await editor.edit("words");
    return editor;
  }

  const DIALOGS = {
    "cardata-stream": {
      "en-US": ["Account", "Only when the value has changed", "all cars", "only what my cars sent"],
      "de-DE": ["Konto", "Nur wenn sich der Wert geändert hat", "alle Fahrzeuge", "nur was meine Fahrzeuge senden"],
    },
    "cardata-telematics": {
      "en-US": [
        "Ask for",
        "charging history",
        "Also ask without a message",
        "only what my cars sent",
        "List containers",
      ],
      "de-DE": ["Fragt nach", "Ladehistorie", "Auch ohne Nachricht fragen", "alle Fahrzeuge", "Container auflisten"],
    },
    "cardata-predicted-soc": {
      "en-US": ["Account", "all cars", "Also estimate while the car drives (Magic SOC)"],
      "de-DE": ["Konto", "alle Fahrzeuge", "Auch während der Fahrt schätzen (Magic SOC)"],
    },
    "cardata-homeassistant": {
      "en-US": ["Account", "one message for each entity", "Topics with these settings", "Base topic"],
      "de-DE": ["Konto", "eine Nachricht je Entität", "Topics mit diesen Einstellungen", "Basis-Topic"],
    },
    "cardata-journal": {
      "en-US": ["Account", "all cars", "trips and charges"],
      "de-DE": ["Konto", "alle Fahrzeuge", "Fahrten und Ladungen"],
    },
    "cardata-traccar": {
      "en-US": ["Account", "Token", "List trackers", "while the car drives"],
      "de-DE": ["Konto", "Token", "Tracker auflisten", "während das Fahrzeug fährt"],
    },
  } as const;
  for (const [type, languages] of Object.entries(DIALOGS))
    for (const [locale, words] of Object.entries(languages))
      it(`has all texts of the dialog of ${type} in ${locale}, and room for them`, async () => {
        const editor = await openDialog(type, locale);
        assert.deepEqual(await misfits(editor), []);
        const found = await texts(editor);
        for (const word of words)
          assert.ok(
            found.some((text) => text.trim() === word),
            `no "${word}" in ${found.join("|")}`,
          );
        assert.deepEqual(
          found.filter((text) => KEY.test(text)),
          [],
        );
      });

  for (const [locale, words] of [
    [
      "en-US",
      ["Client ID", "Log in", "Copy the code", "TLS, any certificate", "Fill in my cars", "Alias instead of the VIN"],
    ],
    [
      "de-DE",
      [
        "Client-ID",
        "Anmelden",
        "Code kopieren",
        "TLS, jedes Zertifikat",
        "Meine Fahrzeuge eintragen",
        "Alias statt der Nummer",
      ],
    ],
  ] as const)
    it(`has all texts of the account dialog in ${locale}`, async () => {
      const editor = await openDialog("cardata-stream", locale);
      await editor.page.locator("#node-input-btn-account-add").click();
      await editor.trayOpen("#node-config-input-name");
      await editor.tab("cars");
      await editor.addRow("vehicles");
      const found = await texts(editor);
      for (const word of words)
        assert.ok(
          found.some((text) => text.trim() === word),
          `no "${word}" in ${found.join("|")}`,
        );
      assert.deepEqual(
        found.filter((text) => KEY.test(text)),
        [],
      );
    });

  it("reports failures in the language of the editor", async () => {
    const editor = await bench.open({ locale: "de-DE" });
    await editor.openNewAccount("failing", "3f2c1d8e");
    await editor.page.locator("#cardata-client-id-hint").getByText("Die Client-ID hat die Form").waitFor();
    await editor.page.locator("#node-config-input-clientId").fill(bench.simulator.clientId);
    await editor.newCode();
    await editor.loginSays("Warten auf deine Bestätigung auf BMWs Seite");
    await editor.login("countdown").getByText("Der Code gilt noch 5 min.").waitFor();
  });
});
