import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import express, { type Response } from "express";
import { registerCockpitStream } from "../../nodes/lib/cockpit-stream.js";
import type { NodeAPI } from "../../nodes/lib/red.js";
import type { Account } from "../../src/account/account.js";
import { cockpitModel } from "../helpers/cockpit-model.js";
import { eventually } from "../helpers/eventually.js";
import { VIN } from "../helpers/fakes.js";
import { PageStream } from "../helpers/page-stream.js";
import { SOC } from "../helpers/test-vehicle.js";

const MINUTE = 60_000;
const COLLECTED = 250;
const PATH = "/cardata/cockpit/stream";
/** More than the system keeps of a connection that is not read, in events of 150 bytes. */
const FLOOD = { turns: 60, events: 2000 };
const MOST_KEPT = 1_000_000;

describe("the stream of the cockpit over a connection, on a simulated clock", () => {
  let model: ReturnType<typeof cockpitModel>;
  let account: Account;
  let server: Server;
  let port: number;
  const responses: Response[] = [];

  beforeEach(async () => {
    model = cockpitModel();
    account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    const httpAdmin = express();
    httpAdmin.use((_request, response, next) => {
      responses.push(response);
      next();
    });
    const passes = (_request: unknown, _response: unknown, next: () => void) => {
      next();
    };
    registerCockpitStream({ httpAdmin, auth: { needsPermission: () => passes } } as unknown as NodeAPI, model.cockpit);
    server = createServer(httpAdmin).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    responses.length = 0;
    await model.close();
  });
  const open = () => PageStream.open(`http://127.0.0.1:${port}${PATH}`);

  it("ends after ten minutes, so that the page has to show its token again", async () => {
    const page = await open();
    await page.snapshot;
    await model.clock.advance(10 * MINUTE - 1);
    assert.equal(page.isOver, false);
    await model.clock.advance(1);
    await page.over();
    assert.deepEqual(page.messages.at(-1), { kind: "end", reason: "time" });
    assert.equal((await (await open()).snapshot).cars.length, 1);
  });

  it("ends when the account closes", async () => {
    const page = await open();
    await page.snapshot;
    await model.remove(account);
    await page.over();
    assert.deepEqual(page.messages.at(-1), { kind: "end", reason: "closed" });
  });

  it("costs nothing any more once the page is closed", async () => {
    const page = await open();
    await page.snapshot;
    page.close();
    await eventually("the end of the answer", () => responses[0]?.closed);
    let described = 0;
    Object.defineProperty(account, "vehicles", { get: () => (described++, []) });
    model.tell(account, VIN, { [SOC]: 51 });
    await model.clock.advance(MINUTE);
    assert.equal(described, 0);
  });

  describe("to a page that does not read", () => {
    let socket: Socket;
    beforeEach(async () => {
      socket = connect(port, "127.0.0.1");
      socket.pause();
      socket.write(`GET ${PATH} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
      await eventually("the answer", () => responses[0]?.headersSent);
    });
    afterEach(() => {
      socket.destroy();
    });

    /** Has much more happen than a connection holds; returns the most that was kept for it. */
    const flood = async () => {
      let most = 0;
      for (let turn = 0; turn < FLOOD.turns; turn++) {
        for (let event = 0; event < FLOOD.events; event++)
          account.events.emit("event", { name: "connected" }, model.clock.now());
        model.clock.runTo(model.clock.now() + COLLECTED);
        await new Promise(setImmediate);
        most = Math.max(most, responses[0]?.writableLength ?? 0);
      }
      return most;
    };

    it("piles up no memory, and gives it everything anew once it reads", async () => {
      const most = await flood();
      assert.ok(most > 0 && most < MOST_KEPT, `${most} bytes wait`);
      let text = "";
      socket.on("data", (bytes) => (text += bytes.toString()));
      socket.resume();
      await eventually("a second snapshot", () => text.split('"kind":"snapshot"').length === 3);
      model.tell(account, VIN, { [SOC]: 77 });
      await model.clock.advance(COLLECTED);
      await eventually("what comes then", () => text.includes('"value":77'));
    });

    it("is cut after some beats without a sign of life", async () => {
      await flood();
      await model.clock.advance(2 * MINUTE);
      await eventually("the cut", () => responses[0]?.closed);
    });
  });
});
