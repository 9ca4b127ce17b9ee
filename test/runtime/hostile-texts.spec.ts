import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, SOC, streamMessage, TAB, type FlowNode } from "../helpers/flow.js";
import { RedAtWork, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { savedAccountFolder, readLogin } from "../helpers/saved-login.js";
import { ASKING_OPERATIONS } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const BROKER_PASSWORD = "broker-pass word&1";
const LATITUDE = "48.137154";
const LONGITUDE = "11.576124";
const OWN_BROKER = "own-broker";

/** Everything that others may write into what they answer. */
type Secrets = Readonly<Record<string, string>>;

describe("hostile texts of BMW, gateways, Traccar and brokers", function () {
  this.timeout(300_000);
  let simulator: Simulator;
  let work: RedAtWork;
  let liar: Server;
  let secrets: Secrets;
  const answers: unknown[] = [];
  let userDir: string;
  let storeKey: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    userDir = userFolder();
    liar = await startLiar();
    const brokerPort = (liar.address() as AddressInfo).port;
    mkdirSync(savedAccountFolder(userDir, OWN_BROKER), { recursive: true });
    writeFileSync(
      join(savedAccountFolder(userDir, OWN_BROKER), "vehicles.json"),
      `{"a": ${BROKER_PASSWORD} ${LATITUDE}`,
    );
    const live = await RedAtWork.live(simulator, { userDir }, { account: { debug: true, record: true } });
    ({ work, storeKey } = live);
    const { accessToken, idToken, refreshToken } = live.tokens;
    secrets = {
      vin: simulator.cars[0]!.vin,
      gcid: simulator.gcid,
      clientId: simulator.clientId,
      accessToken,
      idToken,
      refreshToken,
      latitude: LATITUDE,
      longitude: LONGITUDE,
      traccarToken: simulator.traccar.token,
      brokerPassword: BROKER_PASSWORD,
      storeKey,
    };
    const more = [...messages(secrets), ...ownBroker(brokerPort), ...tracker(simulator, secrets), ...WITNESSES];
    await work.deploy(withCredentials([...live.flow, ...more], {}));
    await work.connected();
    // From now on the car is the account's.
    simulator.publish(secrets["vin"]!, streamMessage(secrets["vin"]!, { [SOC]: 63 }));
    await work.value(63);
  });
  after(async () => {
    await work.red.stop();
    liar.close();
    await simulator.stop();
  });

  const all = () => Object.values(secrets).join(" and ");
  const ask = async (path: string) => {
    answers.push(await work.admin.get(`/cardata/account/${ACCOUNT}/${path}`));
  };
  const act = async (path: string, body: unknown = {}) => {
    const answer = await work.admin.post(`/cardata/${path}`, body);
    answers.push(answer);
    return answer;
  };
  const caught = () => work.red.sent.filter(({ id }) => id === "catch").map(({ message }) => message["error"]);
  /** Presses a button, and waits until a Catch node has the error. */
  const press = async (button: string) => {
    const before = caught().length;
    await work.admin.post(`/inject/press-${button}`);
    await eventually(`an error of ${button}`, () => caught().length > before);
  };
  const html = () =>
    `<html><head><title>${all()}</title></head><body>Sign in: ${all()} at ${LATITUDE}, ${LONGITUDE}</body></html>`;

  it("of BMW's API in each operation", async () => {
    const { api } = simulator.faults;
    const words = Object.values(secrets);
    for (const [index, operation] of ASKING_OPERATIONS.entries()) {
      const [exveErrorId, exveErrorRef] = [words[index % words.length], words[(index + 3) % words.length]];
      api.status(1, 400, { exveErrorId, exveErrorRef, exveErrorMsg: all(), exveNote: all() });
      await press(operation);
    }
    for (const name of words) {
      api.status(1, 500, { exveErrorId: "CU-500", exveErrorRef: name, exveErrorMsg: name });
      await press("vehicles");
    }
  });

  it("of gateways and captive portals in front of it", async () => {
    const { api } = simulator.faults;
    for (const status of [200, 302, 403, 502]) {
      // Operations that a gateway cannot do may pass, and are asked twice.
      api.status(status === 502 ? 4 : 2, status, html(), "text/html");
      await press("basicData");
      await press("image");
    }
    api.drop(2);
    await press("basicData");
  });

  it("of other programs in the names of their containers", async () => {
    for (const name of Object.values(secrets)) await addContainer(simulator, secrets["accessToken"]!, name);
    await press("telematicData");
    await ask("containers");
    assert.match(JSON.stringify(caught().at(-1)), /10 data containers/);
  });

  it("of a message", async () => {
    for (const name of Object.keys(secrets)) {
      await press(`operation-${name}`);
      await press(`command-${name}`);
    }
  });

  it("of Traccar", async () => {
    const { faults } = simulator.traccar;
    const devices = Object.values(secrets).map((name, id) => ({ id, name, uniqueId: `${name} again` }));
    faults.status(1, 200, devices);
    await press("tracker");
    assert.match(JSON.stringify(caught().at(-1)), /shows no device/);
    faults.status(2, 500, html(), "text/html");
    await press("tracker");
    faults.status(2, 200, html(), "text/html");
    await press("tracker");
    for (const status of [200, 500]) {
      faults.status(1, status, html(), "text/html");
      await act("traccar/devices", { node: "track", server: simulator.traccarUrl, token: "__PWRD__" });
    }
    await act("traccar/devices", { node: "track", server: `http://x:${BROKER_PASSWORD}@localhost`, token: all() });
  });

  it("of the login server, to a login and to the renewal", async () => {
    const { oauth } = simulator.faults;
    const { authUrl, apiUrl, streamUrl, caFile } = { authUrl: simulator.oauthUrl, ...simulator };
    const login = {
      account: "new",
      clientId: simulator.clientId,
      endpoints: "custom",
      authUrl,
      apiUrl,
      streamUrl,
      caFile,
    };
    for (const [status, body] of [
      [400, { error: "invalid_request", error_description: all() }],
      [400, { error: all(), error_description: all() }],
      [500, { fault: { faultstring: all(), detail: { errorcode: all() } } }],
      [502, html()],
      [200, html()],
    ] as const) {
      oauth.status(1, status, body);
      await act("login", login);
      oauth.status(
        1,
        status === 200 ? 503 : status,
        typeof body === "string" ? body : { ...body, error: "temporarily" },
      );
      await act(`account/${ACCOUNT}/refresh`);
    }
    for (const caFile of [`/nowhere/${BROKER_PASSWORD}`, `/nowhere/${LATITUDE}`])
      await act("login", { ...login, caFile });
    await act("login", { ...login, authUrl: `http://${BROKER_PASSWORD.replaceAll(" ", "")}/${all()}` });
  });

  it("of the stream and of a broker that is none", async () => {
    const { faults } = simulator;
    faults.refuseConnect(1, 2);
    faults.refuseSubscribe(1);
    simulator.kick();
    simulator.publish(simulator.cars[0]!.vin, all());
    await eventually("the liar", () => connections > 1);
    await act(`account/${OWN_BROKER}/refresh`);
    await act(`account/${OWN_BROKER}/check`);
    answers.push(await work.admin.get(`/cardata/account/${OWN_BROKER}/status`));
    answers.push(await work.admin.get(`/cardata/account/${OWN_BROKER}/diagnostics`));
    answers.push(await work.admin.get("/cardata/cockpit/snapshot"));
  });

  it("of the login server when the login is over", async () => {
    simulator.faults.oauth.status(3, 400, { error: "invalid_grant", error_description: all() });
    await act(`account/${ACCOUNT}/refresh`);
    await act(`account/${ACCOUNT}/discover`);
    await act(`account/${ACCOUNT}/check`);
    for (const path of ["status", "descriptors", "quota", "diagnostics"]) await ask(path);
    answers.push(await work.admin.get("/cardata/cockpit/snapshot"));
    await act(`account/${ACCOUNT}/logout`);
  });

  it("leave nothing of what they hold in logs, statuses, errors, events and answers to the editor", async () => {
    const statuses = work.red.sent.filter(({ id }) => id === "watch").map(({ message }) => message["status"]);
    // Compares only the sentences of events: flows get the car with its full VIN.
    const events = work.red.sent
      .filter(({ id, port }) => id === "stream" && port === 1)
      .map(({ message }) => (message["payload"] as { text?: string }).text);
    const renewed = await readLogin(userDir, ACCOUNT, storeKey);
    const texts = JSON.stringify([work.red.logs, statuses, caught(), events, answers]);
    assert.ok(caught().length > 40);
    const found = Object.entries({ ...secrets, ...renewed })
      .filter(([, value]) => typeof value === "string" && value.length > 5)
      .filter(([, value]) => [String(value), encodeURIComponent(String(value))].some((form) => texts.includes(form)))
      .map(([name, value]) => [name, texts.slice(Math.max(0, texts.indexOf(String(value)) - 200)).slice(0, 300)]);
    assert.deepEqual(found, []);
    // Seconds of a time may be the same digits.
    assert.doesNotMatch(texts, /(?<!\d\d:\d\d:)(48\.137|11\.576)/);
  });

  let connections = 0;
  /** Takes connections, and answers as no broker does. */
  async function startLiar(): Promise<Server> {
    const server = createServer((socket) => {
      connections++;
      socket.on("error", () => undefined);
      const page = Buffer.from(`HTTP/1.1 400 ${BROKER_PASSWORD} at ${LATITUDE}, ${LONGITUDE}\r\n\r\n`);
      socket.end(connections % 2 === 1 ? page : Buffer.from([0x20, 2, 0, 4]));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  }
});

const property = (p: string, v: string) => ({ p, v, vt: "str" });
const button = (name: string, target: string, ...props: object[]): FlowNode => ({
  id: `press-${name}`,
  type: "inject",
  ...PLACE,
  props,
  wires: [[target]],
});

/** A button for each operation, and for messages that make no sense. */
function messages(secrets: Secrets): FlowNode[] {
  const asker = { type: "cardata-telematics", ...PLACE, account: ACCOUNT, vehicle: secrets["vin"], force: true };
  return [
    { id: "ask", ...asker, wires: [[]] },
    ...ASKING_OPERATIONS.map((operation) => button(operation, "ask", property("operation", operation))),
    ...Object.entries(secrets).flatMap(([name, value]) => [
      button(`operation-${name}`, "ask", property("operation", value)),
      button(`command-${name}`, "stream", property("command", value)),
    ]),
  ];
}

function ownBroker(brokerPort: number): FlowNode[] {
  const broker = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(brokerPort), debug: true };
  const credentials = { brokerUser: "anna", brokerPassword: BROKER_PASSWORD };
  return [
    { id: OWN_BROKER, type: "cardata-account", name: "", ...broker, credentials },
    { id: "own", type: "cardata-stream", ...PLACE, account: OWN_BROKER, wires: [[], []] },
  ];
}

function tracker({ traccar, traccarUrl }: Simulator, secrets: Secrets): FlowNode[] {
  const devices = [{ vin: secrets["vin"], device: `${secrets["gcid"] ?? ""} ${secrets["accessToken"] ?? ""}` }];
  const settings = { account: ACCOUNT, server: traccarUrl, devices, credentials: { token: traccar.token } };
  return [
    button("tracker", "track", property("command", "poll")),
    { id: "track", type: "cardata-traccar", ...PLACE, ...settings, wires: [[]] },
  ];
}

const WITNESSES: readonly FlowNode[] = [
  { id: "watch", type: "status", ...PLACE, z: TAB.id, scope: null, wires: [["values"]] },
  { id: "catch", type: "catch", ...PLACE, scope: null, uncaught: false, wires: [["values"]] },
];

async function addContainer({ apiUrl }: Simulator, token: string, name: string): Promise<void> {
  await fetch(`${apiUrl}/customers/containers`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "x-version": "v1",
      "content-type": "application/json",
    },
    body: JSON.stringify({ name, purpose: name, technicalDescriptors: ["vehicle.vehicle.travelledDistance"] }),
  });
}
