import assert from "node:assert/strict";
import { Account } from "../../src/account/account.js";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import type { AccountEvent } from "../../src/account/account-events.js";
import type { Operation, OperationAnswer, OperationRequest } from "../../src/rest/operations.js";
import type { NodeRequests } from "../../src/rest/rest-service.js";
import { parseSettings, type AccountProperties } from "../../src/account/settings.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { acceptLogin } from "../../src/auth/tokens.js";
import type { TelematicPollRequest } from "../../src/polling/poll-request.js";
import { memoryFiles, type Files } from "../../src/store/atomic-files.js";
import type { Clock } from "../../src/support/clock.js";
import type { CarDataError } from "../../src/support/errors.js";
import type { HttpRequest } from "../../src/support/http.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { commuter, parkedCar } from "../simulator/cars/everyday.js";
import { bmwInProcess, type InProcessOptions } from "../simulator/in-process.js";
import { evenRandom, memoryLog, START } from "./fakes.js";
import { telematicRequest } from "./poll-requests.js";

export interface InProcessAccountOptions extends Partial<InProcessOptions> {
  readonly start?: number;
  readonly properties?: AccountProperties;
  readonly files?: Files;
  /** The clock of the machine that the account runs on; default: the one of BMW and the cars, which is right. */
  readonly machineClock?: (right: Clock) => Clock;
}

const MINUTE_MS = 60_000;

/** Builds the requests of a node with automatic polls; the defaults are those of the node. */
export function telematicWants(node: string, changes: Partial<TelematicPollRequest> = {}): NodeRequests {
  return { descriptors: [], pollRequests: [telematicRequest({ node, ...changes })] };
}

/** Builds the request of a message. */
export function request(operation: Operation, changes: Partial<OperationRequest> = {}): OperationRequest {
  const { force = false } = changes;
  const about = { vin: null, from: null, to: null, maxPages: 3, force, insist: force };
  return { operation, ...about, containerAction: "list", containerId: null, confirm: false, ...changes };
}

/** An account and a BMW in one process on one simulated clock: a month takes seconds. */
export function accountInProcess(options: InProcessAccountOptions = {}) {
  const { start = START, properties = {}, files = memoryFiles(), machineClock, ...rest } = options;
  const clock = new SimulatedClock(start);
  const own = machineClock?.(clock) ?? clock;
  const bmw = bmwInProcess({ clock, ...rest });
  const log = memoryLog();
  const vaultKey = generateVaultKey();
  const settings = parseSettings("a1", properties, { clientId: bmw.clientId });
  const requests: HttpRequest[] = [];
  const answers: { node: string; answer: OperationAnswer; at: number }[] = [];
  const events: AccountEvent[] = [];
  const nodes = new Map<string, NodeRequests>();
  let leave: (() => void)[] = [];
  let account = create();

  function create(): Account {
    const one = new Account(settings, {
      clock: own,
      random: evenRandom,
      createSend: () => (sent) => {
        requests.push(sent);
        return bmw.send(sent);
      },
      openStream: bmw.stream.open,
      files,
      folder: "/a1",
      ownership: new OwnershipRegistry(),
      log,
      vaultKey,
    });
    one.events.on("answer", (node, answer) => answers.push({ node, answer, at: clock.now() }));
    one.events.on("event", (event) => events.push(event));
    return one;
  }

  function use(): void {
    leave = [...nodes].map(([node, wants]) => {
      account.retain(node);
      return account.rest.join(node, wants);
    });
  }

  return {
    clock,
    bmw,
    log,
    files,
    requests,
    answers,
    events,
    vaultKey,
    get account() {
      return account;
    },
    /** Deploys a node. */
    join: (node: string, wants: NodeRequests) => {
      nodes.set(node, wants);
      account.retain(node);
      const end = account.rest.join(node, wants);
      leave.push(end);
      /** Takes the node away. */
      return () => {
        nodes.delete(node);
        end();
      };
    },
    /** Logs in and waits for what a login costs. */
    begin: async () => {
      const tokens = acceptLogin({ ...bmw.issueTokens() }, bmw.clientId, own.now());
      await account.open({ tokens, vaultKey });
      await clock.advance(MINUTE_MS);
    },
    /** All nodes and the account are deployed anew; everything is loaded from the files. */
    restart: async () => {
      for (const end of leave) end();
      await account.close();
      account = create();
      use();
      await account.open();
    },
    /** Presses the button of a node; resolves to the answers, or to the error with which it ended. */
    press: async (operation: Operation, changes: Partial<OperationRequest> = {}) => {
      const got: OperationAnswer[] = [];
      const asked = account.rest.run(request(operation, changes), (answer) => got.push(answer));
      const error = asked.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      await clock.advance(2 * MINUTE_MS);
      return { answers: got, error: (await error) as CarDataError | null };
    },
    /** REST calls of which the path contains `part`. */
    calls: (part = "") => bmw.log.entries.filter(({ kind }) => kind.startsWith("rest") && kind.includes(part)),
    end: async () => {
      bmw.stop();
      await account.close();
    },
  };
}

/**
 * Opens accounts, with two parked cars unless given, and ends them after each test. Call once at the top of a spec file.
 */
export function openingAccounts() {
  const open: ReturnType<typeof accountInProcess>[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.end();
  });
  return (options: InProcessAccountOptions = {}) => {
    const { start = START } = options;
    const one = accountInProcess({ cars: [commuter(start, { days: 0 }), parkedCar(start)], ...options });
    open.push(one);
    return one;
  };
}

/**
 * Opens accounts that are logged in, with two parked cars and a data container, and forgets their calls so far; ends them
 * after each test. Call once at the top of a spec file.
 */
export function readyAccounts() {
  const accountWith = openingAccounts();
  return async (options: InProcessAccountOptions = {}) => {
    const one = accountWith(options);
    await one.begin();
    const [vin = "", other = ""] = one.bmw.cars.map((car) => car.vin);
    assert.equal((await one.press("telematicData", { vin })).error, null);
    one.bmw.log.clear();
    /** Has the next calls refused with BMW's words. */
    const refuse = (count: number, status: number, exveErrorId: string, exveErrorMsg = "") => {
      one.bmw.faults.api.status(count, status, { exveErrorId, exveErrorMsg, exveErrorRef: "ref-7", exveNote: "" });
    };
    return {
      ...one,
      vin,
      other,
      refuse,
      refreshes: () => one.bmw.log.count("refresh"),
      /** Another one after a restart. */
      get account() {
        return one.account;
      },
    };
  };
}
