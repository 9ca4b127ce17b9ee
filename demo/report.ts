import { isObject } from "../src/support/json.js";

interface DemoFlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly wires?: readonly (readonly string[])[];
}

interface ReportedCar {
  readonly vin: string;
  readonly model: string;
}

type DemoMessage = Record<string, unknown>;

const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  "cardata-stream": ["values", "events"],
  "cardata-predicted-soc": ["predicted SOC", "Magic SOC", "learning"],
};
/** A car sends up to twenty values at once; the terminal shows the most informative ones. */
const SHOWN = [
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.powertrain.electric.battery.charging.power",
  "vehicle.vehicle.travelledDistance",
  "vehicle.cabin.door",
  "vehicle.drivetrain.fuelSystem.remainingFuel",
];

/** Watches the messages of the demo flow: prints the interesting part, and records who has been silent. */
export class DemoReport {
  readonly #counts = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #cars = new Map<string, number>();
  /** Entities that were announced to Home Assistant, by the topic of the car's announcement. */
  readonly #announced = new Map<string, number>();
  #lastSent = "";
  #lines: string[] | null = [];

  constructor(
    private readonly flow: readonly DemoFlowNode[],
    private readonly cars: readonly ReportedCar[],
  ) {
    for (const { id, wires = [] } of flow)
      wires.forEach((targets, port) => {
        if (targets.length > 0) this.#counts.set(`${id}:${port}`, 0);
      });
    for (const { vin } of cars) this.#cars.set(vin, 0);
  }

  /** Prints the messages so far, and from now on at once. */
  begin(): void {
    for (const line of this.#lines ?? []) console.log(line);
    this.#lines = null;
  }

  readonly take = ({ id, port }: { id: string; port: number }, message: DemoMessage): void => {
    const key = `${id}:${port}`;
    // An output with two wires delivers a message twice.
    const sent = [key, message["_msgid"], message["topic"]].join(" ");
    if (sent === this.#lastSent) return;
    this.#lastSent = sent;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    const node = this.flow.find((one) => one.id === id);
    if (node !== undefined) this.#told(node, port, message);
  };

  summary(): string {
    const nodes = [...this.#counts].map(([key, count]) => `  ${this.#nameOf(key)}: ${count} messages`);
    const cars = this.cars.map(({ vin, model }) => `  ${model}: ${this.#cars.get(vin) ?? 0} values`);
    const events = [...this.#events].map(([event, count]) => `  ${event}: ${count}`);
    const entities = [...this.#announced.values()].reduce((sum, count) => sum + count, 0);
    const announced = `Announced to Home Assistant: ${this.#announced.size} cars with ${entities} entities`;
    return ["Messages of each node", ...nodes, "Values of each car", ...cars, "Events", ...events, announced].join(
      "\n",
    );
  }

  /** Lists nodes and cars without any message. */
  missing(): string[] {
    const silent = [...this.#counts].filter(([, count]) => count === 0).map(([key]) => this.#nameOf(key));
    const unseen = this.cars.filter(({ vin }) => !this.#cars.get(vin)).map(({ model }) => model);
    const unknown = this.#announced.size < this.cars.length ? ["cars that were not announced to Home Assistant"] : [];
    return [...silent, ...unseen, ...unknown];
  }

  #takeValue(node: DemoFlowNode, message: DemoMessage): void {
    const vin = String(message["vin"]);
    this.#cars.set(vin, (this.#cars.get(vin) ?? 0) + 1);
    const interesting = SHOWN.some((start) => String(message["descriptor"]).startsWith(start));
    if (!interesting || node.name !== "" || message["parts"] === undefined) return;
    const { name, payload, unit } = message;
    this.#print(`${this.#model(vin)}  ${String(name)}: ${String(payload)} ${typeof unit === "string" ? unit : ""}`);
  }

  #takeEvent({ event, payload }: DemoMessage): void {
    const name = String(event);
    this.#events.set(name, (this.#events.get(name) ?? 0) + 1);
    const { vin } = payload as { vin?: string };
    this.#print(vin === undefined ? `event: ${name}` : `${this.#model(vin)}  event: ${name}`);
  }

  #told(node: DemoFlowNode, port: number, message: DemoMessage): void {
    switch (node.type) {
      case "cardata-telematics":
        this.#takeAnswer(message);
        break;
      case "cardata-traccar":
        this.#takeSpeed(message);
        break;
      case "cardata-homeassistant":
        this.#takeAnnouncement(message);
        break;
      case "cardata-predicted-soc":
        if (port === 0) this.#takeEstimate(message);
        break;
      case "cardata-stream":
        if (port === 1) this.#takeEvent(message);
        else if (typeof message["descriptor"] === "string") this.#takeValue(node, message);
    }
  }

  #takeEstimate({ vin, payload, estimate }: DemoMessage): void {
    const { mode, powerKw } = (estimate ?? {}) as { mode?: string; powerKw?: number | null };
    const power = typeof powerKw === "number" ? ` at ${powerKw.toFixed(1)} kW` : "";
    this.#print(`${this.#model(String(vin))}  predicted SOC: ${String(payload)} % (${String(mode)}${power})`);
  }

  #takeAnnouncement({ topic, payload }: DemoMessage): void {
    if (!String(topic).endsWith("/config")) return;
    const { device, components } = JSON.parse(String(payload)) as { device: { name: string }; components: object };
    const count = Object.keys(components).length;
    if (this.#announced.get(String(topic)) !== count)
      this.#print(`Home Assistant is told of ${device.name}: ${count} entities`);
    this.#announced.set(String(topic), count);
  }

  #takeSpeed({ vin, payload }: DemoMessage): void {
    const described = typeof payload === "number" ? `${payload} km/h` : "silent";
    this.#print(`${this.#model(String(vin))}  tracker: ${described}`);
  }

  /** Describes BMW's answer to a request: its summary, or the number of values. */
  #takeAnswer({ vin, summary, readings }: DemoMessage): void {
    const described = isObject(summary)
      ? String(summary["text"])
      : `${Array.isArray(readings) ? readings.length : 0} values`;
    this.#print(`${typeof vin === "string" ? this.#model(vin) : "account"}  asked: ${described}`);
  }

  #print(text: string): void {
    const line = `${new Date().toLocaleTimeString("en-GB")}  ${text}`;
    if (this.#lines === null) console.log(line);
    else this.#lines.push(line);
  }

  #model(vin: string): string {
    const model = this.cars.find((car) => car.vin === vin)?.model ?? vin;
    return model.padEnd(Math.max(...this.cars.map((car) => car.model.length)));
  }

  #nameOf(key: string): string {
    const [id, port] = key.split(":");
    const node = this.flow.find((one) => one.id === id);
    const outputs = OUTPUTS[node?.type ?? ""];
    const output = outputs === undefined ? "" : `, ${outputs[Number(port)] ?? ""}`;
    return `${node?.type ?? ""} “${node?.name || (node?.id ?? "")}”${output}`;
  }
}
