import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { StreamOutput } from "../../../src/messages/stream-output.js";
import { TelematicsOutput } from "../../../src/messages/telematics-output.js";
import type { Form, Parts, Quota } from "../../../src/messages/types.js";
import { orderedLines } from "../../../src/replay/history-pages.js";
import { Anonymiser } from "../../../src/replay/record/anonymiser.js";
import { SensitiveData } from "../../../src/replay/record/sensitive-data.js";
import { treatValue } from "../../../src/replay/record/treat-value.js";
import { readRecording, type RecordedLine } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage } from "../../../src/replay/replay.js";
import { accountInProcess, telematicWants } from "../../helpers/account-in-process.js";
import { commuter, parkedCar } from "../../simulator/cars/everyday.js";
import { SEED, SeededRandom } from "../../helpers/random.js";

const random = new SeededRandom(SEED, "recorded-day");

const MINUTE_MS = 60_000;
const START = Date.parse("2026-03-02T00:00:00Z");
const PAGES = 3;

type SentOnDay = Pick<ReplayedMessage, "at" | "node" | "output" | "msg">;

/** A day of an account that records, and what its nodes sent, the telematics node from its own polls. */
async function recordedDay(form: Form) {
  const cars = [commuter(START, { streamedSoc: "rarely" }), parkedCar(START)];
  const one = accountInProcess({ start: START, cars, properties: { record: true } });
  const sent: SentOnDay[] = [];
  let ids = 0;
  const nextId = () => String(++ids);
  const stream = new StreamOutput(
    { topicBase: "cardata", account: "replay", vehicle: "", descriptors: [], form, onlyChanges: false, values: false },
    nextId,
  );
  const telematics = new TelematicsOutput({ topicBase: "cardata", form }, nextId);
  const send = (node: SentOnDay["node"], output: number, messages: readonly unknown[]) => {
    const at = new Date(one.clock.now()).toISOString();
    for (const msg of messages) sent.push({ at, node, output, msg: structuredClone(msg) });
  };
  one.account.events.on("update", (update) => {
    send("cardata-stream", 0, stream.update(update));
    send("cardata-stream", 1, stream.events(update));
  });
  one.account.events.on("event", (event, at) => {
    if (event.name === "vehicleFound") send("cardata-stream", 1, [stream.event(event, at)]);
  });
  one.account.events.on("answer", (_node, answer) => {
    send("cardata-telematics", 0, telematics.automatic(answer, one.account.status.quota));
  });
  await one.begin();
  one.join("n1", telematicWants("n1", { schedule: "dense" }));
  one.join("n2", {
    descriptors: null,
    pollRequests: [{ kind: "chargingHistory", node: "n2", vin: null, pages: PAGES }],
  });
  one.join("n3", { descriptors: null, pollRequests: [{ kind: "tyreDiagnosis", node: "n3", vin: null, pages: 1 }] });
  for (let step = 0; step < 23 * 30; step++) {
    one.bmw.step(2 * MINUTE_MS);
    await one.clock.advance(2 * MINUTE_MS);
  }
  await one.end();
  const written = await one.files.read("/a1/recordings/2026-03-02.ndjson");
  return {
    sent,
    written: written ?? assert.fail("no recording"),
    containerCalls: one.calls("/containers").length,
    gcid: one.bmw.gcid,
    cars: one.bmw.cars.map(({ vin }) => vin),
  };
}

async function replayed(recording: Buffer, form: Form) {
  const sent: SentOnDay[] = [];
  const options = { nodes: new Set(["stream", "telematics"] as const), vehicle: "", form, until: Infinity };
  const run = new Replay(options, (message) => sent.push(structuredClone(message)));
  for await (const { line, followed } of orderedLines(readRecording(Readable.from([recording]))))
    await run.play(line, followed);
  return { run, sent };
}

interface Message {
  topic: string;
  payload: unknown;
  quota?: Quota;
  parts?: Partial<Parts>;
}

/**
 * Returns the messages of one node without the ids of `parts`, which are made anew.
 * @param unrecorded calls that no line contains, those for data containers
 */
function comparable(sent: readonly SentOnDay[], node: SentOnDay["node"], unrecorded = 0) {
  return sent
    .filter((one) => one.node === node)
    .map(({ at, output, msg }) => {
      const { quota, parts, ...rest } = msg as Message;
      const counted = quota && { ...quota, used: quota.used + unrecorded, remaining: quota.remaining - unrecorded };
      return { at, output, msg: { ...rest, parts: { ...parts, id: "" }, quota: counted } };
    });
}

describe("a recorded day of an account", () => {
  for (const form of ["each", "update", "raw"] as const)
    it(`replays to the messages that the nodes sent live (${form})`, async () => {
      const { sent, written, containerCalls } = await recordedDay(form);
      const { run, sent: again } = await replayed(written, form);
      assert.deepEqual(run.skipped.toJSON(), {});
      assert.deepEqual(comparable(again, "cardata-stream"), comparable(sent, "cardata-stream"));
      const telematics = comparable(sent, "cardata-telematics");
      const [history] = telematics.filter(({ msg }) => msg.topic.endsWith("/chargingHistory"));
      assert.ok((history?.msg.payload as unknown[]).length > 20, "three pages in one message");
      assert.ok(telematics.length > 5);
      // Nobody asked for these, so no node sent them.
      const isDiscovery = ({ msg }: { msg: Message }) => /\/(vehicles|basicData)$/.test(msg.topic);
      const replayedTelematics = comparable(again, "cardata-telematics", containerCalls);
      assert.deepEqual(
        replayedTelematics.filter((one) => !isDiscovery(one as { msg: Message })),
        telematics,
      );
    });

  it("holds nothing of its owner once it is anonymised, and replays to as many messages", async () => {
    const { written, gcid, cars } = await recordedDay("each");
    assert.doesNotMatch(String(written), new RegExp(gcid, "i"));
    const data = new SensitiveData();
    const lines: RecordedLine[] = [];
    for await (const line of readRecording(Readable.from([written]))) lines.push(line);
    for (const line of lines) treatValue(line, data);
    const anonymiser = new Anonymiser(data, random);
    const text = lines.map((line) => JSON.stringify(anonymiser.line(line))).join("\n");
    assert.doesNotMatch(text, /Example Street|Simulated/);
    const places = String(written).match(/(48|10)\.\d{4,}/g) ?? [];
    assert.ok(places.length > 10);
    for (const secret of [...cars, ...places]) assert.ok(!text.includes(secret), secret);
    const [before, after] = [await replayed(written, "each"), await replayed(Buffer.from(text), "each")];
    const shape = ({ at, node, output, msg }: SentOnDay) => {
      const { payload } = msg as Message;
      return [at, node, output, Array.isArray(payload) ? payload.length : typeof payload];
    };
    assert.deepEqual(after.sent.map(shape), before.sent.map(shape));
  });
});
