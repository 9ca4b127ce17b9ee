/** The node at whose messages a flow is measured. */
export const END = "end";
/** What the times of messages end with that are counted; whole cars, which come once a minute as well, are neither. */
export const MARKS = { measured: "412Z", probe: "411Z" } as const;

/** Node-RED takes a node without a position for a configuration node. */
const PLACE = { z: "tab", x: 100, y: 100 };

const account = (port: number, prefix: string) => {
  const broker = { brokerHost: "127.0.0.1", brokerPort: String(port), brokerPrefix: prefix };
  return { id: "account", type: "cardata-account", name: "", source: "broker", ...broker };
};

/** @param teller the node that hears of the connection, and sends in portions for a broker from then on */
function mqttOut(port: number, teller: string): object[] {
  const session = { protocolVersion: "4", keepalive: "60", cleansession: true, autoConnect: true, usetls: false };
  const connection = { broker: "127.0.0.1", port: String(port), clientid: "", ...session };
  return [
    { id: "broker", type: "mqtt-broker", name: "", ...connection },
    { id: "out", type: "mqtt out", ...PLACE, name: "", topic: "", qos: "1", retain: "", broker: "broker", wires: [] },
    { id: "connected", type: "status", ...PLACE, name: "", scope: ["out"], wires: [[teller]] },
  ];
}

const silent = (id: string) => ({
  id,
  type: "debug",
  ...PLACE,
  active: false,
  console: false,
  tosidebar: false,
  wires: [],
});

/** What BMW sends, by a broker in its place, goes on to the user's broker as in example 18. */
export function ownerFlow(source: number, broker: number): object[] {
  const rules = [{ t: "change", p: "topic", pt: "msg", from: "^[^/]+/", fromt: "re", to: "bmw/", tot: "str" }];
  const stream = { id: "stream", type: "cardata-stream", ...PLACE, account: "account", form: "raw", restore: true };
  return [
    { id: "tab", type: "tab", label: "owner" },
    account(source, "source/"),
    { ...stream, wires: [["topic"], []] },
    { id: "topic", type: "change", ...PLACE, name: "", rules, wires: [["out", END]] },
    ...mqttOut(broker, "stream"),
    silent(END),
  ];
}

/** A reader with all nodes: values, estimates, and Home Assistant at the same broker. */
export function readerFlow(broker: number): object[] {
  const node = (id: string, type: string, options: object) => ({ id, type, ...PLACE, account: "account", ...options });
  return [
    { id: "tab", type: "tab", label: "reader" },
    account(broker, "bmw/"),
    node("stream", "cardata-stream", { form: "each", values: true, wires: [["shown", "ha"], ["ha"]] }),
    node("raw", "cardata-stream", { form: "raw", wires: [[END], []] }),
    node("soc", "cardata-predicted-soc", { wires: [["shown", "ha"], ["ha"], ["ha"]] }),
    node("ha", "cardata-homeassistant", { wires: [["out"]] }),
    node("rest", "cardata-telematics", { wires: [["shown"]] }),
    ...mqttOut(broker, "ha"),
    silent("shown"),
    silent(END),
  ];
}
