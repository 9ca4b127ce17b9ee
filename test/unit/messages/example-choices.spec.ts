import assert from "node:assert/strict";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import type { DescriptorMessage, Form } from "../../../src/messages/types.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { VALUE_NAMES } from "../../../src/vehicle/source-priority.js";
import { EXAMPLE_FILES, exampleFlow, titleOf } from "../../helpers/examples.js";
import { vehicleRegistryAt } from "../../helpers/vehicle-registry.js";
import { START, VIN } from "../../helpers/fakes.js";

/** The values that a car with every descriptor sends at once. */
function everything(): Buffer {
  const timestamp = new Date(START).toISOString();
  const valueOf = ({ type, on }: { type: string | null; on?: readonly string[] }) => {
    if (type === "boolean") return on?.[0] ?? true;
    return type === "string" || type === null ? "CONNECTED" : 48;
  };
  const data = Object.fromEntries(
    [...allDefinitions()].map((definition) => [definition.id, { value: valueOf(definition), timestamp }]),
  );
  data["vehicle.cabin.door.status"] = { value: "SECURED", timestamp };
  data["vehicle.drivetrain.electricEngine.charging.status"] = { value: "NOCHARGING", timestamp };
  return Buffer.from(JSON.stringify({ vin: VIN, data }));
}

const matches = (pattern: string, name: string) =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(".", "\\."))
      .join(".*")}$`,
  ).test(name);

describe("the examples' stream nodes with chosen values", () => {
  const nodes = EXAMPLE_FILES.flatMap((file) =>
    exampleFlow(file)
      .filter(({ type, descriptors }) => type === "cardata-stream" && (descriptors as string[]).length > 0)
      .map((node) => ({ file, node })),
  );

  it("are looked at", () => {
    assert.ok(nodes.length >= 10, String(nodes.length));
  });

  for (const { file, node } of nodes)
    it(`"${titleOf(file)}", ${String(node["name"])}: nothing else comes, and all of it`, () => {
      const sent: string[] = [];
      const descriptors = node["descriptors"] as string[];
      const options = { topicBase: "cardata", account: "Home", vehicle: "", onlyChanges: false };
      const output = new StreamOutput(
        { ...options, descriptors, form: node["form"] as Form, values: node["values"] === true },
        () => "id",
      );
      const clock = new SimulatedClock(START);
      const { registry } = vehicleRegistryAt(clock, (update) => {
        sent.push(...output.update(update).map((message) => (message as DescriptorMessage).descriptor));
      });
      registry.receive(VIN, everything(), START);
      assert.ok(
        VALUE_NAMES.every((name) => registry.cars.get(VIN)?.vehicle.values.some((value) => value.name === name)),
      );
      registry.close();
      for (const descriptor of sent)
        assert.ok(
          descriptors.some((pattern) => matches(pattern, descriptor)),
          `${descriptor} comes`,
        );
      for (const pattern of descriptors)
        assert.ok(
          sent.some((descriptor) => matches(pattern, descriptor)),
          `${pattern} does not come`,
        );
    });
});
