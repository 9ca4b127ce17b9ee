import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { createHttpSend, HttpFailure, type HttpRequest } from "../../../src/support/http.js";
import { startSimulator } from "../../simulator/index.js";
import { TcpRelay } from "../../simulator/tcp-relay.js";

const send = createHttpSend("cardata-test/1.0");

describe("HTTP door", () => {
  let server: Server;
  let url: string;
  let requests: IncomingMessage[];
  let answer: (response: ServerResponse) => void;
  /** On a busy machine a request comes after its client has given up: it ends with the server, not with the test. */
  let drip: NodeJS.Timeout | undefined;

  beforeEach(async () => {
    requests = [];
    answer = (response) => response.end("{}");
    server = createServer((request, response) => {
      requests.push(request);
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    clearInterval(drip);
  });

  const get = (more: Partial<HttpRequest> = {}) =>
    send({ method: "GET", url, headers: { Authorization: "Bearer x" }, timeoutMs: 5000, maxBytes: 1000, ...more });

  const failure = (kind: HttpFailure["kind"]) => (error: unknown) =>
    error instanceof HttpFailure && error.kind === kind;

  it("sends headers and names itself", async () => {
    await get();
    assert.equal(requests[0]?.headers.authorization, "Bearer x");
    assert.equal(requests[0]?.headers["user-agent"], "cardata-test/1.0");
  });

  it("takes any status as an answer, as bytes", async () => {
    answer = (response) => response.writeHead(403).end(Buffer.from([0xff, 0x00]));
    const { status, body } = await get();
    assert.equal(status, 403);
    assert.deepEqual([...body], [0xff, 0x00]);
  });

  it("does not follow a redirect with a bearer token", async () => {
    answer = (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end();
    assert.equal((await get()).status, 302);
    assert.equal(requests.length, 1);
  });

  it("never sends over a connection that an earlier request has left, because that may be dead by then", async () => {
    const relay = await TcpRelay.start(Number(new URL(url).port));
    url = url.replace(/:\d+/, `:${relay.port}`);
    await get();
    // As after a sleep of the machine: what was open is gone, and nobody says so.
    relay.freeze();
    assert.equal((await get()).status, 200);
    await relay.stop();
  });

  it("cuts headers that are too long", async () => {
    answer = (response) => response.writeHead(200, { "x-long": "a".repeat(1000) }).end();
    assert.equal((await get()).headers["x-long"]?.length, 256);
  });

  it("stops an answer that is larger than allowed", async () => {
    answer = (response) => response.end("x".repeat(2000));
    await assert.rejects(get(), failure("too_large"));
  });

  it("gives up when nothing comes", async () => {
    answer = () => undefined;
    await assert.rejects(get({ timeoutMs: 50 }), failure("timeout"));
  });

  it("gives up on an answer that drips", async () => {
    answer = (response) => {
      response.writeHead(200);
      drip = setInterval(() => response.write(" "), 10);
    };
    await assert.rejects(get({ timeoutMs: 100 }), failure("timeout"));
  });

  it("stops when its owner closes", async () => {
    const owner = new AbortController();
    answer = () => {
      owner.abort();
    };
    await assert.rejects(get({ signal: owner.signal }), failure("aborted"));
  });

  it("reports the reason when nobody is there", async () => {
    await assert.rejects(get({ url: "http://127.0.0.1:1/" }), (error: unknown) => {
      assert.ok(failure("network")(error));
      assert.equal((error as Error).message, "ECONNREFUSED");
      return true;
    });
  });

  for (const [title, secure, accepts, wasSent] of [
    ["an answer that does not come", false, true, true],
    ["a TLS handshake that does not end", true, true, false],
    ["a connection that is refused", false, false, false],
  ] as const)
    it(`reports whether the request had left: ${title}`, async () => {
      const taken: Socket[] = [];
      const silent = createTcpServer((socket) => taken.push(socket.on("error", () => undefined)));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = silent.address() as AddressInfo;
      if (!accepts) await new Promise((resolve) => silent.close(resolve));
      const request = {
        method: "POST",
        url: `${secure ? "https" : "http"}://127.0.0.1:${port}/`,
        body: "a=1",
      } as const;
      // Time enough to connect on a busy machine, where the request has to have left.
      await assert.rejects(get({ ...request, timeoutMs: wasSent ? 1000 : 100 }), (error: unknown) => {
        assert.ok(error instanceof HttpFailure);
        assert.equal(error.wasSent, wasSent);
        return true;
      });
      // What it has not read keeps a connection open that its client has left.
      for (const socket of taken) socket.destroy();
      silent.close();
    });

  it("reports that a request had left when its answer breaks off", async () => {
    answer = (response) => response.socket?.destroy();
    await assert.rejects(get(), (error: unknown) => error instanceof HttpFailure && error.wasSent);
  });

  it("says when the CA file cannot be read, before anything is sent", () => {
    assert.throws(() => createHttpSend("x", "/nowhere/ca.pem"), { code: "ca_file_unreadable" });
  });

  it("verifies certificates, and trusts the given authority", async () => {
    const simulator = await startSimulator({ tick: 0 });
    try {
      // An MQTT port: after the handshake the broker does not answer HTTP, and that distinguishes the two cases.
      const tls = simulator.streamUrl.replace("mqtts", "https");
      await assert.rejects(get({ url: tls }), /SELF_SIGNED/);
      const trusting = createHttpSend("x", simulator.caFile);
      const request = { method: "GET" as const, url: tls, headers: {}, timeoutMs: 2000, maxBytes: 1000 };
      await assert.rejects(trusting(request), (error: Error) => !error.message.includes("SELF_SIGNED"));
    } finally {
      await simulator.stop();
    }
  });
});
