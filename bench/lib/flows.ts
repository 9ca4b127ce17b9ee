/** The core nodes of an equivalent flow: the basic properties of a descriptor message. */
const SPLIT = `
const { vin, data } = msg.payload;
return [
  Object.entries(data).map(([descriptor, { value, unit, timestamp }]) => ({
    payload: value,
    topic: \`cardata/\${vin}/\${descriptor}\`,
    vin,
    descriptor,
    unit: unit ?? null,
    timestamp,
  })),
];`;

/** Node-RED takes a node without a position for a configuration node. */
const on = (z: string) => ({ z, x: 100, y: 100 });

const tab = (id: string) => ({ id, type: "tab", label: id });

/** Names a side, which is also the first part of the topics that it subscribes to. */
export type FlowSide = "cardata" | "core";

/** The end of a flow: a node that does as little as possible. */
const end = (z: FlowSide) => ({ id: endOf(z), type: "debug", ...on(z), active: false, console: false, wires: [] });

/** Returns the id of the last node of a flow. */
export function endOf(side: FlowSide): string {
  return `${side} end`;
}

export function cardataFlow(port: number): object[] {
  const z = "cardata";
  const broker = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(port), brokerPrefix: `${z}/` };
  return [
    tab(z),
    { id: "account", type: "cardata-account", name: "", ...broker },
    { id: "stream", type: "cardata-stream", ...on(z), account: "account", form: "each", wires: [[endOf(z)], []] },
    // Its messages are not counted, because core nodes have none to compare them with; what they cost is.
    { id: "soc", type: "cardata-predicted-soc", ...on(z), account: "account", wires: [["shown"], [], []] },
    { ...end(z), id: "shown" },
    end(z),
  ];
}

export function coreFlow(port: number): object[] {
  const z = "core";
  const connection = { protocolVersion: "4", keepalive: "60", cleansession: true, autoConnect: true, usetls: false };
  const input = { topic: `${z}/+`, qos: "1", datatype: "utf8", broker: "broker", inputs: 0 };
  return [
    tab(z),
    { id: "broker", type: "mqtt-broker", broker: "127.0.0.1", port: String(port), clientid: "", ...connection },
    { id: "in", type: "mqtt in", ...on(z), ...input, wires: [["json"]] },
    { id: "json", type: "json", ...on(z), property: "payload", action: "obj", wires: [["split"]] },
    { id: "split", type: "function", ...on(z), func: SPLIT, outputs: 1, wires: [[endOf(z)]] },
    end(z),
  ];
}
