import assert from "node:assert/strict";
import type { CockpitHistory, CockpitSnapshot, CockpitTracks } from "../../src/cockpit/contract.js";
import type { Admin } from "../helpers/admin.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, SOC, streamMessage } from "../helpers/flow.js";
import { journalNode, teller } from "../helpers/journal-flow.js";
import { PageStream } from "../helpers/page-stream.js";
import { RedAtWork, redFlow, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** bcrypt hashes of `admin-password` and `reader-password`; the last one may see flows only. */
const READER = "$2b$04$nmnSCrykmn3UttBB9Oqt6e4SayRJ1ajyYrE5IpTowEbFscZSGN6oi";
const USERS = [
  {
    username: "admin",
    password: "$2b$04$9hN07Qvi6nKZUqcACfHupe2aP3jacgKxxidHvJYw4qNalJO2YCI7a",
    permissions: "*",
  },
  { username: "reader", password: READER, permissions: "read" },
  { username: "other", password: READER, permissions: ["flows.read"] },
];
const ROOT = "/house/red";
const COCKPIT = "/cardata/cockpit";
const key = "0".repeat(20);
const DATA = [
  "snapshot",
  "stream",
  ...["values", "history", "tracks", "learned", "picture", "journal", "entries", "export"].map(
    (what) => `car/${key}/${what}`,
  ),
];
const DIAGNOSTICS = `/cardata/account/${ACCOUNT}/diagnostics`;

describe("the cockpit in a Node-RED with users, another root and no editor", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let admin: Admin;
  let reader: Admin;
  let other: Admin;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    const userDir = userFolder();
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    const settings = { adminAuth: { type: "credentials", users: USERS }, disableEditor: true };
    work = await RedAtWork.start({ userDir, adminRoot: ROOT, settings });
    admin = await work.admin.logIn("admin", "admin-password");
    reader = await work.admin.logIn("reader", "reader-password");
    other = await work.admin.logIn("other", "reader-password");
    await admin.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId, storeKey }));
    await eventually("a live stream", async () => (await snapshot(admin))?.accounts[0]?.stream.state === "live");
    const [{ vin } = { vin: "" }] = simulator.cars;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 30 }));
    await eventually("a car", async () => (await snapshot(admin))?.cars.length === 1);
  });
  after(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const snapshot = async (user: Admin) => {
    const { status, body } = await user.get(`${COCKPIT}/snapshot`);
    return status === 200 ? (body as CockpitSnapshot) : undefined;
  };
  const statuses = (user: Admin, paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => (await user.get(`${COCKPIT}/${path}`)).status));
  const all = (status: number) => DATA.map(() => status);
  const open = (token: string | undefined) =>
    PageStream.open(`${admin.url}${COCKPIT}/stream`, { authorization: `Bearer ${token ?? ""}` });

  it("tells nothing to who is not logged in, or may see other things only", async () => {
    assert.deepEqual(await statuses(work.admin, DATA), all(401));
    assert.deepEqual(await statuses(other, DATA), all(401));
    assert.equal((await work.admin.get(`${COCKPIT}/rights`)).status, 401);
  });

  it("gives its page and its texts to everybody, since a browser that opens them shows no login", async () => {
    for (const path of ["/cardata", "/cardata/page/cockpit.js", "/cardata/page/cockpit.css", "/cardata/page/texts/de"])
      assert.notEqual((await work.admin.get(path)).status, 401, path);
    const { status, body } = await work.admin.get("/cardata/page/texts/de");
    assert.deepEqual([status, (body as { language: string }).language], [200, "de"]);
  });

  it("shows everything to who may only read, and that nothing may be changed", async () => {
    const seen = await snapshot(reader);
    assert.deepEqual(seen?.viewer, { name: "reader", isAnonymous: false });
    assert.equal(seen.cars.length, 1);
    const stream = await open(reader.token);
    assert.equal((await stream.snapshot).cars.length, 1);
    stream.close();
    assert.equal((await reader.get(DIAGNOSTICS)).status, 200);
    assert.equal((await reader.get(`${COCKPIT}/rights`)).status, 401);
    assert.equal((await reader.post(`/cardata/account/${ACCOUNT}/check`)).status, 401);
  });

  it("tells who may change things so", async () => {
    const { status, body } = await admin.get(`${COCKPIT}/rights`);
    assert.deepEqual([status, body], [200, { mayWrite: true }]);
    assert.equal((await snapshot(admin))?.viewer.name, "admin");
  });

  it("asks anew for a token that is over: the stream that was open ends with the account, and none begins", async () => {
    const leaver = await work.admin.logIn("reader", "reader-password");
    const stream = await open(leaver.token);
    await stream.snapshot;
    assert.equal((await leaver.post("/auth/revoke", { token: leaver.token })).status, 200);
    assert.equal((await open(leaver.token)).response.status, 401);
    assert.deepEqual(await statuses(leaver, ["snapshot"]), [401]);
    await admin.deploy(redFlow(simulator, { account: { name: "Another name" } }));
    await stream.message((message) => message.kind === "end");
    await stream.over();
  });

  it("is not found under the usual root", async () => {
    const bare = new URL(admin.url).origin;
    for (const path of ["/cardata", `${COCKPIT}/snapshot`]) assert.equal((await fetch(bare + path)).status, 404);
  });
});

