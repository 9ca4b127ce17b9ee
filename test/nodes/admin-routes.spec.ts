import assert from "node:assert/strict";
import type {
  CheckPlanView,
  CheckView,
  ClientAnswer,
  ContainerDeletion,
  ContainerView,
  LoginView,
  QuotaView,
} from "../../nodes/lib/admin-contract.js";
import type { CarPosition } from "../../src/account/status.js";
import type { Admin, AdminAnswer } from "../helpers/admin.js";
import { Bench, WITNESSES } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, accountNode, SOC, streamMessage } from "../helpers/flow.js";
import { runningFlow, flowAtWork } from "../helpers/running-flow.js";
import { readLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const LONGITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";

describe("admin routes", () => {
  let simulator: Simulator;
  let bench: Bench;
  let admin: Admin;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = async () => {
    const { credentials } = await runningFlow(bench, simulator);
    admin = await bench.admin();
    return credentials[ACCOUNT];
  };
  const account = (path: string) => `/cardata/account/${ACCOUNT}/${path}`;
  const errorOf = ({ status, body }: AdminAnswer) => [status, (body as { error: { code: string } }).error.code];
  const login = () => {
    const { authUrl, apiUrl, streamUrl, caFile, endpoints } = accountNode(simulator);
    return { account: ACCOUNT, clientId: simulator.clientId, endpoints, authUrl, apiUrl, streamUrl, caFile };
  };

  describe("of a login", () => {
    beforeEach(async () => {
      await bench.load(WITNESSES);
      admin = await bench.admin();
    });
    const begin = async (changes: object = {}) => {
      const { status, body } = await admin.post("/cardata/login", { ...login(), ...changes });
      assert.equal(status, 200);
      return body as LoginView;
    };
    const progress = async (session: string) => (await admin.get(`/cardata/login/${session}`)).body as LoginView;

    it("work before the account is deployed, and the deploy finds the login", async () => {
      const { session, state, userCode, url } = await begin();
      assert.equal(state, "waiting");
      assert.match(userCode ?? "", /^[0-9A-F]{4}-[0-9A-F]{4}$/);
      assert.ok(url?.startsWith(simulator.oauthUrl));
      assert.ok(simulator.approve(userCode));
      const done = await eventually("the login", async () => {
        const view = await progress(session);
        return view.state === "authorised" && view;
      });
      assert.deepEqual(done.scopes?.missing, []);
      assert.ok(!JSON.stringify(done).includes(simulator.gcid));
      await bench.deploy(flowAtWork(simulator), "full", { [ACCOUNT]: { clientId: simulator.clientId } });
      await bench.message("events", ({ event }) => event === "connected");
      await eventually("the cars", async () => ((await admin.get(account("vehicles"))).body as unknown[]).length === 3);
    });

    it("cancel a login, and one that another login of the account replaces", async () => {
      const first = await begin();
      const second = await begin();
      assert.equal((await progress(first.session)).state, "cancelled");
      const { status, body } = await admin.post(`/cardata/login/${second.session}/cancel`);
      assert.deepEqual([status, (body as LoginView).state], [200, "cancelled"]);
    });

    it("know no session but those that they started", async () => {
      assert.deepEqual(errorOf(await admin.get("/cardata/login/nonsense")), [404, "login_session_unknown"]);
      assert.deepEqual(errorOf(await admin.post("/cardata/login/x/cancel")), [404, "login_session_unknown"]);
    });

    it("refuse what cannot become a login before anything is sent", async () => {
      const refused = async (changes: object) =>
        errorOf(await admin.post("/cardata/login", { ...login(), ...changes }));
      assert.deepEqual(await refused({ clientId: "12" }), [400, "invalid_client_id"]);
      assert.deepEqual(await refused({ clientId: "" }), [400, "client_id_missing"]);
      assert.deepEqual(await refused({ authUrl: "http://192.0.2.1" }), [400, "invalid_endpoint"]);
      assert.deepEqual(await refused({ caFile: "/nowhere/ca.pem" }), [400, "ca_file_unreadable"]);
      assert.deepEqual(await refused({ account: "x".repeat(101) }), [400, "bad_request"]);
      assert.deepEqual(await refused({ account: 5 }), [400, "bad_request"]);
      assert.deepEqual(errorOf(await admin.post("/cardata/login", [])), [400, "bad_request"]);
      assert.equal(simulator.log.count("deviceCode"), 0);
    });

    it("refuse an id that no node can have, and such as are members of every object", async () => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      for (const id of ["", "__proto__", "constructor", "toString", "a b", "../x", "a\0", "ä", "{}", "a\nb"])
        assert.deepEqual(
          errorOf(await admin.post("/cardata/login", { ...login(), account: id })),
          [400, "bad_request"],
          JSON.stringify(id),
        );
      assert.equal(simulator.log.count("deviceCode"), 0);
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
    });

    it("take every id that an account of the flows has, and those that the editor gives", async () => {
      const odd = "my first/account";
      await bench.deploy([...flowAtWork(simulator), { ...accountNode(simulator), id: odd }]);
      for (const id of [odd, "0123456789abcdef", "f6f2187d.f17ca8", "my-account_2"]) {
        const { session } = await begin({ account: id });
        await admin.post(`/cardata/login/${session}/cancel`);
      }
      assert.equal(simulator.log.count("deviceCode"), 4);
    });

    it("read `${NAME}` as the environment variable that it names", async () => {
      process.env["CARDATA_TEST_CLIENT"] = simulator.clientId;
      const { session } = await begin({ clientId: "${CARDATA_TEST_CLIENT}" });
      delete process.env["CARDATA_TEST_CLIENT"];
      await admin.post(`/cardata/login/${session}/cancel`);
      assert.equal(simulator.log.count("deviceCode"), 1);
      assert.deepEqual(errorOf(await admin.post("/cardata/login", { ...login(), clientId: "${CARDATA_NO_SUCH}" })), [
        400,
        "client_id_missing",
      ]);
    });
  });

  describe("that change something", () => {
    beforeEach(start);
    const post = (body: string, headers: Record<string, string>) => admin.post(account("refresh"), body, headers);

    it("refuse bodies that are not JSON", async () => {
      const form = { "content-type": "application/x-www-form-urlencoded" };
      assert.deepEqual(errorOf(await post("a=1", form)), [400, "bad_request"]);
      assert.deepEqual(errorOf(await post("{}", { "content-type": "text/plain" })), [400, "bad_request"]);
      assert.equal(simulator.log.count("refresh"), 0);
    });

    it("refuse pages of other origins", async () => {
      for (const headers of [
        { origin: "https://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
      ] as Record<string, string>[])
        assert.deepEqual(errorOf(await post("{}", headers)), [400, "bad_request"], JSON.stringify(headers));
      assert.equal(simulator.log.count("refresh"), 0);
    });

    it("accept the editor behind a reverse proxy that rewrites the host", async () => {
      await post("{}", { origin: "https://home.example", "sec-fetch-site": "same-origin" });
      assert.equal(simulator.log.count("refresh"), 1);
    });
  });

  it("know no account that is not deployed", async () => {
    await start();
    for (const path of ["status", "vehicles", "positions", "descriptors", "quota", "diagnostics"])
      assert.deepEqual(errorOf(await admin.get(`/cardata/account/other/${path}`)), [404, "not_deployed"], path);
    for (const path of ["refresh", "logout", "discover", "check"])
      assert.deepEqual(errorOf(await admin.post(`/cardata/account/other/${path}`)), [404, "not_deployed"], path);
  });

  it("describe an account without token, customer id or coordinates", async () => {
    const { storeKey } = await start();
    const tokens = await readLogin(bench.userDir, ACCOUNT, storeKey!);
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63, [LATITUDE]: 48.123456, [LONGITUDE]: 11.654321 }));
    await bench.message("values", ({ descriptor }) => descriptor === LONGITUDE);
    const answers = await Promise.all(
      ["status", "vehicles", "descriptors", "quota", "diagnostics"].map((path) => admin.get(account(path))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    const [status, vehicles, descriptors, quota] = answers.map(({ body }) => body) as [
      { login: { state: string }; stream: { state: string } },
      { vin: string }[],
      { id: string }[],
      { used: number },
    ];
    assert.deepEqual([status.login.state, status.stream.state, quota.used], ["ok", "live", 0]);
    assert.deepEqual(
      vehicles.map((vehicle) => vehicle.vin),
      [vin],
    );
    assert.ok(descriptors.some(({ id }) => id === SOC));
    const text = JSON.stringify(answers);
    const { accessToken, idToken, refreshToken } = tokens!;
    for (const secret of [accessToken, idToken, refreshToken, simulator.gcid, "48.123456", "11.654321", storeKey!])
      assert.ok(!text.includes(secret), secret);
    assert.ok(!JSON.stringify(answers.at(-1)).includes(vin));
  });

  it("tell where the cars are, to the editor alone, and ask BMW nothing", async () => {
    await start();
    assert.deepEqual((await admin.get(account("positions"))).body, []);
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [LATITUDE]: 48.123456, [LONGITUDE]: 11.654321 }));
    await bench.message("values", ({ descriptor }) => descriptor === LONGITUDE);
    const [car, ...others] = (await admin.get(account("positions"))).body as CarPosition[];
    assert.deepEqual([car?.vin, car?.latitude, car?.longitude, others], [vin, 48.123456, 11.654321, []]);
    const foreign = await admin.get(account("positions"), { "sec-fetch-site": "cross-site" });
    assert.deepEqual(errorOf(foreign), [400, "bad_request"]);
    assert.equal(simulator.log.count("rest*"), 0);
  });

  it("renew the login on `refresh`, and save it", async () => {
    const { storeKey } = await start();
    const before = await readLogin(bench.userDir, ACCOUNT, storeKey!);
    const { status, body } = await admin.post(account("refresh"));
    assert.deepEqual([status, (body as { login: { state: string } }).login.state], [200, "ok"]);
    assert.equal(simulator.log.count("refresh"), 1);
    assert.notEqual((await readLogin(bench.userDir, ACCOUNT, storeKey!))?.refreshToken, before?.refreshToken);
  });

  it("say why `refresh` failed", async () => {
    await start();
    simulator.faults.revokeTokens();
    assert.deepEqual(errorOf(await admin.post(account("refresh"))), [400, "refresh_refused"]);
  });

  it("ask BMW for the cars on `discover`, and say why if that fails", async () => {
    await start();
    assert.equal((await admin.post(account("discover"))).status, 200);
    assert.equal(simulator.log.count("rest*"), 4);
    const { body } = await admin.get(account("vehicles"));
    assert.deepEqual((body as { name: string }[]).map(({ name }) => name).sort(), [
      "BMW 330e",
      "BMW i4 eDrive40",
      "BMWi i3",
    ]);
    const named = (await admin.get("/cardata/vehicles")).body as { vin: string; name: string }[];
    assert.deepEqual(
      Object.fromEntries(named.map((car) => [car.vin, car.name]))[simulator.cars[0]!.vin],
      "BMW i4 eDrive40",
    );
    simulator.faults.burnQuota(50);
    assert.deepEqual(errorOf(await admin.post(account("discover"))), [400, "cu_429_other_client"]);
  });

  it("list the data containers, and delete one that the user has confirmed", async () => {
    await start();
    const [id] = simulator.faults.foreignContainers(1);
    const listed = await admin.get(account("containers"));
    assert.deepEqual(
      (listed.body as ContainerView[]).map((container) => [container.id, container.own]),
      [[id, false]],
    );
    const deletion: ContainerDeletion = { action: "delete", id: id ?? "", confirm: false };
    const path = account("containers");
    const withAction = (changes: object) => ({ ...deletion, ...changes });
    assert.deepEqual(errorOf(await admin.post(path, withAction({}))), [400, "confirm_needed"]);
    assert.deepEqual(errorOf(await admin.post(path, withAction({ id: "../x", confirm: true }))), [
      400,
      "container_id_invalid",
    ]);
    assert.deepEqual(errorOf(await admin.post(path, withAction({ action: "burn" }))), [
      400,
      "container_action_unknown",
    ]);
    assert.equal(simulator.log.count("rest DELETE*"), 0);
    const { status, body } = await admin.post(path, withAction({ confirm: true }));
    assert.deepEqual([status, body], [200, { action: "delete", deleted: [id], failed: [] }]);
    assert.equal(simulator.log.count("rest DELETE*"), 1);
  });

  it("spend no request for a page of somebody else", async () => {
    await start();
    const before = simulator.log.count("rest*");
    const answer = await admin.get(account("containers"), { "sec-fetch-site": "cross-site" });
    assert.deepEqual(errorOf(answer), [400, "bad_request"]);
    assert.equal(simulator.log.count("rest*"), before);
  });

  it("give the quota and its calls without one", async () => {
    await start();
    await admin.post(account("discover"));
    const before = simulator.log.count("rest*");
    const { body } = await admin.get(account("quota"));
    assert.equal((body as QuotaView).limit, 50);
    const { body: report } = await admin.get(account("diagnostics"));
    const { calls } = (report as { quota: { calls: { endpoint: string; vin: string | null }[] } }).quota;
    assert.ok(calls.some(({ endpoint }) => endpoint === "mappings"));
    for (const { vin } of calls) assert.ok(vin === null || vin.startsWith("…"));
    assert.equal(simulator.log.count("rest*"), before);
  });

  it("check an account by one request, which they name before", async () => {
    await start();
    const before = simulator.log.count("rest*");
    const { body: plan } = await admin.get(account("check"));
    const { cost, quota } = plan as CheckPlanView;
    assert.deepEqual([cost, quota.remaining], [1, 50]);
    assert.equal(simulator.log.count("rest*"), before);
    const { status, body } = await admin.post(account("check"));
    const { findings } = body as CheckView;
    assert.deepEqual([status, simulator.log.count("rest*")], [200, before + 1]);
    assert.ok(findings.some(({ code, level }) => code === "rest_answers" && level === "green"));
    simulator.faults.burnQuota(50);
    await admin.post(account("check"));
    const spent = simulator.log.count("rest*");
    assert.deepEqual(((await admin.get(account("check"))).body as CheckPlanView).spared, "noQuota");
    const checked = (await admin.post(account("check"))).body as CheckView;
    assert.ok(checked.findings.some(({ code }) => code === "rest_unasked"));
    assert.equal(simulator.log.count("rest*"), spent);
  });

  it("tell who has a client ID, however it is written, and ask BMW nothing", async () => {
    await start();
    const before = simulator.log.entries.length;
    const holder = async (clientId: unknown) => {
      const { body } = await admin.post("/cardata/client/holder", { clientId });
      return (body as ClientAnswer).holder?.id ?? null;
    };
    assert.equal(await holder(simulator.clientId), ACCOUNT);
    assert.equal(await holder(` ${simulator.clientId.toUpperCase()} `), ACCOUNT);
    process.env["CARDATA_TEST_CLIENT"] = simulator.clientId;
    assert.equal(await holder("${CARDATA_TEST_CLIENT}"), ACCOUNT);
    delete process.env["CARDATA_TEST_CLIENT"];
    for (const nobody of ["", "00000000-0000-4000-8000-000000000000", 5, null])
      assert.equal(await holder(nobody), null, String(nobody));
    await bench.deploy([]);
    assert.equal(await holder(simulator.clientId), null);
    assert.equal(simulator.log.entries.length, before);
  });

  it("forget the login on `logout`", async () => {
    const { storeKey } = await start();
    const { status, body } = await admin.post(account("logout"));
    assert.deepEqual([status, (body as { login: { state: string } }).login.state], [200, "none"]);
    assert.equal(await readLogin(bench.userDir, ACCOUNT, storeKey!), null);
    await bench.status("stream", "login needed");
    assert.deepEqual(errorOf(await admin.post(account("refresh"))), [400, "not_logged_in"]);
  });
});
