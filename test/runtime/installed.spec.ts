import assert from "node:assert/strict";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { Admin } from "../helpers/admin.js";
import { RedAtWork, userFolder } from "../helpers/red-at-work.js";

const NAMES = [
  "cardata-account",
  "cardata-homeassistant",
  "cardata-predicted-soc",
  "cardata-stream",
  "cardata-telematics",
  "cardata-traccar",
];

describe("the installed package", () => {
  let work: RedAtWork;
  let admin: Admin;

  before(async () => {
    // Installs the tarball once for all specs of this suite.
    work = await RedAtWork.start({ userDir: userFolder() });
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

  it("speaks English and German", async () => {
    const texts = async (set: string, language: string) =>
      (await admin.get(`/locales/${PACKAGE_NAME}/${set}?lng=${language}`)).body as Record<
        string,
        Record<string, unknown>
      >;
    for (const set of NAMES) {
      const [english, german] = await Promise.all([texts(set, "en-US"), texts(set, "de")]);
      assert.deepEqual(Object.keys(german[set] ?? {}), Object.keys(english[set] ?? {}));
      assert.notDeepEqual(german[set], english[set]);
    }
    assert.equal((await texts("cardata-account", "de"))["cardata-account"]!["label"] !== undefined, true);
    assert.match(String((await texts("cardata-account", "de"))["errors"]!["no_account"]), /Konto/);
  });
});
