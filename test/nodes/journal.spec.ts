import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { monthBegin, zoneOfComputer } from "../../src/journal/zoned-time.js";
import { Bench, recorders, type Received } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { streamNode } from "../helpers/flow.js";
import { journalFlow, teller } from "../helpers/journal-flow.js";
import { savedAccountFolder } from "../helpers/saved-login.js";
import { liveWith } from "../helpers/soc-flow.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

type Message = Received["message"];
type Entry = Record<string, unknown> & { id: string; kind: string };

const PLACES = [
  { name: "home", latitude: 48.1, longitude: 11.5, radius: 150, purpose: "" },
  { name: "customer", latitude: 48.2, longitude: 11.5, radius: 150, purpose: "business" },
];
const TARIFFS = [{ place: "home", price: "0,30", windows: [], solarPrice: "" }];
const ACCOUNT = { places: PLACES, tariffs: TARIFFS, currency: "EUR" };

/** Tells the events of the cars. */
const WATCH = [streamNode({ wires: [[], ["events"]] }), ...recorders("events")];

describe("cardata-journal", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vin: string;
  let other: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    [vin = "", other = ""] = simulator.cars.map((car) => car.vin);
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = (options: Parameters<typeof journalFlow>[1] = { account: ACCOUNT }) =>
    liveWith(bench, simulator, journalFlow(simulator, options));
  const entryOf = ({ payload }: Message) => payload as Entry;
  const entry = (kind: string, car = vin) =>
    bench.message("entries", (message) => message["vin"] === car && entryOf(message).kind === kind);
  const ends = () => [...bench.messages("completed"), ...bench.messages("failures")].map(({ _msgid }) => _msgid);
  /** Sends a message, and waits until the node is done with it; returns the answers, or the error. */
  const ask = async (message: object) => {
    const _msgid = `message-${ends().length + 1}`;
    bench.node("journal").receive({ ...message, _msgid });
    await eventually(`the end of ${_msgid}`, () => ends().includes(_msgid));
    const error = bench.messages("failures").find((failed) => failed._msgid === _msgid)?.error;
    return { error, answers: bench.messages("answers").filter((answer) => answer._msgid === _msgid) };
  };
  const answer = async (message: object) => {
    const { error, answers } = await ask(message);
    assert.equal(error, undefined, JSON.stringify(message));
    assert.equal(answers.length, 1);
    return answers[0]!;
  };

  it("sends a charge and a trip once they are over, and tells them of this month", async () => {
    await start();
    const car = teller(simulator, vin);
    car.charge();
    const charge = await entry("charge");
    car.departs();
    car.arrives();
    const trip = await entry("trip");
    assert.deepEqual([charge["outcome"], charge["topic"]], ["new", `cardata/${vin}/journal/charge`]);
    assert.equal(trip["topic"], `cardata/${vin}/journal/trip`);
    const { place, batteryKwh, cost } = entryOf(charge);
    assert.equal((place as { name: string }).name, "home");
    assert.equal((batteryKwh as { value: number }).value, 16);
    // 16 kWh in the battery are taken to need 17.78.
    assert.deepEqual(cost, { amount: 5.33, currency: "EUR", source: "tariff" });
    const { distanceKm, purpose } = entryOf(trip);
    assert.equal((distanceKm as { value: number }).value, 30);
    assert.deepEqual(purpose, { value: "business", source: "rule" });
    // Begun an hour before, they are of the month before at its end.
    const begin = monthBegin(Date.now(), zoneOfComputer());
    const [trips = 0, charges = 0] = [trip, charge].map((one) =>
      Number(Date.parse(String(entryOf(one)["start"])) >= begin),
    );
    await bench.status("journal", trips + charges === 0 ? "nothing this month" : `${trips} trips · ⚡ ${charges}`);
    assert.deepEqual(bench.messages("entries").length, 2);
  });

  it("tells what it sums up by cardata stream as well, and does not take it back with a deletion", async () => {
    const values = [streamNode({ values: true, wires: [["values"], []] }), ...recorders("values")];
    await start({ account: ACCOUNT, more: values });
    const car = teller(simulator, vin);
    const value = (name: string, payload?: unknown) =>
      bench.message("values", (message) => {
        const isIt = message["vin"] === vin && message["descriptor"] === `journal.${name}`;
        return isIt && (payload === undefined || message["payload"] === payload);
      });
    car.charge();
    await entry("charge");
    const { payload, unit, source, ha } = await value("totalEnergyCharged", 17.778);
    assert.deepEqual([payload, unit, source], [17.778, "kWh", "derived"]);
    assert.equal((ha as { state_class: string }).state_class, "total_increasing");
    const last = await value("lastCharge");
    assert.deepEqual([last["payload"], (last["data"] as { place: string }).place], [17.778, "home"]);
    assert.equal((await value("totalChargingCost"))["unit"], "EUR");
    await answer({ command: "delete", all: true, vin });
    await value("lastCharge", null);
    const totals = bench.messages("values").filter(({ descriptor }) => descriptor === "journal.totalEnergyCharged");
    assert.equal(totals.filter((one) => one["vin"] === vin).at(-1)?.["payload"], 17.778);
  });

  it("answers every command at its second output", async () => {
    await start();
    const car = teller(simulator, vin);
    car.charge();
    const { id } = entryOf(await entry("charge"));
    car.departs();
    car.arrives();
    const trip = entryOf(await entry("trip"));
    const about = { vin };
    const charges = await answer({ command: "charges", ...about, mine: 7 });
    assert.deepEqual(
      (charges["payload"] as Entry[]).map((one) => one.id),
      [id],
    );
    assert.deepEqual(
      [charges["topic"], charges["mine"], charges["truncated"]],
      [`cardata/${vin}/journal/charges`, 7, false],
    );
    const trips = await answer({ command: "trips", ...about, limit: "1", from: "2020-01-01" });
    assert.deepEqual(
      (trips["payload"] as Entry[]).map((one) => one.id),
      [trip.id],
    );
    assert.deepEqual((await answer({ command: "trips", ...about, to: "2020-01-01" }))["payload"], []);
    const summary = (await answer({ command: "summary", period: "year", ...about }))["payload"] as Record<
      string,
      unknown
    >;
    const sums = summary["sums"] as Record<string, number>[];
    assert.equal(
      sums.reduce((sum, { trips: count = 0, charges: more = 0 }) => sum + count + more, 0),
      2,
    );
    const tariffs = (await answer({ command: "summary", period: "tariff", ...about }))["payload"] as typeof summary;
    assert.deepEqual(
      (tariffs["sums"] as Record<string, unknown>[]).map(({ place, cost }) => [place, cost]),
      [["home", 5.33]],
    );
    assert.equal(((await answer({ command: "health", ...about }))["payload"] as Record<string, unknown>)["charges"], 0);
    const tagged = await answer({ command: "tag", id: trip.id, purpose: "private", note: "to the sea" });
    assert.deepEqual(entryOf(tagged)["purpose"], { value: "private", source: "command" });
    const corrected = await bench.message("entries", ({ outcome }) => outcome === "corrected");
    assert.deepEqual([entryOf(corrected).id, entryOf(corrected)["note"]], [trip.id, "to the sea"]);
    assert.equal(((await answer({ command: "price", payload: "0,28" }))["payload"] as unknown[]).length, 1);
    assert.deepEqual((await answer({ command: "solar", payload: { share: 0.4 } }))["payload"], { share: 0.4 });
    assert.deepEqual((await answer({ command: "delete", id }))["payload"], { id });
    const deleted = await bench.message("entries", ({ outcome }) => outcome === "deleted");
    assert.deepEqual([entryOf(deleted).id, entryOf(deleted)["deleted"], "cost" in entryOf(deleted)], [id, true, false]);
    assert.deepEqual((await answer({ command: "charges", ...about }))["payload"], []);
  });

  it("exports what it can import again after all was deleted", async () => {
    await start();
    const car = teller(simulator, vin);
    car.charge();
    await entry("charge");
    const { payload: text, filename, headers } = await answer({ command: "export", format: "json", vin });
    assert.match(String(filename), /^journal.*\.json$/);
    assert.match((headers as Record<string, string>)["content-type"] ?? "", /^application\/json/);
    assert.deepEqual((await answer({ command: "delete", all: true, vin }))["payload"], { id: null });
    const gone = await bench.message("entries", ({ outcome }) => outcome === "deleted");
    assert.deepEqual([gone["payload"], gone["topic"]], [null, `cardata/${vin}/journal`]);
    assert.deepEqual((await answer({ command: "charges", vin }))["payload"], []);
    const cars = async () =>
      ((await answer({ command: "import", payload: text }))["payload"] as { cars: unknown }).cars;
    assert.deepEqual(await cars(), [{ vin, added: 1, known: 0, deleted: 0 }]);
    assert.deepEqual(await cars(), [{ vin, added: 0, known: 1, deleted: 0 }]);
    assert.equal(((await answer({ command: "charges", vin }))["payload"] as unknown[]).length, 1);
  });

  it("refuses what cannot be right with an error that says so", async () => {
    await start();
    const car = teller(simulator, vin);
    car.charge();
    const { id } = entryOf(await entry("charge"));
    for (const [message, code] of [
      [{}, "command_missing"],
      [{ command: "drive" }, "unknown_command"],
      [{ command: "trips", vin: "X" }, "vin_invalid"],
      [{ command: "trips", vin: "WBA00000000000001" }, "journal_vehicle_unknown"],
      [{ command: "trips", limit: 0 }, "journal_option_invalid"],
      [{ command: "trips", from: "yesterday" }, "date_range_invalid"],
      [{ command: "trips", from: "2026-03-02", to: "2026-03-01" }, "date_range_invalid"],
      [{ command: "summary", period: "week" }, "journal_option_invalid"],
      [{ command: "export", format: "pdf" }, "journal_option_invalid"],
      [{ command: "export", kinds: "all" }, "journal_option_invalid"],
      [{ command: "import", payload: "Datum;Strecke\n1;2" }, "import_unreadable"],
      [{ command: "import", payload: "{}" }, "import_foreign"],
      [{ command: "tag", purpose: "private" }, "entry_id_missing"],
      [{ command: "tag", id }, "tag_missing"],
      [{ command: "tag", id: "trip-20200101T000000Z", note: "x" }, "entry_unknown"],
      [{ command: "tag", id, purpose: "fun" }, "purpose_invalid"],
      [{ command: "tag", id, purpose: "private" }, "purpose_invalid"],
      [{ command: "tag", id, note: "x".repeat(1001) }, "note_invalid"],
      [{ command: "price", payload: "cheap" }, "price_invalid"],
      [{ command: "price", payload: [{ price: 0.3 }] }, "price_invalid"],
      [{ command: "solar", payload: { kw: -1 } }, "solar_invalid"],
      [{ command: "solar", payload: 3 }, "solar_invalid"],
      [{ command: "delete" }, "delete_unclear"],
      [{ command: "delete", all: true }, "delete_unclear"],
      [{ command: "delete", all: "yes", vin }, "delete_unclear"],
      [{ command: "delete", id: "charge-1" }, "entry_unknown"],
    ] as const) {
      const { error, answers } = await ask(message);
      assert.equal(error?.code, code, JSON.stringify(message));
      assert.equal(answers.length, 0);
    }
    assert.equal(bench.messages("entries").length, 1);
  });

  it("sends only what it is about: one car, one kind", async () => {
    await start({ node: { vehicle: other, kinds: "trips" } });
    for (const car of [teller(simulator, vin), teller(simulator, other)]) {
      car.charge();
      car.departs();
      car.arrives();
    }
    await entry("trip", other);
    assert.equal(bench.messages("entries").length, 1);
    const { answers } = await ask({ command: "charges" });
    assert.deepEqual(
      answers.map((one) => [one["vin"], (one["payload"] as unknown[]).length]),
      [[other, 1]],
    );
    assert.equal((await ask({ command: "charges", vin })).error?.code, "journal_vehicle_unknown");
  });

  it("loses and doubles nothing by a deploy in the middle of a trip", async () => {
    const flow = journalFlow(simulator, { account: ACCOUNT, more: WATCH });
    const credentials = await liveWith(bench, simulator, flow);
    const car = teller(simulator, vin);
    car.charge();
    await entry("charge");
    car.departs();
    await bench.message("events", ({ event }) => event === "tripStarted");
    bench.received.length = 0;
    await bench.deploy(flow, "full", credentials);
    await bench.message("events", ({ event }) => event === "connected");
    car.arrives();
    const trip = entryOf(await entry("trip"));
    assert.equal((trip["distanceKm"] as { value: number }).value, 30);
    assert.equal(bench.messages("entries").length, 1);
    for (const command of ["trips", "charges"])
      assert.equal(((await answer({ command, vin }))["payload"] as unknown[]).length, 1, command);
  });

  it("says so while its files cannot be used, and sends what waited once they can, also after a deploy", async () => {
    const flow = journalFlow(simulator, { account: ACCOUNT, more: WATCH });
    const credentials = await liveWith(bench, simulator, flow);
    const folder = join(savedAccountFolder(bench.userDir, "account"), "journal", vin);
    // A folder in place of each file: it can be neither read nor written.
    const years = [0, 1].map((ago) => join(folder, `${new Date().getFullYear() - ago}.ndjson`));
    for (const path of years) mkdirSync(path, { recursive: true });
    teller(simulator, vin).charge();
    await bench.status("journal", "files not usable");
    assert.equal((await ask({ command: "charges", vin })).error?.code, "journal_files");
    bench.statuses.length = 0;
    await bench.deploy(flow, "full", credentials);
    await bench.status("journal", "files not usable");
    assert.deepEqual(bench.messages("entries"), []);
    for (const path of years) rmSync(path, { recursive: true });
    await entry("charge");
    assert.equal(((await answer({ command: "charges", vin }))["payload"] as unknown[]).length, 1);
    assert.equal(bench.messages("entries").length, 1);
  });

  it("finds what was before it was added", async () => {
    const without = journalFlow(simulator, { more: WATCH }).filter(({ type }) => type !== "cardata-journal");
    const credentials = await liveWith(bench, simulator, without);
    teller(simulator, vin).charge();
    await bench.message("events", ({ event }) => event === "chargingEnded");
    await bench.deploy(journalFlow(simulator), "full", credentials);
    assert.equal(((await answer({ command: "charges", vin }))["payload"] as unknown[]).length, 1);
    assert.deepEqual(bench.messages("entries"), []);
  });
});
