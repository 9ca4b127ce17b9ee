import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments, UsageError } from "../../../src/replay/replay-arguments.js";
import { readExport } from "../../../src/journal/import/read-export.js";
import { VIN } from "../../helpers/fakes.js";
import { CHARGE, HOME, TRIP } from "../../helpers/journal.js";

/** Runs the command on lines. */
function replayed(lines: readonly object[], ...args: string[]) {
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const cli = require.resolve("../../../src/replay/cli.js");
  return spawnSync(process.execPath, [cli, "-", "--nodes", "journal", "--zone", "Europe/Berlin", ...args], {
    input,
    encoding: "utf8",
  });
}

describe("the export of the journal in cardata-replay", () => {
  it("prints the journal in a format, and nothing else", () => {
    const { stdout, status } = replayed(TRIP, "--export", "json");
    assert.equal(status, 0);
    const { cars, unread } = readExport(stdout);
    assert.deepEqual([cars[0]?.vin, cars[0]?.entries.map(({ id }) => id)], [VIN, ["trip-20260302T061000Z"]]);
    assert.deepEqual(unread, []);
  });

  it("prints a table of one kind, in a language", () => {
    const { stdout } = replayed(CHARGE, "--export", "csv", "--kinds", "charges", "--language", "de");
    const lines = stdout.split("\r\n");
    assert.deepEqual([lines.length, lines[0]?.startsWith("\ufeffAuto;ID;"), lines[2]], [3, true, ""]);
    assert.ok(lines[1]?.includes(";charge-20260302T061000Z;2026-03-02;07:10:00;"), lines[1]);
  });

  it("refuses what it cannot be, and options that mean nothing", () => {
    const refused = (message: RegExp, ...args: string[]) => {
      assert.throws(
        () => parseArguments(["day.ndjson", ...args]),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    };
    const journal = ["--nodes", "journal"];
    refused(/--export is one of csv, json, gpx, html/, ...journal, "--export", "xlsx");
    refused(/csv needs --kinds/, ...journal, "--export", "csv");
    refused(/--kinds is a list of trips, charges/, ...journal, "--export", "html", "--kinds", "trips,walks");
    refused(/--language is one of en, de/, ...journal, "--export", "html", "--language", "xx");
    refused(/--kinds needs --export/, ...journal, "--kinds", "trips");
    refused(/--language needs --export/, ...journal, "--language", "de");
    refused(/--export needs the node journal/, "--export", "json");
  });
});

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
