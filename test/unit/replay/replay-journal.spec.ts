import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments, UsageError } from "../../../src/replay/replay-arguments.js";
import { HOME } from "../../helpers/journal.js";

describe("the options of the journal in cardata-replay", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cardata-journal-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const parse = (...args: string[]) => parseArguments(["day.ndjson", "--nodes", "journal", ...args])?.options.journal;
  const refused = (message: RegExp, ...args: string[]) => {
    assert.throws(
      () => parse(...args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  };

  it("are read from files", () => {
    const journal = parse(
      ...["--places", file("places.json", [{ name: "home", ...HOME }])],
      ...["--tariffs", file("tariffs.json", [{ place: "home", price: "0,3" }])],
      ...["--prices", file("prices.json", [{ from: "2026-03-02T06:00:00+01:00", price: 0.2 }])],
      ...["--currency", "CHF", "--zone", "Europe/Zurich"],
    );
    assert.deepEqual(journal?.settings, {
      zone: "Europe/Zurich",
      places: [{ name: "home", ...HOME, radius: 150, purpose: null }],
      tariffs: [{ place: "home", price: 0.3, windows: [], solarPrice: 0 }],
      currency: "CHF",
    });
    assert.deepEqual(journal.prices, [{ from: Date.UTC(2026, 2, 2, 5), price: 0.2 }]);
  });

  it("are refused with what is wrong", () => {
    refused(/holds no JSON/, "--places", file("broken.json", "[{"));
    refused(/look at home/, "--places", file("wrong.json", [{ name: "home" }]));
    refused(/is no price/, "--tariffs", file("price.json", [{ place: "home", price: "cheap" }]));
    refused(/ENOENT/, "--prices", join(folder, "missing.json"));
    refused(/three letters/, "--currency", "euro");
    refused(/name of a zone/, "--zone", "Mars");
  });

  it("need the journal, which is shown only when it is named", () => {
    assert.throws(() => parseArguments(["day.ndjson", "--zone", "UTC"]), /--zone needs the node journal/);
    assert.equal(parseArguments(["day.ndjson"])?.options.nodes.has("journal"), false);
  });
});
