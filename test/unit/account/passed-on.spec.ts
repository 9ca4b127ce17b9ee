import assert from "node:assert/strict";
import { memoryFiles } from "../../../src/store/atomic-files.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { testAccount, type TestAccountOptions } from "../../helpers/account.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const BROKER = { source: "broker", brokerHost: "broker.local" };
const MINUTE = 60_000;
const SOC = "vehicle.drivetrain.batteryManagement.header";

function message(vin: string, value: unknown, seconds = 0) {
  const timestamp = new Date(START + seconds * 1000).toISOString();
  return { vin, timestamp, data: { [SOC]: { value, timestamp } } };
}

/** A PNG as far as its first bytes say so. */
function picture(last: number): Buffer {
  const bytes = Buffer.alloc(500, last);
  Buffer.from("89504e470d0a1a0a", "hex").copy(bytes);
  return bytes;
}

async function reader(options: TestAccountOptions = {}) {
  const parts = testAccount({ ...options, properties: { ...BROKER, ...options.properties } });
  const pictured: [string, Buffer][] = [];
  parts.account.events.on("pictured", (vin, { bytes }) => pictured.push([vin, bytes]));
  parts.account.retain("node-1");
  await parts.account.open();
  await settle();
  parts.broker.accept();
  const hear = async (topic: string, payload: unknown, retained = false) => {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    parts.broker.last().events.onMessage(topic, bytes, retained);
    await settle();
  };
  return { ...parts, hear, pictured };
}

describe("what the Node-RED that owns the login passes on", () => {
  describe("of BMW's basic data", () => {
    const basicData = { brand: "BMW", modelName: "i4 eDrive40", driveTrain: "BEV" };

    it("makes name and kind of a car known, once", async () => {
      const { account, hear, updates } = await reader();
      for (const sentAt of [0, 1]) await hear(`bmw/${VIN}`, { ...message(VIN, 63, sentAt), basicData }, true);
      const car = account.registry.cars.get(VIN);
      assert.deepEqual([car?.basicData, car?.vehicle.driveType], [basicData, "bev"]);
      assert.equal(updates.filter(({ envelope }) => envelope === undefined).length, 1);
    });

    it("is nothing where it is no object", async () => {
      const { account, hear } = await reader();
      for (const odd of [null, "BMW", [basicData]]) await hear(`bmw/${VIN}`, { ...message(VIN, 63), basicData: odd });
      assert.equal(account.registry.cars.get(VIN)?.basicData, null);
    });
  });

  describe("of pictures", () => {
    it("is kept and told once, also before anything else is known of the car", async () => {
      const { account, hear, pictured } = await reader();
      for (const last of [1, 1, 2]) await hear(`bmw/${VIN}/image`, picture(last), true);
      assert.deepEqual(pictured, [
        [VIN, picture(1)],
        [VIN, picture(2)],
      ]);
      assert.deepEqual(await account.rest.keptImage(VIN), { bytes: picture(2), type: "image/png" });
    });

    it("is known after a restart", async () => {
      const files = memoryFiles();
      const first = await reader({ files });
      await first.hear(`bmw/${VIN}/image`, picture(1));
      await first.account.close();
      const second = await reader({ files });
      await second.hear(`bmw/${VIN}/image`, picture(1), true);
      assert.deepEqual(second.pictured, []);
    });

    it("is nothing if it is too large, of an ignored car, or no picture", async () => {
      const { hear, pictured } = await reader({ properties: { vehicles: [{ vin: OTHER_VIN, ignore: true }] } });
      await hear(`bmw/${VIN}/image`, Buffer.concat([picture(1), Buffer.alloc(1024 * 1024)]));
      await hear(`bmw/${OTHER_VIN}/image`, picture(1));
      await hear(`bmw/${VIN}/image`, "picture");
      await hear(`bmw/image`, picture(1));
      assert.deepEqual(pictured, []);
    });

    it("is nothing on BMW's own stream", async () => {
      const parts = testAccount();
      const pictured: string[] = [];
      parts.account.events.on("pictured", (vin) => pictured.push(vin));
      parts.account.retain("node-1");
      await parts.account.open(parts.login());
      await settle();
      parts.broker.accept();
      parts.broker.last().events.onMessage(`customer/${VIN}/image`, picture(1), false);
      await settle();
      assert.deepEqual(pictured, []);
    });
  });

  describe("of its stream", () => {
    const told = (minutes: number, text?: string) => {
      return { account: "Home", timestamp: new Date(START + minutes * MINUTE).toISOString(), ...(text && { text }) };
    };

    it("stands in the status, and is told to the nodes", async () => {
      const { account, hear, events } = await reader();
      await hear("bmw/account/event/disconnected", told(-5, "The stream was cut."));
      assert.deepEqual(account.status.stream.problem?.code, "owner_disconnected");
      assert.equal(account.status.stream.state, "live");
      await hear("bmw/account/event/loginRequired", told(-4));
      assert.deepEqual(account.status.stream.problem?.code, "owner_needs_login");
      await hear("bmw/account/event/connected", told(-3));
      assert.equal(account.status.stream.problem, undefined);
      const names = events.map((event) => event.name);
      assert.deepEqual(names, ["connected", "disconnected", "loginRequired", "connected"]);
    });

    it("is none while it is not connected to the broker, as its will says until it is taken back", async () => {
      const { account, hear, events } = await reader();
      await hear("bmw/account/event/connected", told(-60), true);
      await hear("bmw/account/event/offline", "offline", true);
      assert.equal(account.status.stream.problem?.code, "owner_offline");
      await hear("bmw/account/event/disconnected", told(-1));
      await hear("bmw/account/event/offline", Buffer.alloc(0));
      assert.equal(account.status.stream.problem?.code, "owner_disconnected");
      await hear("bmw/account/event/connected", told(0));
      assert.equal(account.status.stream.problem, undefined);
      const names = events.map((event) => event.name);
      assert.deepEqual(names, ["connected", "disconnected", "disconnected", "connected"]);
    });

    it("is lost for want of a login, though its loss is told later, in either order", async () => {
      for (const order of [
        ["loginRequired", "disconnected"],
        ["disconnected", "loginRequired"],
      ]) {
        const { account, hear } = await reader();
        await hear("bmw/account/event/connected", told(-60), true);
        for (const event of order)
          await hear(`bmw/account/event/${event}`, told(event === "disconnected" ? -4 : -5), true);
        assert.equal(account.status.stream.problem?.code, "owner_needs_login", order.join());
      }
    });

    it("is not lost for ever by a time that lies ahead", async () => {
      const { account, hear } = await reader();
      await hear("bmw/account/event/disconnected", told(60));
      await hear("bmw/account/event/connected", told(1));
      assert.equal(account.status.stream.problem, undefined);
    });

    it("is what the newest event says, whichever comes last", async () => {
      const { account, hear } = await reader();
      await hear("bmw/account/event/disconnected", told(-1), true);
      await hear("bmw/account/event/connected", told(-60), true);
      await hear("bmw/account/event/loginRequired", told(-90), true);
      assert.equal(account.status.stream.problem?.code, "owner_disconnected");
    });

    it("is nothing new where an event is deleted, odd, or about something else", async () => {
      const { account, hear, events } = await reader();
      const before = events.length;
      await hear("bmw/account/event/disconnected", Buffer.alloc(0));
      for (const odd of ["{", 5, null, []]) await hear("bmw/account/event/disconnected", odd);
      await hear("bmw/account/event/quotaLow", told(0));
      await hear(`bmw/${VIN}/event/tripEnded`, { vin: VIN, event: "tripEnded", ...told(0) });
      assert.equal(account.status.stream.problem, undefined);
      assert.deepEqual([events.length, account.registry.rejected.toJSON()], [before, {}]);
    });
  });
});

