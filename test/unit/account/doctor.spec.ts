import assert from "node:assert/strict";
import { diagnose } from "../../../src/account/doctor/check.js";
import type { CarFacts, DoctorFacts } from "../../../src/account/doctor/facts.js";
import { findingText } from "../../../src/account/doctor/finding-text.js";
import type { Finding } from "../../../src/account/doctor/finding.js";
import { found, trouble } from "../../../src/account/doctor/new-finding.js";
import type { AccountStatus } from "../../../src/account/status.js";
import type { Container } from "../../../src/rest/containers/container-calls.js";
import { newProblem } from "../../../src/support/errors.js";
import { isoTime } from "../../../src/support/iso-time.js";
import { API_SCOPE, STREAM_SCOPE } from "../../../src/support/scopes.js";
import { CLUSTERS } from "../../../src/vehicle/descriptor-clusters.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const RESETS = isoTime(START + 18 * 60 * MINUTE);

const OK: AccountStatus = {
  login: {
    state: "ok",
    loginExpiresAt: isoTime(START + 14 * DAY),
    scopes: { granted: [API_SCOPE, STREAM_SCOPE], missing: [] },
  },
  stream: { state: "live", since: isoTime(START), lastMessageAt: isoTime(START + MINUTE) },
  rest: { state: "ok" },
  quota: { used: 3, remaining: 47, limit: 50, window: "utc-day", resetsAt: RESETS },
};

const container = (changes: Partial<Container> = {}): Container => ({
  id: "S00I000F0000A",
  name: "Node-RED BMW CarData",
  purpose: "Node-RED telemetry",
  state: "ACTIVE",
  created: null,
  own: true,
  active: true,
  ...changes,
});
const IN_USE = { id: "S00I000F0000A", accepted: ["a", "b"], missing: [], triedAt: START };

const JOURNAL = { problem: null, damaged: 0, newer: 0 };

const car = (changes: Partial<CarFacts> = {}): CarFacts => ({
  vin: VIN,
  name: "Blue",
  role: "primary",
  access: "ok",
  driveType: "bev",
  count: 100,
  came: { charging: 40, doors: 20, trips: 20, service: 15, climate: 5 },
  newest: START,
  ...changes,
});

const facts = (changes: Partial<DoctorFacts> = {}): DoctorFacts => ({
  source: "bmw",
  ticked: CLUSTERS,
  status: OK,
  call: { kind: "answered", containers: [container()] },
  container: { container: IN_USE, refused: null, isNeeded: true },
  journal: JOURNAL,
  cars: [car()],
  now: START + 2 * MINUTE,
  ...changes,
});
const withStatus = (changes: Partial<AccountStatus>, others: Partial<DoctorFacts> = {}) =>
  facts({ status: { ...OK, ...changes }, ...others });

/** What is not green, as `area level code`. */
const wrong = (about: DoctorFacts) =>
  diagnose(about)
    .findings.filter(({ level }) => level !== "green")
    .map(({ area, level, code }) => `${area} ${level} ${code}`);
const only = (area: string, about: DoctorFacts) =>
  diagnose(about)
    .findings.filter((one) => one.area === area)
    .map(({ level, code }) => `${level} ${code}`);

