import assert from "node:assert/strict";
import type { AccountView } from "../../nodes/lib/admin-contract.js";
import type { Area, Level } from "../../src/account/doctor/finding.js";
import { commuter } from "../simulator/cars/everyday.js";
import { startSimulator, type Simulator, type SimulatorOptions } from "../simulator/index.js";
import { Admin } from "./admin.js";
import { Workbench } from "./browser.js";
import type { Editor } from "./editor.js";
import { eventually } from "./eventually.js";
import { accountNode, PLACE, TAB, type FlowNode } from "./flow.js";
import { savedAccountFolder, saveLogin } from "./saved-login.js";

/** A line that a check has to show: what is looked at, how urgent it is, and what it says. */
export type ExpectedLine = readonly [Area, Level, RegExp];

/** What the runtime tells of an account; nothing before the account is at work. */
export type ToldStatus = Partial<AccountView>;

/** Where an account lives that is to be broken. */
export interface BrokenPlace {
  readonly id: string;
  readonly bmw: Simulator;
  /** Of its files. */
  readonly folder: string;
  readonly admin: Admin;
  readonly status: () => Promise<ToldStatus>;
}

/** Says how an account at BMW comes to be broken, and what a check has to say then. */
export interface BrokenKind {
  readonly simulator?: SimulatorOptions;
  /** Age of the saved login [ms]; `null`: nobody has logged in; default: new. */
  readonly loginAge?: number | null;
  /** Properties of the account; `credentials` replace those of its login. */
  readonly properties?: (place: BrokenPlace) => object;
  /** Nodes that use the account; default: a stream node. */
  readonly nodes?: (id: string) => FlowNode[];
  /** What is wrong already when the account begins to work. */
  readonly before?: (place: BrokenPlace) => void | Promise<void>;
  /** What goes wrong while it works, and stays so; begins in all accounts at once. */
  readonly then?: (place: BrokenPlace) => void | Promise<void>;
  /** What goes wrong right before the check, because it passes within a minute. */
  readonly atLast?: (place: BrokenPlace) => void | Promise<void>;
  /** Whether the account has noticed; default: its stream is connected. */
  readonly until?: (status: ToldStatus) => boolean;
  readonly lines: readonly ExpectedLine[];
}

/** A check takes less [ms]. */
const CHECK_MS = 2500;
const WORDS: Readonly<Record<Level, string>> = { green: "Fine", yellow: "Look", red: "To do" };

/** Returns ids for a client and a customer of BMW that no other number has. */
export function identityOf(number: number) {
  const uuid = (group: string) => `0000${group}-0000-4000-8000-${String(number).padStart(12, "0")}`;
  return { clientId: uuid("c11e"), gcid: uuid("6c1d") };
}

/** A stream node that uses an account. */
export function readerOf(account: string): FlowNode {
  return { id: `reader-${account}`, type: "cardata-stream", account, ...PLACE, wires: [[], []] };
}

/** Starts a BMW with a client, a customer and a car of its own. */
function startOwnBmw(number: number, options: SimulatorOptions = {}): Promise<Simulator> {
  const vin = `WBY1Z2C30N7B${String(number).padStart(5, "0")}`;
  const cars = [commuter(Date.now(), { vin, days: 0 })];
  return startSimulator({ tick: 0, cars, ...identityOf(number), ...options });
}

/** Makes the login and the files of an account, and returns its nodes. */
async function brokenFlow(place: BrokenPlace, userDir: string, kind: BrokenKind): Promise<FlowNode[]> {
  const { id, bmw } = place;
  const { loginAge = 0, properties = () => ({}), nodes = (account) => [readerOf(account)], before } = kind;
  const storeKey =
    loginAge === null ? {} : { storeKey: (await saveLogin(userDir, id, bmw, { now: Date.now() - loginAge })).storeKey };
  await before?.(place);
  const credentials = { clientId: bmw.clientId, ...storeKey };
  return [...nodes(id), accountNode(bmw, { id, name: `Account ${id}`, credentials, ...properties(place) })];
}

export function placeOf(id: string, bmw: Simulator, red: { readonly url: string; readonly userDir: string }) {
  const admin = new Admin(red.url);
  const status = async () => (await admin.get(`/cardata/account/${id}/status`)).body as ToldStatus;
  return { id, bmw, admin, status, folder: savedAccountFolder(red.userDir, id) } satisfies BrokenPlace;
}

/** Waits until an account has noticed what is broken, and is not about to try its stream again, which hides it. */
export async function untilNoticed(
  { id, status }: BrokenPlace,
  { until = isConnected }: Pick<BrokenKind, "until">,
): Promise<void> {
  await eventually(`the trouble of ${id}`, async () => {
    const told = await status();
    const retryAt = told.stream?.retryAt;
    return until(told) && (retryAt === undefined || Date.parse(retryAt) - Date.now() > CHECK_MS);
  });
}

export function isConnected({ stream }: ToldStatus): boolean {
  return stream?.state === "live" || stream?.state === "quiet";
}

/** Renews the login, as the button of the dialog does. */
export async function renew({ admin, id }: BrokenPlace): Promise<void> {
  await admin.post(`/cardata/account/${id}/refresh`);
}

