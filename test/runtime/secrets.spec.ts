import assert from "node:assert/strict";
import type { TokenSet } from "../../src/auth/tokens.js";
import { eventually } from "../helpers/eventually.js";
import { VIN } from "../helpers/fakes.js";
import { ACCOUNT, PLACE, SOC, streamMessage, TAB } from "../helpers/flow.js";
import { RedAtWork, withCredentials } from "../helpers/red-at-work.js";
import { readLogin } from "../helpers/saved-login.js";
import { ASKING_OPERATIONS } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const POSITION = "vehicle.cabin.infotainment.navigation.currentLocation";
const PLACE_OF_THE_CAR = { [`${POSITION}.latitude`]: 48.123456, [`${POSITION}.longitude`]: 11.654321 };

describe("a run with everything logged", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  const issued: TokenSet[] = [];
  const answers: unknown[] = [];
  let texts: string;
  let storeKey: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
    const stream = { wires: [["values", "announce"], ["events"]] };
    const live = await RedAtWork.live(simulator, {}, { account: { debug: true, record: true }, stream });
    ({ work, storeKey } = live);
    issued.push(live.tokens);
    const tracking = trackingOf(simulator);
    await work.deploy(withCredentials([...live.flow, ...STATUS_WITNESS, ...ASKING, ...tracking, ...ANNOUNCING], {}));
    await work.connected();
    await runThroughEverything(live.userDir);
    const statuses = work.red.sent.filter(({ id }) => id === "watch").map(({ message }) => message["status"]);
    texts = JSON.stringify([work.red.logs, statuses, answers]);
  });
  after(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const remember = async (userDir: string) => {
    const tokens = await readLogin(userDir, ACCOUNT, storeKey);
    if (tokens !== null) issued.push(tokens);
  };
  const ask = async (path: string) => answers.push(await work.admin.get(`/cardata/account/${ACCOUNT}/${path}`));
  const act = async (path: string) => answers.push(await work.admin.post(`/cardata/account/${ACCOUNT}/${path}`));

  /** Values, positions, renewal, calls that work and fail, refusals of the stream, garbage, logout. */
  async function runThroughEverything(userDir: string): Promise<void> {
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63, ...PLACE_OF_THE_CAR }));
    await work.value(63);
    simulator.faults.garbage();
    // Refused although the clock calls it valid: a forced renewal follows.
    simulator.faults.rejectIdToken();
    simulator.kick();
    await eventually("a forced renewal", () => simulator.log.count("refresh") === 1);
    await work.connected();
    await remember(userDir);
    await act("refresh");
    await remember(userDir);
    await work.connected();
    await act("discover");
    await askForEverything();
    await act("check");
    await announce();
    await track();
    simulator.faults.burnQuota(50);
    await act("discover");
    await press("basicData");
    await ask("containers");
    for (const path of ["status", "descriptors", "quota", "diagnostics"]) await ask(path);
    simulator.faults.revokeTokens();
    await act("refresh");
    await act("logout");
  }

  /** The announcements of the car so far, and a message that cannot be. */
  async function announce(): Promise<void> {
    await work.red.message(({ id }) => id === "announce");
    await press("broken");
    await eventually("a refusal in the log", () => work.red.logs.some(({ msg }) => String(msg).includes(REFUSED)));
  }

  /** Looks that work and fail, and the dialog's list with the saved token and a wrong one. */
  async function track(): Promise<void> {
    const { traccar } = simulator;
    const look = async (before = traccar.requests.length) => {
      await press("tracker");
      await eventually("a look", () => traccar.requests.length > before);
    };
    await look();
    await work.red.message(({ id }) => id === "track");
    traccar.faults.html();
    await look();
    traccar.refuse();
    await look();
    const list = (token: string) => ({ node: "track", server: simulator.traccarUrl, token });
    for (const token of ["__PWRD__", WRONG_TOKEN])
      answers.push(await work.admin.post("/cardata/traccar/devices", list(token)));
    traccar.refuse(false);
    answers.push(await work.admin.post("/cardata/traccar/devices", list("__PWRD__")));
    await eventually("a refusal in the log", () =>
      work.red.logs.some(({ msg }) => String(msg).includes("refuses the token")),
    );
  }

  const press = (operation: string) => work.admin.post(`/inject/press-${operation}`);

  /** Each operation once; what BMW refuses or cannot be read goes to the log. */
  async function askForEverything(): Promise<void> {
    const { api } = simulator.faults;
    for (const operation of ASKING_OPERATIONS) {
      const before = simulator.log.count("rest*");
      await press(operation);
      await eventually(operation, () => simulator.log.count("rest*") > before);
    }
    const { vin } = simulator.cars[0]!;
    api.status(1, 403, { exveErrorId: "CU-104", exveErrorMsg: `No permission for ${vin}`, exveErrorRef: "ref-1" });
    await press("basicData");
    await eventually("a refusal in the log", () => work.red.logs.some(({ msg }) => String(msg).includes("main user")));
  }

  it("shows what happened", () => {
    for (const piece of [
      "stream live",
      "POST /gcdm/oauth/token answered 200",
      "stream message of",
      "mappings answered 200",
      "telematicData answered 200",
      "chargingHistory answered 200",
      "locationBasedChargingSettings answered 200",
    ])
      assert.ok(texts.includes(piece), piece);
    assert.equal(new Set(issued.map(({ refreshToken }) => refreshToken)).size, 3);
  });

  it("shows no token, no customer id and no key", () => {
    for (const { accessToken, idToken, refreshToken } of issued)
      for (const token of [accessToken, idToken, refreshToken]) assert.ok(!texts.includes(token), token);
    assert.ok(!texts.includes(simulator.gcid));
    assert.ok(!texts.includes(storeKey));
    for (const token of [simulator.traccar.token, WRONG_TOKEN]) assert.ok(!texts.includes(token));
    assert.ok(texts.includes(simulator.traccar.devices[0]!.uniqueId), "the list of trackers was answered");
  });

  it("shows no full VIN and no coordinate", () => {
    for (const { vin } of simulator.cars) assert.ok(!texts.includes(vin), vin);
    for (const coordinate of Object.values(PLACE_OF_THE_CAR)) assert.ok(!texts.includes(String(coordinate)));
    assert.ok(!texts.includes("Example Street"));
    assert.doesNotMatch(texts, /latitude\W+\d/i);
  });
});