describe("the check of an account", () => {
  it("finds a healthy account green, from the login to the last value of each car", () => {
    const { level, findings } = diagnose(facts());
    assert.equal(level, "green");
    assert.deepEqual(
      findings.map(({ area, code }) => `${area} ${code}`),
      [
        ...["login login_good", "scopes scopes_good", "rest rest_answers", "container container_good"],
        ...["connection connected", "subscription subscribed", "quota quota_good"],
        "journal journal_good",
        ...["role role_primary", ...CLUSTERS.map(() => "data cluster_came"), "message message_recent"],
      ],
    );
  });

  it("names the cause first and says of what follows from it only that it cannot be told", () => {
    const noLogin = { kind: "spared", why: "noLogin" } as const;
    const waiting = ["scopes yellow after_login", "rest yellow after_login"];
    const streamless = ["connection yellow after_login", "subscription yellow after_connection"];
    const off = { stream: { state: "off" }, rest: { state: "off" } } as const;
    const none = withStatus({ ...off, login: { state: "none" } }, { call: noLogin });
    assert.deepEqual(wrong(none), ["login red not_logged_in", ...waiting, ...streamless]);
    const refused = withStatus(
      { ...off, login: { state: "needed", problem: { code: "refresh_rejected" } } },
      { call: noLogin, cars: [], container: { container: null, refused: null, isNeeded: true } },
    );
    assert.deepEqual(wrong(refused), [
      ...["login red refresh_rejected", ...waiting, "container yellow after_login"],
      ...[...streamless, "cars yellow after_login"],
    ]);
    const problem = newProblem("client_in_use", { other: "Home" });
    const second = withStatus({ ...off, login: { state: "refused", problem } }, { call: noLogin, cars: [] });
    assert.equal(wrong(second)[0], "login red client_in_use");
  });

  it("tells a login that works for now from one that works", () => {
    const problem = newProblem("refresh_unreachable", { reason: "ENOTFOUND" });
    assert.deepEqual(wrong(withStatus({ login: { ...OK.login, problem } })), ["login yellow refresh_unreachable"]);
    const files = newProblem("store_read_only", { reason: "EROFS" });
    assert.deepEqual(wrong(withStatus({ files })), ["files red store_read_only"]);
    // One cause is one line.
    assert.deepEqual(wrong(withStatus({ files, login: { ...OK.login, problem: files } })), [
      "login yellow store_read_only",
    ]);
  });

  it("says of a journal that cannot be used what to do, and what of it is left out", () => {
    const problem = newProblem("journal_files", { reason: "ENOSPC" });
    const broken = { journal: { ...JOURNAL, problem } };
    assert.deepEqual(wrong(facts(broken)), ["journal red journal_files"]);
    assert.deepEqual(wrong(facts({ journal: { ...JOURNAL, damaged: 2 } })), ["journal yellow journal_damaged"]);
    assert.deepEqual(wrong(facts({ journal: { ...JOURNAL, damaged: 2, newer: 1 } })), [
      "journal red journal_newer",
      "journal yellow journal_damaged",
    ]);
    // The whole folder cannot be used: one cause is one line.
    const files = newProblem("store_read_only", { reason: "ENOSPC" });
    assert.deepEqual(wrong(withStatus({ files }, broken)), ["files red store_read_only"]);
    const other = newProblem("folder_in_use", { pid: 7, host: "other" });
    assert.deepEqual(only("journal", withStatus({ login: { state: "refused", problem: other } }, broken)), []);
    // Of one file nothing follows for the others.
    const unreadable = newProblem("store_unreadable", { reason: "EIO", path: "vehicles.json" });
    assert.deepEqual(only("journal", withStatus({ files: unreadable }, broken)), ["red journal_files"]);
  });

  it("names each right that is missing", () => {
    const missing = (...scopes: string[]) => ({ login: { ...OK.login, scopes: { granted: [], missing: scopes } } });
    const stream = { state: "no-right", problem: { code: "scope_stream_missing" } } as const;
    assert.deepEqual(wrong(withStatus({ ...missing(STREAM_SCOPE), stream })), [
      "scopes red scope_stream_missing",
      "connection yellow after_login",
      "subscription yellow after_connection",
    ]);
    const spared = { call: { kind: "spared", why: "noRight" } } as const;
    assert.deepEqual(wrong(withStatus(missing(API_SCOPE), spared)), [
      "scopes red scope_api_missing",
      "rest yellow rest_no_right",
    ]);
    assert.equal(only("scopes", withStatus(missing(STREAM_SCOPE, API_SCOPE))).length, 2);
  });

  it("tells a failure of BMW that passes from one that needs somebody", () => {
    const failed = (code: "cu_503" | "cu_103" | "rest_network") =>
      only("rest", facts({ call: { kind: "failed", problem: newProblem(code, { reason: "x" }) } }));
    assert.deepEqual(failed("cu_503"), ["yellow cu_503"]);
    assert.deepEqual(failed("rest_network"), ["yellow rest_network"]);
    assert.deepEqual(failed("cu_103"), ["red cu_103"]);
  });

  it("says what is left of the quota, and asks nothing when nothing is", () => {
    const spared = { call: { kind: "spared", why: "noQuota" } } as const;
    const gone = { ...OK.quota, used: 50, remaining: 0 };
    assert.deepEqual(wrong(withStatus({ quota: gone }, spared)), ["rest yellow rest_unasked", "quota yellow cu_429"]);
    const blocked = { ...OK.quota, blockedUntil: RESETS };
    assert.deepEqual(wrong(withStatus({ quota: blocked }, spared)), [
      "rest yellow rest_unasked",
      "quota yellow cu_429",
    ]);
    const problem = newProblem("cu_429_other_client", { used: 4, time: "00:00 UTC" });
    const taken = withStatus({ quota: blocked, rest: { state: "failed", problem } }, spared);
    assert.deepEqual(only("quota", taken), ["red cu_429_other_client"]);
    assert.deepEqual(only("quota", withStatus({ quota: { ...OK.quota, remaining: 9 } })), ["yellow quota_low"]);
  });
});