/**
 * Describes the checks of accounts that are broken each in its own way, all in one Node-RED, beside one that is not.
 * @param prefix of the accounts' ids: the files of another spec lie in the same user folder
 */
export function describeBroken(title: string, prefix: string, kinds: Readonly<Record<string, BrokenKind>>): void {
  describe(`the check of ${title}`, () => {
    const stage = new BrokenStage(prefix);
    before(() => stage.begin(kinds));
    after(() => stage.end());

    it("says of the one beside them that nothing has to be done", () => stage.check(stage.healthyId, []));

    for (const [what, kind] of Object.entries(kinds))
      it(`names ${what}, and says what to do`, async () => {
        await stage.check(await stage.broken(what, kind), kind.lines);
      });
  });
}

/** One Node-RED with all the accounts, and an open editor. */
class BrokenStage {
  readonly healthyId: string;
  readonly #places = new Map<string, BrokenPlace>();
  readonly #begun = new Map<string, Promise<void>>();
  #bench: Workbench | null = null;
  #editor: Editor | null = null;

  constructor(private readonly prefix: string) {
    this.healthyId = `${prefix}-healthy`;
  }

  async begin(kinds: Readonly<Record<string, BrokenKind>>): Promise<void> {
    const bench = (this.#bench = await Workbench.start({ simulator: identityOf(0) }));
    await bench.closeWaitingPages();
    const healthy = placeOf(this.healthyId, bench.simulator, bench.red);
    const flow = [TAB, ...(await brokenFlow(healthy, bench.red.userDir, { lines: [] }))];
    // First of all: what is its own already cannot be another one's.
    await healthy.admin.deploy(flow);
    await eventually("the healthy account", async () => isConnected(await healthy.status()));
    for (const [what, kind] of Object.entries(kinds)) flow.push(...(await this.#build(bench, what, kind)));
    await healthy.admin.deploy(flow);
    for (const [what, place] of this.#places) this.#begun.set(what, started(place, kinds[what]?.then));
    this.#editor = await bench.open();
  }

  async end(): Promise<void> {
    await this.#bench?.closePages();
    await this.#bench?.closeWaitingPages();
    if (this.#bench !== null) await new Admin(this.#bench.red.url).deploy([]);
    await Promise.all([...this.#places.values()].map(({ bmw }) => bmw.stop()));
    await this.#bench?.stop();
  }

  /** Returns the id of an account that is broken by now, and has noticed. */
  async broken(what: string, kind: BrokenKind): Promise<string> {
    const place = this.#places.get(what);
    if (place === undefined) throw new Error(`There is no account with ${what}`);
    await this.#begun.get(what);
    await kind.atLast?.(place);
    await untilNoticed(place, kind);
    return place.id;
  }

  async check(account: string, lines: readonly ExpectedLine[]): Promise<void> {
    if (this.#editor === null) throw new Error("No editor is open");
    await assertChecked(this.#editor, account, lines);
  }

  async #build({ red }: Workbench, what: string, kind: BrokenKind): Promise<FlowNode[]> {
    const number = this.#places.size + 1;
    const place = placeOf(`${this.prefix}-${number}`, await startOwnBmw(number, kind.simulator), red);
    this.#places.set(what, place);
    return brokenFlow(place, red.userDir, kind);
  }
}

/**
 * Acts once the account is there: Node-RED answers a deploy before the nodes that it brings have started. Whoever awaits it
 * gets the failure; until then it is nobody's.
 */
function started(place: BrokenPlace, act: BrokenKind["then"]): Promise<void> {
  const isThere = async () => (await place.status()).login !== undefined;
  const begun = eventually(`the account ${place.id}`, isThere).then(() => act?.(place));
  begun.catch(() => undefined);
  return begun;
}

/** Checks an account in its dialog: the lines stand there, and nothing else is said to be to do. */
export async function assertChecked(editor: Editor, account: string, expected: readonly ExpectedLine[]): Promise<void> {
  const lines = await checkedLines(editor, account);
  const told = lines.map(({ level, text }) => `${level}: ${text}`).join("\n");
  for (const [area, level, says] of expected) {
    const found = lines.find((line) => line.area === area && line.level === level && says.test(line.text));
    assert.ok(found, `no ${level} line on ${area} says ${String(says)}:\n${told}`);
    assert.ok(found.text.startsWith(WORDS[level]), found.text);
  }
  // Whether values come is a matter of the cars, which are silent here.
  const reds = (all: readonly { area: string; level: string }[]) =>
    all.flatMap(({ area, level }) => (level === "red" && area !== "data" ? [area] : []));
  assert.deepEqual(reds(lines), reds(expected.map(([area, level]) => ({ area, level }))), told);
}

async function checkedLines(editor: Editor, account: string) {
  const { page } = editor;
  await editor.editAccount(account);
  await page.locator("#cardata-doctor-start").click();
  const list = page.locator("#cardata-doctor-list li");
  await list.first().waitFor();
  const lines = await list.evaluateAll((all) =>
    all.map((line) => {
      const { dataset, innerText } = line as HTMLElement;
      return { area: dataset["area"] ?? "", level: dataset["level"] ?? "", text: innerText.replace(/\s+/g, " ") };
    }),
  );
  await editor.cancel();
  return lines;
}
