import assert from "node:assert/strict";
import type {
  CockpitFile,
  CockpitHistory,
  CockpitJournal,
  CockpitMonth,
  CockpitSnapshot,
  CockpitTexts,
  CockpitValues,
} from "../../src/cockpit/contract.js";
import type { Admin, AdminAnswer } from "../helpers/admin.js";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { PageStream } from "../helpers/page-stream.js";
import { runningFlow } from "../helpers/running-flow.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const FIRST = 0;
const STREAM = "/cardata/cockpit/stream";

describe("the data of the cockpit", () => {
  let simulator: Simulator;
  let bench: Bench;
  let admin: Admin;
  let flow: Awaited<ReturnType<typeof runningFlow>>["flow"];
  const pages: PageStream[] = [];

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
    ({ flow } = await runningFlow(bench, simulator));
    admin = await bench.admin();
    for (const { vin } of simulator.cars) tell(vin, { [SOC]: 30 });
    await eventually("the cars", async () => (await snapshot()).cars.length === 3);
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  after(async () => {
    await bench.close();
    await simulator.stop();
  });

  const get = async <T>(path: string) => (await admin.get(`/cardata/cockpit/${path}`)).body as T;
  const snapshot = () => get<CockpitSnapshot>("snapshot");
  const open = async (query = "", headers: Record<string, string> = {}) => {
    const page = await PageStream.open(`${admin.url}${STREAM}${query}`, headers);
    pages.push(page);
    return page;
  };
  const tell = (vin: string, data: Record<string, unknown>, time = Date.now()) => {
    simulator.publish(vin, streamMessage(vin, data, time));
  };
  const errorOf = ({ status, body }: AdminAnswer) => [status, (body as { error: { code: string } }).error.code];
  const carAt = async (index: number) => {
    const vin = simulator.cars[index]?.vin ?? "";
    const car = (await snapshot()).cars.find(({ vinEnd }) => vinEnd === `…${vin.slice(-4)}`);
    return { vin, key: car?.key ?? "" };
  };

  it("show accounts and cars to everybody where nobody has to log in", async () => {
    const { viewer, accounts, cars, at } = await snapshot();
    assert.deepEqual(viewer, { name: null, isAnonymous: false });
    assert.deepEqual(
      accounts.map(({ id, name, stream }) => [id, name, stream.state]),
      [[ACCOUNT, "My BMW", "live"]],
    );
    assert.equal(accounts[0]?.quota.classes.length, 5);
    assert.equal(cars.length, 3);
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    for (const { vin } of simulator.cars) assert.ok(!JSON.stringify({ accounts, cars }).includes(vin));
  });

  it("come live, and are held back by no proxy and kept by nobody", async () => {
    const page = await open();
    const { headers } = page.response;
    assert.match(headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.deepEqual([headers.get("x-accel-buffering"), headers.get("cache-control")], ["no", "no-store"]);
    assert.equal((await page.snapshot).cars.length, 3);
    const { vin, key } = await carAt(FIRST);
    tell(vin, { [SOC]: 33 });
    const change = await page.change(
      (one) => one.kind === "car" && one.key === key && one.changed.reported?.value === 33,
    );
    assert.equal(change.kind, "car");
  });

  it("come to six pages of one browser, while other requests are answered", async () => {
    const six = await Promise.all(Array.from({ length: 6 }, () => open()));
    for (const page of six) assert.equal((await page.snapshot).accounts.length, 1);
    assert.equal((await admin.get("/cardata/cockpit/snapshot")).status, 200);
    const { vin, key } = await carAt(FIRST);
    tell(vin, { [SOC]: 34 });
    for (const page of six)
      await page.change((one) => one.kind === "car" && one.key === key && one.changed.reported?.value === 34);
  });

  it("hold all values of a car, and those that come, in the language of the page", async () => {
    const { vin, key } = await carAt(FIRST);
    const { values, vin: told, account } = await get<CockpitValues>(`car/${key}/values?language=de`);
    assert.deepEqual([told, account], [vin, ACCOUNT]);
    assert.ok(values.length > 0 && values.every(({ name }) => name !== ""));
    const page = await open(`?values=${key}&language=de`);
    await page.snapshot;
    tell(vin, { "vehicle.vehicle.travelledDistance": 987_654 }, Date.now() + 1000);
    tell(vin, { [SOC]: 35 }, Date.now() + 1000);
    const change = await page.change((one) => one.kind === "values" && one.values.some((value) => value.value === 35));
    assert.ok(change.kind === "values" && change.key === key);
  });

  it("hold the course of the last seven days, the ways, and what was learned", async () => {
    const { key } = await carAt(FIRST);
    const { reported, from, to } = await get<CockpitHistory>(`car/${key}/history`);
    assert.ok(reported.value.length > 0 && to - from === 7 * 24 * 3600);
    assert.equal((await admin.get(`/cardata/cockpit/car/${key}/tracks`)).status, 200);
    assert.equal((await admin.get(`/cardata/cockpit/car/${key}/learned`)).status, 200);
  });

  it("hold the journal of a car, a month of it, and its exports, and refuse what is no month and no export", async () => {
    const { key } = await carAt(FIRST);
    const journal = await get<CockpitJournal>(`car/${key}/journal`);
    assert.deepEqual([journal.key, journal.problem, journal.months], [key, null, []]);
    const month = await get<CockpitMonth>(`car/${key}/entries?month=${journal.now}`);
    assert.deepEqual(month, { key, month: journal.now, sum: null, trips: [], charges: [], isCut: false });
    const file = await get<CockpitFile>(`car/${key}/export?what=charges&language=de`);
    assert.deepEqual([file.fileName, file.mimeType], ["charges.csv", "text/csv"]);
    assert.match(file.text, /Datum Beginn/);
    for (const query of ["entries", "entries?month=2026-13", "entries?month[]=1", "export", "export?what=csv"])
      assert.deepEqual(errorOf(await admin.get(`/cardata/cockpit/car/${key}/${query}`)), [400, "bad_request"], query);
  });

  it("hold texts of others as they are, as text: no page can take them for anything else", async () => {
    const { vin, key } = await carAt(FIRST);
    const script = '</script><script>alert("\u2028")</script>';
    tell(vin, { "vehicle.strange.text": script }, Date.now() + 2000);
    const answer = await eventually("the text", async () => {
      const one = await admin.get(`/cardata/cockpit/car/${key}/values`);
      return JSON.stringify(one.body).includes("strange") && one;
    });
    const { values } = answer.body as CockpitValues;
    assert.equal(values.find(({ descriptor }) => descriptor === "vehicle.strange.text")?.value, script);
  });

  it("are those of no car under a key that there is not, nor under a VIN", async () => {
    for (const key of ["0".repeat(20), simulator.cars[0]?.vin ?? "", "__proto__", "a%2Fb"])
      for (const what of ["values", "history", "tracks", "learned", "picture", "journal", "entries", "export"])
        assert.deepEqual(errorOf(await admin.get(`/cardata/cockpit/car/${key}/${what}`)), [404, "page_car_gone"], key);
  });

  it("are no stream for a page of another site", async () => {
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://elsewhere.example" }]) {
      const { response } = await open("", headers);
      assert.equal(response.status, 400);
      assert.match(response.headers.get("content-type") ?? "", /json/);
    }
  });

  it("say what a page may read: texts of its language, of English where there is none", async () => {
    const texts = async (language: string) => {
      return (await admin.get(`/cardata/page/texts/${language}`)).body as CockpitTexts;
    };
    assert.deepEqual(
      await Promise.all(["de", "de-AT", "pt-BR", "en", "xx", "..%2F..%2Fpackage", "__proto__"].map(texts)).then(
        (list) => list.map(({ language }) => language),
      ),
      ["de", "de", "pt", "en-US", "en-US", "en-US", "en-US"],
    );
    const { errors, "cardata-account": account } = await texts("de");
    assert.match(errors["page_car_gone"] ?? "", /Auto/);
    assert.ok(Object.hasOwn(account as object, "doctor"));
    assert.match((await texts("en-US")).errors["page_car_gone"] ?? "", /car/);
  });

  it("end with the account, and come again with the next one", async () => {
    const page = await open();
    await page.snapshot;
    await bench.deploy(flow, "full", { [ACCOUNT]: { clientId: simulator.clientId } });
    const end = await page.message(({ kind }) => kind === "end");
    assert.deepEqual(end, { kind: "end", reason: "closed" });
    await page.over();
    const again = await open();
    assert.equal((await again.snapshot).accounts.length, 1);
  });
});
