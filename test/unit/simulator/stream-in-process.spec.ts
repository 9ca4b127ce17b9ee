import assert from "node:assert/strict";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import type { TransportEvents } from "../../../src/stream/transport.js";
import { START } from "../../helpers/fakes.js";
import { bmwInProcess } from "../../simulator/in-process.js";

describe("the stream of a BMW in process", () => {
  const clock = new SimulatedClock(START);
  const bmw = bmwInProcess({ clock });
  const vin = bmw.cars[0]!.vin;

  /** Opens a connection with this token and records its events. */
  const connect = async (idToken = bmw.issueTokens().id_token) => {
    const reported: string[] = [];
    const note = (text: string) => () => reported.push(text);
    const events: TransportEvents = {
      onAccepted: note("accepted"),
      onRefused: (code) => reported.push(`refused ${code}`),
      onSubscribed: (granted) => reported.push(`subscribed ${granted}`),
      onMessage: (topic, payload) => reported.push(`${topic.split("/")[1] ?? ""} ${payload.toString()}`),
      onClosed: (problem) => reported.push(`closed ${problem?.code ?? ""}`.trim()),
    };
    const target = {
      url: "",
      clientId: "",
      keepsSession: false,
      topic: "",
      verifyCertificate: true,
      password: idToken,
    };
    const connection = bmw.stream.open(target, events);
    await clock.advance(0);
    return { told: reported, connection };
  };

  it("carries messages to who has a valid token, and to nobody else", async () => {
    const { told: reported } = await connect();
    assert.deepEqual((await connect("a.b.c")).told, ["refused 5"]);
    bmw.stream.publish(vin, { x: 1 });
    assert.deepEqual(reported, ["accepted", "subscribed true", `${vin} {"x":1}`]);
  });

  it("has one session: the next one ends it", async () => {
    const first = await connect();
    const second = await connect();
    assert.equal(first.told.at(-1), "closed");
    await second.connection.close();
    assert.equal(second.told.at(-1), "closed");
  });

  it("ends a session with its token", async () => {
    const { told: reported } = await connect();
    await clock.advance(3599_000);
    assert.equal(reported.at(-1), "subscribed true");
    await clock.advance(1000);
    assert.equal(reported.at(-1), "closed");
  });

  it("can be silent, out of reach, and fought over", async () => {
    bmw.stream.faults.isSilent = true;
    assert.deepEqual((await connect()).told, []);
    bmw.stream.faults.isSilent = false;
    bmw.stream.faults.unreachable = { code: "stream_network" };
    assert.deepEqual((await connect()).told, ["closed stream_network"]);
    bmw.stream.faults.unreachable = null;
    bmw.stream.kickEvery(5000);
    const { told: reported } = await connect();
    await clock.advance(5000);
    assert.equal(reported.at(-1), "closed");
    bmw.stream.kickEvery(null);
  });
});
