import assert from "node:assert/strict";
import type { AccountView } from "../../nodes/lib/admin-contract.js";
import { Admin } from "../helpers/admin.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT } from "../helpers/flow.js";
import { RedAtWork, redFlow, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** bcrypt hashes of `admin-password` and `reader-password`. */
const USERS = [
  {
    username: "admin",
    password: "$2b$04$9hN07Qvi6nKZUqcACfHupe2aP3jacgKxxidHvJYw4qNalJO2YCI7a",
    permissions: "*",
  },
  {
    username: "reader",
    password: "$2b$04$nmnSCrykmn3UttBB9Oqt6e4SayRJ1ajyYrE5IpTowEbFscZSGN6oi",
    permissions: "read",
  },
];

const account = (path: string) => `/cardata/account/${ACCOUNT}/${path}`;
const READS = ["status", "vehicles", "descriptors", "quota", "diagnostics", "check"].map(account);
const TRACKERS = "/cardata/traccar/devices";
const WRITES = [
  "/cardata/client/holder",
  "/cardata/login",
  "/cardata/login/any/cancel",
  ...["refresh", "logout", "discover", "check", "containers"].map(account),
  TRACKERS,
];
/** A list that costs one of BMW's requests. */
const COSTLY = account("containers");
/** Where the cars are. */
const PLACES = account("positions");

describe("users of the editor", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let admin: Admin;
  let reader: Admin;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    const userDir = userFolder();
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    work = await RedAtWork.start({ userDir, settings: { adminAuth: { type: "credentials", users: USERS } } });
    admin = await work.admin.logIn("admin", "admin-password");
    reader = await work.admin.logIn("reader", "reader-password");
    await admin.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId, storeKey }));
    // The stream's own requests to the simulator must be over before anything is counted.
    await eventually("a live stream", async () => {
      const { status, body } = await admin.get(account("status"));
      return status === 200 && (body as AccountView).stream.state === "live";
    });
  });
  after(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const statuses = (answers: Promise<{ status: number }>[]) =>
    Promise.all(answers).then((list) => list.map(({ status }) => status));
  const all = (status: number, count: number) => Array.from({ length: count }, () => status);

  it("who are not logged in see and change nothing", async () => {
    const { length } = [...READS, ...WRITES, COSTLY, PLACES];
    const answers = [
      work.admin.get(COSTLY),
      work.admin.get(PLACES),
      ...READS.map((path) => work.admin.get(path)),
      ...WRITES.map((path) => work.admin.post(path)),
    ];
    assert.deepEqual(await statuses(answers), all(401, length));
    assert.equal((await work.admin.get("/cardata/login/any")).status, 401);
  });

  it("who may only read see the account and change nothing", async () => {
    assert.deepEqual(await statuses(READS.map((path) => reader.get(path))), all(200, READS.length));
    const before = simulator.log.entries.length;
    const list = { node: "tracker", server: simulator.traccarUrl, token: simulator.traccar.token };
    const posts = WRITES.map((path) => reader.post(path, path === TRACKERS ? list : {}));
    assert.deepEqual(await statuses(posts), all(401, WRITES.length));
    assert.equal(simulator.log.entries.length, before);
    assert.deepEqual(simulator.traccar.requests, []);
  });

  it("who may only read spend none of BMW's requests, with whatever they ask", async () => {
    const before = simulator.log.count("rest*");
    assert.equal((await reader.get(COSTLY)).status, 401);
    for (const action of ["list", "delete", "deleteOwn", "reset"])
      assert.equal((await reader.post(COSTLY, { action, id: "A1b2C3d4E5f6G", confirm: true })).status, 401);
    assert.equal(simulator.log.count("rest*"), before);
    assert.equal((await admin.get(COSTLY)).status, 200);
    assert.equal(simulator.log.count("rest*"), before + 1);
  });

  it("who may only read are not told where the cars are", async () => {
    assert.equal((await reader.get(PLACES)).status, 401);
    assert.equal((await admin.get(PLACES)).status, 200);
  });

  it("who may write renew and end the login", async () => {
    assert.equal((await admin.post(account("refresh"))).status, 200);
    assert.equal((await admin.post(account("logout"))).status, 200);
    const { body } = await admin.get(account("status"));
    assert.equal((body as { login: { state: string } }).login.state, "none");
  });
});

describe("an editor under another path", () => {
  it("finds the admin routes there and only there", async () => {
    const simulator = await startSimulator({ tick: 0 });
    const { work } = await RedAtWork.live(simulator, { adminRoot: "/red" });
    try {
      assert.equal((await work.admin.get(account("status"))).status, 200);
      assert.equal((await new Admin(work.red.url).get(account("status"))).status, 404);
    } finally {
      await work.red.stop();
      await simulator.stop();
    }
  });
});
