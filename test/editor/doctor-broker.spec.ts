import type { ErrorCode } from "../../src/support/errors.js";
import {
  assertChecked,
  placeOf,
  readerOf,
  untilNoticed,
  type ExpectedLine,
  type ToldStatus,
} from "../helpers/broken-account.js";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";
import { TAB, type FlowNode } from "../helpers/flow.js";
import { startBroker } from "../helpers/plain-broker.js";
import { startRefusingBroker, type RefusingBroker } from "../helpers/refusing-broker.js";

/** Says what is wrong with the user's own broker, or at the Node-RED behind it, and what a check has to say then. */
interface BrokenBroker {
  readonly start: () => Promise<RefusingBroker>;
  /** By which the account shows that it has noticed. */
  readonly code: ErrorCode;
  readonly lines: readonly ExpectedLine[];
}

const NO_STREAM: ExpectedLine = ["subscription", "yellow", /Can be told once the stream is connected/];
const CONNECTED: ExpectedLine = ["connection", "green", /Connected since/];

/** A broker that keeps an event of the Node-RED that owns the login. */
const keeping = (event: string, text: string) => async () => {
  const broker = await startBroker();
  broker.publish(`bmw/account/event/${event}`, { text, timestamp: new Date().toISOString() }, true);
  return broker;
};
/** No program listens there; a port that was free a moment ago may be that of another suite by now. */
const DEAD_PORT = 1;
const nobodyThere = async (): Promise<RefusingBroker> => ({ port: DEAD_PORT, stop: async () => undefined });

const KINDS: Readonly<Record<string, BrokenBroker>> = {
  "that is not there": {
    start: nobodyThere,
    code: "stream_network",
    lines: [["connection", "red", /with your own broker, that it runs and that host and port are right/], NO_STREAM],
  },
  "that refuses the password": {
    start: () => startRefusingBroker("password"),
    code: "broker_unauthorised",
    lines: [["connection", "red", /refuses user name or password\. Correct them/], NO_STREAM],
  },
  "that does not allow reading": {
    start: () => startRefusingBroker("refuses"),
    code: "broker_subscription_refused",
    lines: [
      ["connection", "green", /The connection is accepted/],
      ["subscription", "red", /does not allow reading bmw\/#\. Check the rights of the broker user and the prefix\./],
    ],
  },
  "that has another client of the same name": {
    start: () => startRefusingBroker("one-client"),
    code: "broker_second_client",
    lines: [["connection", "red", /another program connects with the same client id/], NO_STREAM],
  },
  "that says nothing": {
    start: () => startRefusingBroker("silent"),
    code: "broker_silent",
    lines: [
      ["login", "green", /None is needed/],
      CONNECTED,
      ["subscription", "yellow", /nothing has come under bmw\/# yet.* Check the prefix/],
      ["cars", "yellow", /No car has been heard on your broker yet\. Check the topic prefix/],
    ],
  },
  "whose Node-RED with the login is gone": {
    start: keeping("offline", ""),
    code: "owner_offline",
    lines: [CONNECTED, ["subscription", "yellow", /is not connected to the broker.* goes on by itself/]],
  },
  "whose Node-RED needs a new login": {
    start: keeping("loginRequired", "The saved login is damaged."),
    code: "owner_needs_login",
    lines: [CONNECTED, ["subscription", "red", /log in there\. The saved login is damaged\./]],
  },
  "whose Node-RED has no stream": {
    start: keeping("disconnected", "Switch the other one off."),
    code: "owner_disconnected",
    lines: [CONNECTED, ["subscription", "red", /has no stream from BMW.* Switch the other one off\./]],
  },
};

const idOf = (what: string) => `reader-${Object.keys(KINDS).indexOf(what)}`;

describe("the check of an account on the user's own broker", () => {
  const brokers: RefusingBroker[] = [];
  let bench: Workbench;
  let editor: Editor;

  const deploy = async (flow: readonly FlowNode[]) => {
    await bench.closeWaitingPages();
    await placeOf("", bench.simulator, bench.red).admin.deploy(flow);
  };

  before(async () => {
    bench = await Workbench.start();
    const flow: FlowNode[] = [TAB];
    for (const [what, { start }] of Object.entries(KINDS)) {
      const broker = await start();
      brokers.push(broker);
      const own = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(broker.port) };
      flow.push(readerOf(idOf(what)), { id: idOf(what), type: "cardata-account", name: "", ...own });
    }
    await deploy(flow);
    editor = await bench.open();
  });
  after(async () => {
    await bench.closePages();
    await deploy([]);
    await Promise.all(brokers.map((broker) => broker.stop()));
    await bench.stop();
  });

  for (const [what, { code, lines }] of Object.entries(KINDS))
    it(`says of one ${what} what to do`, async () => {
      const until = ({ stream }: ToldStatus) => stream?.problem?.code === code;
      await untilNoticed(placeOf(idOf(what), bench.simulator, bench.red), { until });
      await assertChecked(editor, idOf(what), lines);
    });
});
