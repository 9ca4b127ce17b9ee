import assert from "node:assert/strict";
import { BMW_ENDPOINTS, customEndpoints, isSafeLoginLink } from "../../../src/support/endpoints.js";

const typed = {
  authUrl: "http://127.0.0.1:1000/",
  apiUrl: "https://api.example",
  streamUrl: "mqtts://stream.example:9000",
  caFile: "",
};

describe("endpoints", () => {
  it("are taken as typed, without a slash at the end", () => {
    assert.deepEqual(customEndpoints(typed), {
      authUrl: "http://127.0.0.1:1000",
      apiUrl: "https://api.example",
      streamUrl: "mqtts://stream.example:9000",
    });
    assert.equal(customEndpoints({ ...typed, caFile: " /ca.pem " }).caFile, "/ca.pem");
  });

  for (const changes of [
    { authUrl: "http://example.com" },
    { authUrl: "" },
    { apiUrl: "ftp://127.0.0.1" },
    { apiUrl: "http://127.0.0.1.example.com" },
    { streamUrl: "mqtt://example.com:1883" },
    { streamUrl: "https://example.com" },
    { streamUrl: "no address" },
  ])
    it(`refuse ${JSON.stringify(changes)}: neither encrypted nor on this machine`, () => {
      assert.throws(() => customEndpoints({ ...typed, ...changes }), { code: "invalid_endpoint" });
    });

  it("accept plain addresses of this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"])
      assert.equal(customEndpoints({ ...typed, streamUrl: `mqtt://${host}:1883` }).streamUrl, `mqtt://${host}:1883`);
  });
});

describe("the link of a login", () => {
  const custom = customEndpoints(typed);

  for (const [link, safe] of [
    ["https://customer.bmwgroup.com/oneid/link?user_code=A", true],
    ["https://bmwgroup.com/", true],
    ["https://bmwgroup.com.example.com/", false],
    ["https://evilbmwgroup.com/", false],
    ["http://customer.bmwgroup.com/", false],
    ["javascript:alert(1)", false],
    ["", false],
  ] as const)
    it(`${safe ? "may" : "must not"} be ${link || "nothing"}`, () => {
      assert.equal(isSafeLoginLink(link, BMW_ENDPOINTS), safe);
    });

  it("may lead to the custom server that the user entered, and nowhere else", () => {
    assert.ok(isSafeLoginLink("http://127.0.0.1:1000/link", custom));
    assert.ok(!isSafeLoginLink("http://127.0.0.1:2000/link", custom));
    assert.ok(!isSafeLoginLink("http://127.0.0.1:1000/link", BMW_ENDPOINTS));
  });
});
