import assert from "node:assert/strict";
import fc from "fast-check";
import type { HttpResponse } from "../../../src/support/http.js";
import { HttpFailure } from "../../../src/support/http.js";
import { CarDataError } from "../../../src/support/errors.js";
import { TraccarClient } from "../../../src/traccar/traccar-client.js";
import { json, networkDown, scriptedHttp, START, timedOut, type HttpAnswer } from "../../helpers/fakes.js";
import { traccarToken } from "../../simulator/traccar-tokens.js";

const TOKEN = "RzBFAiEA-secret";
const DEVICES = [
  { id: 3, name: "i4", uniqueId: "864893030000000" },
  { id: 4, name: "330e", uniqueId: "864893030000001" },
];

/** The traces of Traccar 6.14.5, declared as JSON. */
const NO_TOKEN =
  "arraycopy: last source index 83 out of bounds for byte[6] - ArrayIndexOutOfBoundsException (... < CryptoManager:68 < TokenManager:74 < LoginService:77 < ...)";
const BAD_SIGNATURE =
  "Signature encoding error - SignatureException (... < CryptoManager:70 < TokenManager:74 < LoginService:77 < ...)";
const NO_DATABASE =
  "Connection is not available - SQLTransientConnectionException (... < DatabaseStorage:64 < CryptoManager:88 < TokenManager:74 < ...)";
const hidden = (status: number): HttpAnswer => ({ status, text: "HiddenError" });

function clientOf(...script: HttpAnswer[]) {
  const http = scriptedHttp(...script);
  return {
    ...http,
    client: new TraccarClient({ send: http.send, url: "http://traccar.lan:8082//", token: ` ${TOKEN} ` }),
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CarDataError, String(error));
  for (let part: unknown = error; part instanceof Error; part = part.cause)
    assert.ok(!`${part.message} ${JSON.stringify(part)}`.includes(TOKEN), "the token is in an error");
  return error.code;
}

