import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../simulator/index.js";

const MINUTE = 60_000;
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** The simulator has to be as strict as BMW, or every test against it is worth little. */
describe("simulated BMW", () => {
  let clock: SimulatedClock;
  let bmw: Simulator;
  const verifier = randomBytes(48).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");

  const begin = async (options: SimulatorOptions = {}) => {
    clock = new SimulatedClock(START);
    bmw = await startSimulator({ clock, tick: 0, ...options });
  };

  afterEach(() => bmw.stop());

  const form = async (path: string, fields: Record<string, string>) => {
    const body = new URLSearchParams({ client_id: bmw.clientId, ...fields });
    const response = await fetch(bmw.oauthUrl + path, { method: "POST", body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const requestCode = (fields = {}) =>
    form("/gcdm/oauth/device/code", {
      response_type: "device_code",
      scope: "openid",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...fields,
    });
  const poll = (deviceCode: unknown, fields = {}) =>
    form("/gcdm/oauth/token", {
      grant_type: DEVICE_GRANT,
      device_code: String(deviceCode),
      code_verifier: verifier,
      ...fields,
    });
  const refresh = (token: string) => form("/gcdm/oauth/token", { grant_type: "refresh_token", refresh_token: token });
  const rest = (path: string, token: string, headers: Record<string, string> = { "x-version": "v1" }) =>
    fetch(bmw.apiUrl + path, { headers: { Authorization: `Bearer ${token}`, ...headers } });

  it("answers pending until the code is approved on its page, then gives tokens once", async () => {
    await begin();
    const { body: code } = await requestCode();
    await clock.advance(5000);
    assert.deepEqual(await poll(code["device_code"]), { status: 403, body: { error: "authorization_pending" } });
    const link = String(code["verification_uri_complete"]);
    assert.match(await (await fetch(link)).text(), new RegExp(String(code["user_code"])));
    const decision = new URLSearchParams({ user_code: String(code["user_code"]), decision: "approved" });
    await fetch(link, { method: "POST", body: decision });
    await clock.advance(5000);
    const { status, body } = await poll(code["device_code"]);
    assert.equal(status, 200);
    assert.equal(body["gcid"], bmw.gcid);
    await clock.advance(5000);
    assert.equal((await poll(code["device_code"])).status, 400);
  });

  it("wants the verifier that fits the challenge, and a known client", async () => {
    await begin({ autoApprove: true });
    const { body: code } = await requestCode();
    assert.equal((await poll(code["device_code"], { code_verifier: "x".repeat(64) })).body["error"], "invalid_grant");
    assert.equal((await requestCode({ client_id: "x" })).status, 401);
    assert.equal((await requestCode({ code_challenge_method: "plain" })).status, 400);
  });

  it("slows down who polls too fast, and lets codes expire", async () => {
    await begin();
    const { body: code } = await requestCode();
    await poll(code["device_code"]);
    await clock.advance(1000);
    assert.equal((await poll(code["device_code"])).body["error"], "slow_down");
    await clock.advance(6000);
    assert.equal((await poll(code["device_code"])).body["error"], "slow_down");
    await clock.advance(5 * MINUTE);
    assert.deepEqual(await poll(code["device_code"]), { status: 401, body: { error: "expired_token" } });
  });

  it("rotates refresh tokens: the old one answers 400 invalid_request", async () => {
    await begin();
    const first = bmw.issueTokens().refresh_token;
    const { body } = await refresh(first);
    assert.notEqual(body["refresh_token"], first);
    const again = await refresh(first);
    assert.equal(again.status, 400);
    assert.equal(again.body["error"], "invalid_request");
  });

  it("demands x-version and a valid token, and distinguishes an expired from an unknown one", async () => {
    await begin();
    const { access_token: token } = bmw.issueTokens();
    const code = async (response: Response) => ((await response.json()) as { exveErrorId: string }).exveErrorId;
    assert.equal(await code(await rest("/customers/vehicles/mappings", token, {})), "CU-400");
    assert.equal(await code(await rest("/customers/vehicles/mappings", "x")), "CU-101");
    await clock.advance(61 * MINUTE);
    assert.equal(await code(await rest("/customers/vehicles/mappings", token)), "CU-102");
  });

  it("answers mappings and basic data, and pictures as bytes", async () => {
    await begin();
    const { access_token: token } = bmw.issueTokens();
    const mappings = (await (await rest("/customers/vehicles/mappings", token)).json()) as { vin: string }[];
    assert.deepEqual(
      mappings.map(({ vin }) => vin),
      bmw.cars.map(({ vin }) => vin),
    );
    const vin = mappings[0]?.vin ?? "";
    assert.equal((await rest(`/customers/vehicles/${vin}/basicData`, token)).status, 200);
    const picture = await rest(`/customers/vehicles/${vin}/image`, token);
    assert.equal(picture.headers.get("content-type"), "image/png");
    assert.equal(Buffer.from(await picture.arrayBuffer()).toString("latin1", 1, 4), "PNG");
  });

  it("creates, answers from and deletes a container over the wire", async () => {
    await begin();
    const headers = { Authorization: `Bearer ${bmw.issueTokens().access_token}`, "x-version": "v1" };
    const url = `${bmw.apiUrl}/customers/containers`;
    const technicalDescriptors = ["vehicle.vehicle.travelledDistance"];
    const body = JSON.stringify({ name: "n", purpose: "p", technicalDescriptors });
    const created = await fetch(url, { method: "POST", headers, body });
    assert.equal(created.status, 201);
    const { containerId } = (await created.json()) as { containerId: string };
    const [car] = bmw.cars;
    const data = await fetch(`${bmw.apiUrl}/customers/vehicles/${car?.vin}/telematicData?containerId=${containerId}`, {
      headers,
    });
    assert.match(await data.text(), /travelledDistance/);
    assert.equal((await fetch(`${url}/${containerId}`, { method: "DELETE", headers })).status, 204);
  });

  it("is steered over its control address", async () => {
    await begin();
    const control = (name: string, body: object) =>
      fetch(`${bmw.controlUrl}/${name}`, { method: "POST", body: JSON.stringify(body) });
    const truth = (await (await fetch(`${bmw.controlUrl}/truth`)).json()) as { vin: string; time: number }[];
    await control("step", { ms: 60_000 });
    const later = (await (await fetch(`${bmw.controlUrl}/truth`)).json()) as { vin: string; time: number }[];
    assert.equal((later[0]?.time ?? 0) - (truth[0]?.time ?? 0), 60_000);
    await control("status", { server: "oauth", count: 1, status: 503 });
    const failed = await fetch(`${bmw.oauthUrl}/gcdm/oauth/device/code`, { method: "POST" });
    assert.equal(failed.status, 503);
    assert.equal((await control("nonsense", {})).status, 404);
  });

  it("adds a Retry-After header over the control address, where a test wants one", async () => {
    await begin();
    const { access_token: token } = bmw.issueTokens();
    const control = (name: string, body: object) =>
      fetch(`${bmw.controlUrl}/${name}`, { method: "POST", body: JSON.stringify(body) });
    await control("burnQuota", {});
    assert.equal((await rest("/customers/vehicles/mappings", token)).headers.get("retry-after"), null);
    await control("retryAfter", { seconds: 120 });
    const refused = await rest("/customers/vehicles/mappings", token);
    assert.equal(refused.status, 403);
    assert.equal(refused.headers.get("retry-after"), "120");
  });

  it("lets the control address cause every trouble of REST", async () => {
    await begin();
    const { access_token: token } = bmw.issueTokens();
    const control = async (name: string, body: object) => {
      const response = await fetch(`${bmw.controlUrl}/${name}`, { method: "POST", body: JSON.stringify(body) });
      assert.equal(response.status, 200, name);
      return ((await response.json()) as { result: unknown }).result;
    };
    const vin = bmw.cars[0]?.vin ?? "";
    const ids = (await control("foreignContainers", { count: 2 })) as string[];
    assert.equal(ids.length, 2);
    await control("refuseCar", { vin });
    assert.equal((await rest(`/customers/vehicles/${vin}/basicData`, token)).status, 403);
    await control("refuseCar", { vin, refused: false });
    assert.equal((await rest(`/customers/vehicles/${vin}/basicData`, token)).status, 200);
    await control("loseContainers", {});
    assert.deepEqual(await (await rest("/customers/containers", token)).json(), { containers: [] });
    const create = async () => {
      const body = JSON.stringify({ name: "n", purpose: "p", technicalDescriptors: ["vehicle.isMoving"] });
      const headers = { Authorization: `Bearer ${token}`, "x-version": "v1" };
      return (await fetch(`${bmw.apiUrl}/customers/containers`, { method: "POST", headers, body })).status;
    };
    await control("refuseContainers", {});
    assert.equal(await create(), 403);
    await control("refuseContainers", { refused: false });
    await control("rejectDescriptors", { descriptors: ["vehicle.isMoving"] });
    assert.equal(await create(), 400);
    await control("rejectDescriptors", { descriptors: [] });
    assert.equal(await create(), 201);
    await control("invalidateContainer", {});
    assert.match(await (await rest("/customers/containers", token)).text(), /DELETED/);
    await control("repeatPageToken", {});
    await control("expirePageTokens", {});
  });

  it("can drop, garble and hang its answers", async () => {
    await begin();
    bmw.faults.oauth.drop();
    await assert.rejects(requestCode());
    bmw.faults.oauth.truncated();
    await assert.rejects(requestCode());
    bmw.faults.oauth.hang();
    await assert.rejects(fetch(`${bmw.oauthUrl}/link`, { signal: AbortSignal.timeout(100) }));
    bmw.faults.oauth.html();
    assert.match(await (await fetch(`${bmw.oauthUrl}/link`)).text(), /Maintenance/);
  });
});
