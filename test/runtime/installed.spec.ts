import assert from "node:assert/strict";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { Admin } from "../helpers/admin.js";
import { PLACE, TAB } from "../helpers/flow.js";
import { ENGLISH, helpOf, textsOf, TRANSLATIONS } from "../helpers/locales.js";
import { RedAtWork, userFolder } from "../helpers/red-at-work.js";

const NAMES = [
  "cardata-account",
  "cardata-homeassistant",
  "cardata-journal",
  "cardata-predicted-soc",
  "cardata-stream",
  "cardata-telematics",
  "cardata-traccar",
];

/** Of the machine that Node-RED runs on; its language is none of Node-RED's own texts. */
const SERVER_LOCALE = "it_IT.UTF-8";

describe("the installed package", () => {
  let work: RedAtWork;
  let admin: Admin;

  before(async () => {
    // Installs the tarball once for all specs of this suite.
    work = await RedAtWork.start({ userDir: userFolder(), env: { LC_ALL: SERVER_LOCALE } });
    ({ admin } = work);
  });
  after(() => work.red.stop());

  it("brings all nodes, enabled and without an error", async () => {
    const sets = (await admin.get("/nodes")).body as {
      module: string;
      types: string[];
      enabled: boolean;
      err?: string;
    }[];
    const own = sets.filter(({ module }) => module === PACKAGE_NAME);
    assert.deepEqual(own.flatMap(({ types }) => types).sort(), NAMES);
    assert.ok(own.every(({ enabled, err }) => enabled && err === undefined));
  });

  it("brings an icon for each node of the palette", async () => {
    const icons = (await admin.get("/icons")).body as Record<string, string[]>;
    for (const name of NAMES.filter((one) => one !== "cardata-account"))
      assert.ok(icons[PACKAGE_NAME]?.includes(`${name}.svg`), JSON.stringify(icons[PACKAGE_NAME]));
  });

  const texts = async (set: string, language: string) =>
    (await admin.get(`/locales/${PACKAGE_NAME}/${set}?lng=${language}`)).body as Record<
      string,
      Record<string, unknown>
    >;

  it("speaks all its languages", async () => {
    for (const set of NAMES) {
      const english = await texts(set, ENGLISH);
      for (const language of TRANSLATIONS) {
        const other = await texts(set, language);
        assert.deepEqual(Object.keys(other[set] ?? {}), Object.keys(english[set] ?? {}));
        assert.notDeepEqual(other[set], english[set]);
      }
    }
    assert.match(String((await texts("cardata-account", "de"))["errors"]!["no_account"]), /Konto/);
  });

  for (const [locale, folder] of [
    ["de-AT", "de"],
    ["es", "es"],
    ["es-ES", "es"],
    ["es-MX", "es"],
    ["fr-CA", "fr"],
    ["it-IT", "it"],
    ["nl-BE", "nl"],
    ["nl-NL", "nl"],
    ["pt-BR", "pt"],
    ["pt-PT", "pt"],
  ] as const)
    it(`gives texts and help of ${folder} to a browser that asks for ${locale}`, async () => {
      for (const set of NAMES) assert.deepEqual(await texts(set, locale), await texts(set, folder));
      // As the editor asks for the nodes when it starts.
      const nodes = String((await admin.get("/nodes", { accept: "text/html", "accept-language": locale })).body);
      for (const set of NAMES) assert.ok(nodes.includes(helpOf(folder, set).trim()), set);
    });

  it("speaks to the log in the language of its machine, as to the statuses", async () => {
    await work.deploy([
      TAB,
      { id: "start", type: "inject", ...PLACE, props: [], once: true, onceDelay: 0, wires: [["stream"]] },
      { id: "stream", type: "cardata-stream", ...PLACE, wires: [[], []] },
    ]);
    await work.red.log(textsOf("it", "cardata-account").get("errors.no_account") ?? "no text");
  });
});