describe("Traccar client", () => {
  it("asks for the devices with the token", async () => {
    const { client, requests } = clientOf(json(200, DEVICES));
    assert.deepEqual(await client.devices(), DEVICES);
    const [request] = requests;
    assert.equal(request?.method, "GET");
    assert.equal(request.url, "http://traccar.lan:8082/api/devices");
    assert.equal(request.headers["Authorization"], `Bearer ${TOKEN}`);
    assert.equal(request.timeoutMs, 10_000);
  });

  it("asks for the position of a device", async () => {
    const position = { latitude: 48, longitude: 11, speed: 54, valid: true };
    const { client, requests } = clientOf({
      status: 200,
      body: [position],
      headers: { date: "Mon, 02 Mar 2026 06:00:00 GMT" },
    });
    const answer = await client.position(3);
    assert.equal(answer?.position?.speedKmh.toFixed(6), "100.008000");
    assert.equal(answer.serverTime, Date.parse("2026-03-02T06:00:00Z"));
    assert.equal(requests[0]?.url, "http://traccar.lan:8082/api/positions?deviceId=3");
  });

  it("asks the server, not the page that the browser shows", async () => {
    const http = scriptedHttp(json(200, []));
    const url = "http://traccar.lan:8082/settings/preferences";
    await new TraccarClient({ send: http.send, url, token: TOKEN }).devices();
    assert.equal(http.requests[0]?.url, "http://traccar.lan:8082/api/devices");
  });

  it("takes a failure that a good token cannot have caused for one of the server", async () => {
    const { send } = scriptedHttp(hidden(500));
    const client = new TraccarClient({ send, url: "http://traccar.lan:8082", token: traccarToken(START) });
    assert.equal(await codeOf(client.devices()), "traccar_unreachable");
  });

  it("keeps the path of a server behind a reverse proxy", async () => {
    const http = scriptedHttp(json(200, []));
    await new TraccarClient({ send: http.send, url: "https://home.example/traccar/", token: TOKEN }).devices();
    assert.equal(http.requests[0]?.url, "https://home.example/traccar/api/devices");
  });

  const faults: readonly [what: string, answer: HttpAnswer, code: string][] = [
    [
      "a page for people",
      { status: 200, text: "<html><body>Router</body></html>", type: "text/html" },
      "traccar_invalid_response",
    ],
    ["a refused token", { status: 401, text: "HTTP 401 Unauthorized" }, "traccar_unauthorised"],
    ["a text that is no token", { status: 400, text: NO_TOKEN }, "traccar_unauthorised"],
    ["a token with another first letter", { status: 500, text: BAD_SIGNATURE }, "traccar_unauthorised"],
    ["a text that is no token, of a server that tells nothing", hidden(400), "traccar_unauthorised"],
    ["a token with another first letter, of a server that tells nothing", hidden(500), "traccar_unauthorised"],
    ["a database that is away", { status: 500, text: NO_DATABASE }, "traccar_unreachable"],
    [
      "a redirect",
      { status: 302, text: "", headers: { location: "https://elsewhere.example/" } },
      "traccar_invalid_response",
    ],
    ["no server", networkDown, "traccar_unreachable"],
    ["silence", timedOut, "traccar_unreachable"],
    ["a server that has a problem", { status: 503, text: "" }, "traccar_unreachable"],
    ["an endless answer", new HttpFailure("too_large", "too large"), "traccar_invalid_response"],
    ["an object", json(200, { error: "no" }), "traccar_invalid_response"],
    ["deep nesting", { status: 200, text: "[".repeat(5000) + "]".repeat(5000) }, "traccar_invalid_response"],
  ];
  for (const [what, answer, code] of faults)
    it(`reports ${what} by its code`, async () => {
      assert.equal(await codeOf(clientOf(answer).client.devices()), code);
      assert.equal(await codeOf(clientOf(answer).client.position(3)), code);
    });

  it("follows no redirect", async () => {
    const { client, requests } = clientOf({
      status: 307,
      text: "",
      headers: { location: "https://elsewhere.example/" },
    });
    await codeOf(client.devices());
    assert.equal(requests.length, 1);
  });

  it("distinguishes a position that is refused from one that is not there", async () => {
    assert.equal(await clientOf({ status: 400, text: "Device access denied" }).client.position(3), null);
    assert.deepEqual(await clientOf(json(200, [])).client.position(3), { position: null, serverTime: null });
  });

  it("answers or fails by a code, whatever the server sends", async () => {
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom("", "[{}]", "[null]", '[{"latitude":1,"longitude":1}]'),
    );
    const status = fc.constantFrom(200, 200, 200, 204, 301, 400, 401, 403, 404, 429, 500);
    await fc.assert(
      fc.asyncProperty(status, body, async (code, text) => {
        for (const ask of [(one: TraccarClient) => one.devices(), (one: TraccarClient) => one.position(3)])
          await ask(clientOf({ status: code, text, headers: { date: text } }).client).catch((error: unknown) => {
            assert.ok(error instanceof CarDataError && error.code.startsWith("traccar_"), String(error));
          });
      }),
    );
  });

  it("accepts no unusable settings", async () => {
    const make = (url: string, token: string) => async () =>
      new TraccarClient({ send: () => Promise.reject<HttpResponse>(networkDown), url, token });
    for (const url of [
      "",
      "traccar.lan",
      "192.168.1.10:8082",
      "ftp://traccar.lan",
      "http://me:pw@traccar.lan",
      "http://a/?x=1",
    ])
      assert.equal(await codeOf(make(url, TOKEN)()), "traccar_url_invalid", url);
    assert.equal(await codeOf(make("http://traccar.lan", "  ")()), "traccar_token_missing");
    assert.equal(await codeOf(make("http://traccar.lan", `${TOKEN}\r\nHost: x`)()), "traccar_unauthorised");
  });
});