describe("the check of a data container", () => {
  const judged = (containers: readonly Container[] | null, changes: Partial<DoctorFacts["container"]> = {}) =>
    only(
      "container",
      facts({
        call: containers === null ? { kind: "spared", why: "noQuota" } : { kind: "answered", containers },
        container: { container: IN_USE, refused: null, isNeeded: true, ...changes },
      }),
    );

  it("compares what is in use with what BMW has", () => {
    assert.deepEqual(judged([container()]), ["green container_good"]);
    assert.deepEqual(judged([]), ["yellow cu_105"]);
    assert.deepEqual(judged([container({ active: false, state: "DELETED" })]), ["yellow cu_105"]);
    assert.deepEqual(judged([container()], { container: null }), ["green container_found"]);
    assert.deepEqual(judged([], { container: null }), ["green container_later"]);
    assert.deepEqual(judged([container()], { container: { ...IN_USE, missing: ["x"] } }), ["yellow container_reduced"]);
  });

  it("tells what is known where BMW was not asked, and wants none that nobody needs", () => {
    assert.deepEqual(judged(null), ["green container_known"]);
    assert.deepEqual(judged(null, { container: null }), ["green container_later"]);
    assert.deepEqual(judged([], { isNeeded: false }), ["green container_not_needed"]);
  });

  it("names those of other programs, and what they stand in the way of", () => {
    const foreign = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        container({ id: `S00I000F0001${index}`, name: `Other ${index}`, own: false }),
      );
    assert.deepEqual(judged([container(), ...foreign(1)]), ["green container_good", "yellow container_foreign"]);
    assert.deepEqual(judged(foreign(10), { container: null }), ["red cu_124", "yellow container_foreign"]);
    const [, lines] = diagnose(
      facts({ call: { kind: "answered", containers: [container(), ...foreign(7)] } }),
    ).findings.filter(({ area }) => area === "container");
    assert.match(String(lines?.params?.["names"]), /^Other 0 .*Other 4 \(\w+\), …$/);
  });

  it("remembers BMW's refusal as long as it counts", () => {
    const refused = { code: "cu_403", until: START + DAY, wanted: "x", list: "" } as const;
    assert.deepEqual(judged([], { container: null, refused }), ["red cu_403"]);
    assert.deepEqual(judged([], { container: null, refused: { ...refused, until: START } }), ["green container_later"]);
  });
});

describe("the check of a stream", () => {
  const judged = (stream: AccountStatus["stream"], source: DoctorFacts["source"] = "bmw") => {
    const login = source === "broker" ? ({ state: "not-needed" } as const) : OK.login;
    const about = withStatus({ stream, login }, { source });
    return [...only("connection", about), ...only("subscription", about)];
  };

  it("tells silence from trouble", () => {
    const live = { state: "live", since: isoTime(START) } as const;
    assert.deepEqual(judged(live), ["green connected", "yellow silent"]);
    assert.deepEqual(judged({ ...live, state: "quiet", lastMessageAt: isoTime(START) }), [
      "green connected",
      "yellow quiet",
    ]);
    assert.deepEqual(judged({ state: "connecting" }), ["yellow connecting", "yellow after_connection"]);
    assert.deepEqual(judged({ state: "off" }), ["yellow no_node", "yellow after_connection"]);
  });

  it("tells a connection that is refused from one that nobody answers, and from one without values", () => {
    const waiting = (
      code: "stream_unauthorised" | "stream_subscription_refused" | "stream_unavailable" | "stream_network",
      source: DoctorFacts["source"] = "bmw",
    ) => judged({ state: "waiting", problem: { code }, retryAt: RESETS }, source);
    assert.deepEqual(waiting("stream_unauthorised"), ["red stream_unauthorised", "yellow after_connection"]);
    assert.deepEqual(waiting("stream_unavailable"), ["yellow stream_unavailable", "yellow after_connection"]);
    // BMW comes back by itself; the address of the user's own broker may be wrong.
    assert.deepEqual(waiting("stream_network"), ["yellow stream_network", "yellow after_connection"]);
    assert.deepEqual(waiting("stream_network", "broker"), ["red stream_network", "yellow after_connection"]);
    assert.deepEqual(waiting("stream_subscription_refused"), [
      "green connection_taken",
      "red stream_subscription_refused",
    ]);
  });

  it("judges the user's own broker, and the owner of the login behind it", () => {
    const live = (problem: AccountStatus["stream"]["problem"]) =>
      judged({ state: "live", since: RESETS, lastMessageAt: RESETS, ...(problem && { problem }) }, "broker");
    assert.deepEqual(live(undefined), ["green connected", "green subscribed"]);
    assert.deepEqual(live(newProblem("broker_silent", { topic: "bmw/#" })), [
      "green connected",
      "yellow broker_silent",
    ]);
    assert.deepEqual(live({ code: "owner_offline" }), ["green connected", "yellow owner_offline"]);
    assert.deepEqual(live(newProblem("owner_needs_login", { reason: "" })), [
      "green connected",
      "red owner_needs_login",
    ]);
    const refused = judged({ state: "waiting", problem: { code: "broker_unauthorised" } }, "broker");
    assert.deepEqual(refused, ["red broker_unauthorised", "yellow after_connection"]);
  });

  it("wants neither login nor quota nor container nor roles of an account on the user's own broker", () => {
    const about = withStatus(
      { login: { state: "not-needed" } },
      { source: "broker", call: { kind: "spared", why: "broker" }, cars: [car({ role: "unknown" })] },
    );
    assert.equal(diagnose(about).level, "green");
    const areas = new Set(diagnose(about).findings.map(({ area }) => area));
    for (const area of ["scopes", "quota", "container", "role"] as const) assert.ok(!areas.has(area), area);
    assert.deepEqual(wrong({ ...about, cars: [] }), ["cars yellow no_cars_heard"]);
  });
});

