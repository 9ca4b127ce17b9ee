import assert from "node:assert/strict";
import { once } from "node:events";
import type { AccountView, LoginView } from "../../nodes/lib/admin-contract.js";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT } from "../helpers/flow.js";
import { runningFlow, flowAtWork } from "../helpers/running-flow.js";
import { readLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("a deploy while BMW has not answered yet", () => {
  let simulator: Simulator;
  let bench: Bench;

  before(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
  });
  after(() => simulator.stop());
  beforeEach(() => {
    simulator.log.clear();
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const status = async () => {
    const { body } = await (await bench.admin()).get(`/cardata/account/${ACCOUNT}/status`);
    return body as AccountView;
  };
  const refresh = async () => (await bench.admin()).post(`/cardata/account/${ACCOUNT}/refresh`);
  const connected = (times: number) =>
    eventually("a live stream", () => bench.messages("events").filter(({ event }) => event === "connected")[times - 1]);

  /** BMW acts on the next request and keeps its answer; resolves when it has come, to what lets the answer go. */
  const heldRequest = async (ask: () => unknown): Promise<() => void> => {
    const { oauth } = simulator.faults;
    oauth.holdAnswers();
    const arrived = oauth.struck();
    ask();
    await arrived;
    return () => {
      oauth.releaseAnswers();
    };
  };
  /** The flows stop; then BMW answers. */
  const answerAtStop = async (release: () => void) => {
    await once(bench.events, "flows:stopping");
    release();
  };

  for (const type of ["nodes", "flows", "full"] as const)
    it(`to a refresh waits for the answer; the new tokens are used afterwards (deploy of ${type})`, async () => {
      const { flow, credentials } = await runningFlow(bench, simulator);
      const storeKey = credentials[ACCOUNT]?.storeKey ?? "";
      const old = (await readLogin(bench.userDir, ACCOUNT, storeKey))?.refreshToken;
      const release = await heldRequest(() => refresh().catch(() => undefined));
      const changed = flow.map((node) => (node.id === ACCOUNT ? { ...node, topicBase: "garage" } : node));
      await Promise.all([answerAtStop(release), bench.deploy(changed, type, credentials)]);
      await connected(2);
      assert.notEqual((await readLogin(bench.userDir, ACCOUNT, storeKey))?.refreshToken, old);
      assert.equal((await refresh()).status, 200, "BMW takes the token");
      assert.equal((await status()).login.state, "ok");
      assert.equal(simulator.log.count("refresh"), 2);
    });

  it("to a refresh, at a stop of Node-RED: the next start finds the new tokens", async () => {
    const { flow, credentials } = await runningFlow(bench, simulator);
    const release = await heldRequest(() => refresh().catch(() => undefined));
    await Promise.all([answerAtStop(release), bench.close()]);
    await bench.load(flow, credentials);
    await connected(2);
    assert.equal((await refresh()).status, 200, "BMW takes the token");
  });

  for (const [title, stop] of [
    ["deploy", () => bench.deploy(flowAtWork(simulator), "full", { [ACCOUNT]: { clientId: simulator.clientId } })],
    ["stop", () => bench.close()],
  ] as const)
    it(`whether a login is confirmed keeps that login (${title})`, async () => {
      const { credentials } = await runningFlow(bench, simulator, { loggedIn: false });
      const { oauthUrl: authUrl, apiUrl, streamUrl, caFile, clientId } = simulator;
      const request = { account: ACCOUNT, clientId, endpoints: "custom", authUrl, apiUrl, streamUrl, caFile };
      const { body } = await (await bench.admin()).post("/cardata/login", request);
      assert.equal((body as LoginView).state, "waiting");
      const release = await heldRequest(() => undefined);
      await Promise.all([answerAtStop(release), stop()]);
      if (title === "deploy") {
        await connected(1);
        assert.equal((await status()).login.state, "ok");
      } else {
        const key = bench.credentials(ACCOUNT)?.["storeKey"];
        assert.equal((await readLogin(bench.userDir, ACCOUNT, String(key)))?.clientId, clientId);
      }
      assert.ok(credentials[ACCOUNT]);
    });
});

describe("an account that is deleted by a deploy, which is undone by the next one", () => {
  let simulator: Simulator;
  const bench = new Bench();

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
  });
  after(async () => {
    await bench.close();
    await simulator.stop();
  });

  it("still has its login, although Node-RED has forgotten its credentials", async () => {
    const { flow, credentials } = await runningFlow(bench, simulator);
    assert.notEqual(credentials[ACCOUNT]?.storeKey, undefined);
    await bench.deploy(
      flow.filter(({ id }) => id !== ACCOUNT),
      "nodes",
    );
    assert.equal(bench.credentials(ACCOUNT)?.["clientId"], undefined);
    await bench.deploy(flow, "full", { [ACCOUNT]: { clientId: simulator.clientId } });
    await eventually("a live stream", () => bench.messages("events").filter(({ event }) => event === "connected")[1]);
  });
});
