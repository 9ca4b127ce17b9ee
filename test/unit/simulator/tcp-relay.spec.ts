import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { TcpRelay } from "../../simulator/tcp-relay.js";

describe("a relay before a server", () => {
  let server: Server;
  let relay: TcpRelay;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    // Says everything again.
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    relay = await TcpRelay.start((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await relay.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = () => {
    const socket = connect(relay.port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  };
  const said = async (socket: Socket) => String((await once(socket, "data"))[0]);

  it("lets everything through, in both directions", async () => {
    const socket = open();
    socket.write("hello");
    assert.equal(await said(socket), "hello");
    assert.equal(relay.connections, 1);
  });

  it("frozen lets nothing through, and a new connection works meanwhile", async () => {
    const frozen = open();
    frozen.write("hello");
    await said(frozen);
    relay.freeze();
    let received = 0;
    frozen.on("data", () => received++).on("close", () => received++);
    frozen.write("again");
    const fresh = open();
    fresh.write("other");
    assert.equal(await said(fresh), "other");
    assert.equal(received, 0);
    assert.equal(relay.connections, 2);
  });

  it("silent takes a connection and says nothing", async () => {
    relay.mode = "silent";
    const socket = open();
    await once(socket, "connect");
    socket.on("data", () => assert.fail("something was said"));
    socket.write("hello");
    relay.mend();
    const other = open();
    other.write("there");
    assert.equal(await said(other), "there");
    assert.ok(!socket.destroyed);
  });

  it("refused ends a connection at once", async () => {
    relay.mode = "refused";
    const socket = open();
    await new Promise((resolve) => socket.on("close", resolve));
    assert.equal(relay.connections, 0);
  });

  it("leads elsewhere until it is mended", async () => {
    const other = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("portal");
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    relay.target = (other.address() as AddressInfo).port;
    assert.equal(await said(open()), "portal");
    relay.mend();
    const socket = open();
    socket.write("home");
    assert.equal(await said(socket), "home");
    await new Promise((resolve) => other.close(resolve));
  });
});