describe("a prefix under which nothing comes", () => {
  it("is said in the status while cars speak under another one", async () => {
    const { account, broker, clock, log } = await reader();
    await clock.advance(MINUTE);
    const { target, events } = broker.last();
    assert.deepEqual([target.topic, target.keepsSession], ["#", false]);
    assert.notEqual(target.clientId, broker.connections[0]?.target.clientId);
    events.onMessage(`cars/${VIN}/soc`, Buffer.from("63"), true);
    const { state, problem } = account.status.stream;
    assert.deepEqual([state, problem?.code], ["live", "broker_prefix_silent"]);
    assert.ok(log.lines.some((line) => line.includes("under bmw/") && line.includes("cars/")));
    await account.close();
  });

  it("is not looked for at BMW, nor where something is kept under it", async () => {
    const ofBmw = testAccount();
    ofBmw.account.retain("node-1");
    await ofBmw.account.open(ofBmw.login());
    await settle();
    ofBmw.broker.accept();
    const fed = await reader();
    await fed.hear(`bmw/${VIN}`, message(VIN, 63), true);
    for (const { clock, broker } of [ofBmw, fed]) {
      await clock.advance(2 * MINUTE);
      assert.equal(broker.connections.length, 1);
    }
  });
});

describe("the session at the user's own broker", () => {
  async function clientOf(options: TestAccountOptions) {
    const parts = await reader(options);
    const { target } = parts.broker.last();
    await parts.account.close();
    return target;
  }

  it("is kept under the same client id over restarts", async () => {
    const files = memoryFiles();
    const [first, second] = [await clientOf({ files }), await clientOf({ files })];
    assert.deepEqual([first.keepsSession, second.keepsSession], [true, true]);
    assert.equal(first.clientId, second.clientId);
    assert.match(first.clientId, /^cardata-[0-9a-f]{15}$/);
  });

  it("is not opened before its client id is on the disk, which a kill would make another one", async () => {
    const files = new TroubledFiles();
    const write = files.hang("write", /broker\.json$/);
    const parts = testAccount({ properties: BROKER, files });
    parts.account.retain("node-1");
    const opened = parts.account.open();
    await settle();
    assert.equal(parts.broker.connections.length, 0);
    write();
    await opened;
    await settle();
    assert.equal(parts.broker.connections.length, 1);
    assert.notEqual(await files.content("/account-1/broker.json"), null);
  });

  it("is opened although its client id cannot be saved", async () => {
    const files = new TroubledFiles();
    files.trouble("write", "EACCES", /broker\.json$/);
    const parts = await reader({ files });
    assert.equal(parts.broker.connections.length, 1);
  });

  it("is another one for another topic, which the old session would go on to bring, and elsewhere", async () => {
    const files = memoryFiles();
    const random = (first: number) => ({ bytes: (count: number) => Buffer.alloc(count, first), fraction: () => 0.5 });
    const ids = [
      (await clientOf({ files, random: random(1) })).clientId,
      (await clientOf({ files, random: random(2), properties: { brokerPrefix: "cars/" } })).clientId,
      (await clientOf({ random: random(2) })).clientId,
    ];
    assert.equal(new Set(ids).size, ids.length);
  });

  it("is none at BMW", async () => {
    const parts = testAccount();
    parts.account.retain("node-1");
    await parts.account.open(parts.login());
    await settle();
    assert.equal(parts.broker.last().target.keepsSession, false);
    assert.equal(await parts.files.read("/account-1/broker.json"), null);
  });
});