describe("the cockpit in a Node-RED where everybody may read", () => {
  it("says so, and takes a login that is over for nobody's", async () => {
    const adminAuth = { type: "credentials", users: USERS, default: { permissions: "read" } };
    const work = await RedAtWork.start({ userDir: userFolder(), settings: { adminAuth } });
    try {
      const viewerOf = async (headers: Record<string, string>) => {
        const { status, body } = await work.admin.get(`${COCKPIT}/snapshot`, headers);
        return [status, (body as CockpitSnapshot).viewer];
      };
      const anybody = [200, { name: null, isAnonymous: true }];
      assert.deepEqual(await viewerOf({}), anybody);
      assert.deepEqual(await viewerOf({ authorization: "Bearer over" }), anybody);
      assert.equal((await work.admin.get(`${COCKPIT}/rights`)).status, 401);
      const reader = await work.admin.logIn("reader", "reader-password");
      const { body } = await reader.get(`${COCKPIT}/snapshot`);
      assert.deepEqual((body as CockpitSnapshot).viewer, { name: "reader", isAnonymous: false });
    } finally {
      await work.red.stop();
    }
  });
});

describe("what the cockpit shows of the past", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let userDir: string;
  let vin: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    vin = simulator.cars[0]?.vin ?? "";
    const live = await RedAtWork.live(simulator);
    ({ work, userDir } = live);
    const props = Object.entries({ command: "delete", all: "true", vin }).map(([name, v]) => {
      return { p: name, v, vt: name === "all" ? "bool" : "str" };
    });
    const once = { repeat: "", crontab: "", once: false };
    const press = { id: "press", type: "inject", ...PLACE, name: "", props, ...once, wires: [["journal"]] };
    await work.deploy([...live.flow, journalNode({ wires: [[], []] }), press]);
    await work.connected();
  });
  after(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const get = async <T>(path: string) => (await work.admin.get(`${COCKPIT}/${path}`)).body as T;
  const carOf = (cars: CockpitSnapshot["cars"]) => cars.find(({ vinEnd }) => vinEnd === `…${vin.slice(-4)}`);
  /** What is shown of the past of the car, once there is a car; keys change with each start. */
  const past = async () => {
    const { key, events } = await eventually("the car", async () => {
      const { cars, ...shown } = await get<CockpitSnapshot>("snapshot");
      const car = carOf(cars);
      return car !== undefined && { key: car.key, events: shown.events.filter((event) => event.car === car.key) };
    });
    const [history, tracks] = [
      await get<CockpitHistory>(`car/${key}/history`),
      await get<CockpitTracks>(`car/${key}/tracks`),
    ];
    return {
      reported: history.reported,
      spans: [history.charges, history.trips],
      tracks: tracks.trips,
      events: events.map(({ name, at, distanceKm, level }) => [name, at, distanceKm, level]),
    };
  };

  it("is the same after a power cut and after a restart, and is gone once the journal of the car is deleted", async () => {
    const car = teller(simulator, vin);
    car.charge();
    await eventually("a charge", async () => (await past()).spans[0]?.some(({ to }) => to !== null));
    car.departs();
    car.arrives();
    await eventually("the second charge", async () => {
      const begun = (await past()).events.filter(([name]) => name === "chargingStarted");
      return begun.length === 2;
    });
    const before = await past();
    const isOver = before.spans.map((spans) => spans.map(({ to }) => to !== null));
    assert.deepEqual([isOver, before.tracks.length], [[[true, false], [true]], 1]);
    assert.deepEqual(
      before.events.map(([name]) => name).filter((name) => /trip|charging/.test(String(name))),
      ["chargingStarted", "tripEnded", "tripStarted", "chargingEnded", "chargingStarted"],
    );
    await work.red.stop();
    for (const end of ["kill", "stop"] as const) {
      work = await RedAtWork.start({ userDir });
      await work.connected();
      assert.deepEqual(await past(), before);
      await work.red[end]();
    }
    work = await RedAtWork.start({ userDir });
    await work.connected();
    const page = await PageStream.open(`${work.admin.url}${COCKPIT}/stream`);
    assert.ok((await page.snapshot).events.length > 0);
    await work.admin.post("/inject/press");
    await page.message(
      (message) => message.kind === "snapshot" && message.snapshot.events.every(({ car: key }) => key === null),
    );
    page.close();
    assert.deepEqual(await past(), { reported: { at: [], value: [] }, spans: [[], []], tracks: [], events: [] });
  });
});

describe("a Node-RED without admin pages", () => {
  it("says that it has no cockpit", async () => {
    const work = await RedAtWork.start({ userDir: userFolder(), settings: { httpAdminRoot: false } });
    try {
      await work.red.log("no CarData page");
      assert.equal((await work.admin.get("/cardata")).status, 404);
    } finally {
      await work.red.stop();
    }
  });
});