/** A button and a node for each operation; errors without a Catch node go to the log. */
const ASKING = ASKING_OPERATIONS.flatMap((operation) => [
  { id: `press-${operation}`, type: "inject", ...PLACE, props: [], wires: [[`ask-${operation}`]] },
  {
    id: `ask-${operation}`,
    type: "cardata-telematics",
    ...PLACE,
    account: ACCOUNT,
    vehicle: VIN,
    operation,
    force: true,
    wires: [["values", "announce"]],
  },
]);

const REFUSED = "looks like one of the CarData nodes";
/** A node for Home Assistant, and a button with a message of a car that it cannot announce. */
const ANNOUNCING = [
  {
    id: "press-broken",
    type: "inject",
    ...PLACE,
    props: [
      { p: "vin", v: VIN, vt: "str" },
      { p: "descriptor", v: SOC, vt: "str" },
      { p: "source", v: "stream", vt: "str" },
      { p: "payload", v: JSON.stringify(PLACE_OF_THE_CAR), vt: "json" },
    ],
    wires: [["announce"]],
  },
  { id: "announce", type: "cardata-homeassistant", ...PLACE, account: ACCOUNT, wires: [["values"]] },
];

const WRONG_TOKEN = "mistyped-traccar-token";

/** A button, and a node that looks at the trackers of all cars. */
function trackingOf({ traccar, traccarUrl }: Simulator) {
  const devices = traccar.devices.map(({ vin, name }) => ({ vin, device: name }));
  const settings = { account: ACCOUNT, server: traccarUrl, devices, credentials: { token: traccar.token } };
  return [
    {
      id: "press-tracker",
      type: "inject",
      ...PLACE,
      props: [{ p: "command", v: "poll", vt: "str" }],
      wires: [["track"]],
    },
    { id: "track", type: "cardata-traccar", ...PLACE, ...settings, wires: [["values"]] },
  ];
}

const STATUS_WITNESS = [{ id: "watch", type: "status", ...PLACE, z: TAB.id, scope: null, wires: [["values"]] }];
