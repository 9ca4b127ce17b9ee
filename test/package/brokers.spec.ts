import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { EXAMPLE_FILES, exampleFlow } from "../helpers/examples.js";
import { ROOT } from "../helpers/node-red.js";

/** ioBroker's *Max topic length*, and what stands before a descriptor there. */
const MOST_CHARACTERS = 100;
const BEFORE = `mqtt.0.cardata.${"V".repeat(17)}.`;

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const docs = () => readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
const texts = () => ["README.md", ...docs().map((name) => `docs/${name}`)].filter((file) => file.endsWith(".md"));

describe("readers of a broker", () => {
  it("are known by their filters", () => {
    assert.deepEqual(["cardata/#", "bmw/+/+", "cardata/+/command/+", "homeassistant/status"].map(isWide), [
      ...[true, true, false, false],
    ]);
  });

  for (const file of EXAMPLE_FILES)
    it(`of "${file}" have QoS 0 where much may be kept, because Mosquitto gives others 1,020 messages only`, () => {
      for (const { type, topic, qos } of exampleFlow(file)) {
        if (type !== "mqtt in") continue;
        assert.ok(qos === "0" || !isWide(String(topic)), `${String(topic)} with QoS ${String(qos)}`);
      }
    });

  it("of the docs say no QoS but 0 with a filter of everything", () => {
    const lines = texts().flatMap((file) => read(file).split("\n"));
    const readers = lines.filter((line) => /mosquitto_sub|client\.subscribe/.test(line));
    assert.ok(readers.length > 0);
    for (const line of readers) assert.doesNotMatch(line, /(?:-q|--qos|qos:)\s*[12]/);
  });
});

describe("docs/brokers.md", () => {
  it("names all ids that are too long for ioBroker, and no other", () => {
    const long = [...allDefinitions()].map(({ id }) => id).filter((id) => (BEFORE + id).length > MOST_CHARACTERS);
    const named = [...read("docs/brokers.md").matchAll(/^ +- `(vehicle\.[^`]+)`$/gm)].map(([, id]) => id);
    assert.deepEqual(named, long);
    assert.ok(read("docs/brokers.md").includes(`these ${long.length} of the 303 values`));
  });
});

/** Whether a filter matches all values of a car. */
function isWide(filter: string): boolean {
  return filter.endsWith("#") || /^[^/]+\/\+\/\+/.test(filter);
}