describe("the check of cars", () => {
  const judged = (changes: Partial<CarFacts>, others: Partial<DoctorFacts> = {}) =>
    wrong(facts({ cars: [car(changes)], ...others }));

  it("tells whether BMW answers for each", () => {
    assert.deepEqual(judged({ role: "secondary", access: "not_primary" }), ["role yellow car_secondary"]);
    assert.deepEqual(judged({ role: "unknown" }), ["role yellow role_unknown"]);
    assert.deepEqual(judged({ access: "no_permission" }), ["role yellow cu_104"]);
    assert.deepEqual(judged({ access: "not_telematics_capable" }), ["role yellow not_capable"]);
    assert.deepEqual(wrong(facts({ cars: [] })), ["cars yellow no_cars"]);
  });

  it("compares what was ticked with what has come, group by group", () => {
    const none = { charging: 0, doors: 0, trips: 0, service: 0, climate: 0 };
    assert.deepEqual(judged({ count: 0, came: none, newest: null }), ["data red data_none"]);
    assert.deepEqual(judged({ count: 30, came: { ...none, charging: 30 } }, { ticked: ["charging", "doors"] }), [
      "data yellow cluster_missing",
    ]);
    assert.deepEqual(judged({ count: 30, came: { ...none, charging: 30 } }, { ticked: ["charging"] }), []);
    assert.deepEqual(judged({ count: 3, came: { ...none, doors: 3 } }, { ticked: ["doors"] }), [
      "data yellow data_little",
    ]);
  });

  it("misses no battery in a car that burns fuel", () => {
    const came = { charging: 0, doors: 20, trips: 20, service: 15, climate: 5 };
    assert.deepEqual(judged({ came, driveType: "combustion" }), []);
    assert.deepEqual(judged({ came, driveType: null }), ["data yellow cluster_missing"]);
  });

  it("says how old the newest value is", () => {
    assert.deepEqual(judged({}, { now: START + 20 * DAY }), []);
    assert.deepEqual(judged({}, { now: START + 22 * DAY }), ["message yellow message_old"]);
  });

  it("names each car, and no VIN in full", () => {
    const { findings } = diagnose(
      facts({
        cars: [
          car({ role: "secondary", name: `Blue ${VIN}` }),
          car({ vin: OTHER_VIN, name: "", access: "no_permission" }),
        ],
      }),
    );
    assert.deepEqual(new Set(findings.flatMap((one) => one.car ?? [])), new Set(["Blue …0001 …0001", "…0002"]));
    for (const vin of [VIN, OTHER_VIN]) assert.ok(!JSON.stringify(findings).includes(vin));
  });
});

describe("the text of a finding", () => {
  const words = {
    text: (key: string, params: object = {}) => `${key} ${JSON.stringify(params)}`,
    problem: ({ code }: { code: string }) => `error ${code}`,
    time: (iso: string) => `at ${iso.slice(11, 16)}`,
  };
  const text = (finding: Finding) => findingText(finding, words);

  it("is that of the error where there is one, and has times and groups as people read them", () => {
    assert.equal(text(trouble("rest", "red", { code: "cu_103" })), "error cu_103");
    assert.equal(
      text(found("connection", "green", "connected", { time: RESETS })),
      'doctor.text.connected {"time":"at 00:00"}',
    );
    assert.equal(
      text(found("data", "yellow", "cluster_missing", { cluster: "doors" })),
      'doctor.text.cluster_missing {"cluster":"data.cluster.doors {}"}',
    );
  });
});
