import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { accountCodec, ownerOf } from "../../src/rest/rest-state.js";
import { diskFiles } from "../../src/store/atomic-files.js";
import { Store } from "../../src/store/store.js";
import { systemClock } from "../../src/support/clock.js";
import type { ErrorCode } from "../../src/support/errors.js";
import {
  describeBroken,
  isConnected,
  readerOf,
  renew,
  type BrokenKind,
  type BrokenPlace,
  type ExpectedLine,
  type ToldStatus,
} from "../helpers/broken-account.js";
import { eventually } from "../helpers/eventually.js";
import { PLACE, streamMessage, type FlowNode } from "../helpers/flow.js";
import { secondaryCar } from "../simulator/cars/everyday.js";

const DAY = 24 * 3600 * 1000;

const streamSays =
  (code: ErrorCode) =>
  ({ stream }: ToldStatus) =>
    stream?.problem?.code === code;
/** As the button of the dialog does. */
const discover = async ({ admin, id }: BrokenPlace) => {
  // Refused until the account is at work.
  await eventually("the cars", async () => (await admin.post(`/cardata/account/${id}/discover`)).status === 200);
};
/** Brings the cars, and makes the telematics node ask for their values. */
const ask = async (place: BrokenPlace) => {
  await discover(place);
  await place.admin.post(`/inject/start-${place.id}`);
};

const telematics = (account: string): FlowNode[] => {
  const asker = { id: `asker-${account}`, type: "cardata-telematics", account, ...PLACE, wires: [[]] };
  const never = { once: false, props: [], repeat: "", crontab: "" };
  const start = { id: `start-${account}`, type: "inject", ...PLACE, ...never, wires: [[asker.id]] };
  return [readerOf(account), asker, start];
};

/** Saves that this account has sent so many requests itself, wherever the day begins. */
const sent = (count: number) => async (place: BrokenPlace) => {
  const attempt = { at: Date.now(), budget: "manual", endpoint: "basicData", car: null, outcome: "ok" } as const;
  const initial = accountCodec.initial();
  const ledger = { ...initial.ledger, rolling: true, attempts: Array.from({ length: count }, () => attempt) };
  await new Store(place.folder, diskFiles, systemClock, () => undefined)
    .document("account", accountCodec)
    .save({ ...initial, owner: ownerOf(place.bmw.gcid), ledger });
};

/** Writes a file of the journal of the account's car. */
const journalFile = ({ bmw, folder }: BrokenPlace, content: string | null) => {
  const path = join(folder, "journal", bmw.cars[0]!.vin, `${new Date().getUTCFullYear()}.ndjson`);
  mkdirSync(content === null ? path : dirname(path), { recursive: true });
  if (content !== null) writeFileSync(path, content);
};

const JOURNALS: Readonly<Record<string, BrokenKind>> = {
  "a journal that cannot be read": {
    before: (place) => {
      journalFile(place, null);
    },
    then: discover,
    lines: [
      ["journal", "red", /journal cannot be used .* Check the free space and the rights of the Node-RED user folder\./],
    ],
  },
  "a journal with broken lines and some of a newer version": {
    before: (place) => {
      journalFile(place, `no json\n{"schema":99,"id":"trip-1"}\n{}\n`);
    },
    then: discover,
    lines: [
      ["journal", "red", /newer version of this package has written: 1\. .* Update @cardata/],
      ["journal", "yellow", /left out: 2\. .*put the files back from a backup, or import an earlier export/],
    ],
  },
};

const REQUESTS: Readonly<Record<string, BrokenKind>> = {
  "an API that does not work": {
    then: async (place) => {
      await discover(place);
      place.bmw.faults.api.status(1, 500);
    },
    lines: [["rest", "yellow", /BMW had an internal error\. Try again later\./]],
  },
  "an API that is down": {
    then: async (place) => {
      await discover(place);
      place.bmw.faults.api.down(true);
    },
    lines: [["rest", "yellow", /BMW cannot be reached .* Check the internet connection and try again\./]],
  },
  "an API that refuses a login which is renewed then": {
    then: async (place) => {
      await discover(place);
      place.bmw.faults.api.status(1, 401, { exveErrorId: "CU-101" });
    },
    lines: [["rest", "yellow", /login has expired\. It is renewed by itself\./]],
  },
  "an API that wants another right": {
    then: async (place) => {
      await discover(place);
      place.bmw.faults.api.status(1, 403, { exveErrorId: "CU-103" });
    },
    lines: [["rest", "red", /subscribe the client to CarData API, wait a minute, then log in again\./]],
  },
  "few requests that are left": {
    before: sent(42),
    lines: [["quota", "yellow", /Only \d of 50 are left .*look for another program/]],
  },
  "no request that is left": {
    before: sent(50),
    lines: [
      ["quota", "yellow", /daily limit of 50 BMW requests is used up\. It continues at .* Live data is not affected\./],
      ["rest", "yellow", /Was not tried, because no request is left today\. Check again tomorrow\./],
    ],
  },
  "a data container that is gone": {
    nodes: telematics,
    then: async (place) => {
      const { log, faults, cars } = place.bmw;
      await ask(place);
      await eventually("values", () => log.count(`rest /customers/vehicles/${cars[0]!.vin}/telematicData`) === 1);
      faults.loseContainers();
    },
    lines: [["container", "yellow", /no longer knows the data container .* A new one is made by itself/]],
  },
  "data containers of another program": {
    then: ({ bmw }) => {
      bmw.faults.foreignContainers(2);
    },
    lines: [
      [
        "container",
        "yellow",
        /Other programs have containers in this BMW account: .*Other program 1 .* Delete those that nobody/,
      ],
    ],
  },
  "no room for a data container": {
    nodes: telematics,
    before: ({ bmw }) => {
      bmw.faults.foreignContainers(10);
    },
    lines: [
      ["container", "red", /already has 10 data containers.*Other program 10 .* Delete one of them/],
      ["container", "yellow", /Other programs have containers in this .*Other program 5 .*…\./],
    ],
  },
  "a data container that BMW does not make": {
    nodes: telematics,
    before: ({ bmw }) => {
      bmw.faults.refuseContainers(true);
    },
    then: ask,
    until: ({ rest }) => rest?.problem?.code === "cu_403",
    lines: [["container", "red", /refused to make the data container\. Check in the portal .* tried again tomorrow\./]],
  },
};

const NO_STREAM: ExpectedLine = ["subscription", "yellow", /Can be told once the stream is connected/];
const STREAMS: Readonly<Record<string, BrokenKind>> = {
  "a stream that cannot be reached": {
    before: ({ bmw }) => {
      bmw.faults.streamDown(true);
    },
    until: ({ stream }) => stream?.state === "waiting",
    lines: [["connection", "yellow", /stream server cannot be reached .* Check the internet connection/], NO_STREAM],
  },
  "a stream that goes away": {
    then: async ({ bmw, status }) => {
      await eventually("the stream", async () => isConnected(await status()));
      bmw.faults.streamDown(true);
    },
    until: ({ stream }) => stream?.state === "waiting" && stream.problem?.code !== "stream_closed",
    lines: [["connection", "yellow", /stream server cannot be reached .* Check the internet connection/], NO_STREAM],
  },
  "a stream that refuses the login": {
    before: ({ bmw }) => {
      bmw.faults.refuseConnect(100, 5);
    },
    until: streamSays("stream_unauthorised"),
    lines: [["connection", "red", /refuses the login .* not subscribed to CarData Stream/], NO_STREAM],
  },
  "a subscription that is refused": {
    before: ({ bmw }) => {
      bmw.faults.refuseSubscribe(100);
    },
    until: streamSays("stream_subscription_refused"),
    lines: [
      ["connection", "green", /The connection is accepted\./],
      ["subscription", "red", /Configure the data stream in the BMW portal/],
    ],
  },
  "another program on the stream": {
    atLast: async (place) => {
      const { bmw, status } = place;
      await eventually("the stream", async () => isConnected(await status()));
      // How long the first connection has lived by now depends on the machine.
      await renew(place);
      for (const connection of [2, 3, 4]) {
        await eventually(`connection ${connection}`, () => bmw.log.count("subscribe") === connection);
        await eventually("the stream", async () => isConnected(await status()));
        bmw.kick();
      }
    },
    until: streamSays("stream_second_client"),
    lines: [["connection", "red", /another program uses it .* Switch the other one off/], NO_STREAM],
  },
  "a stream whose certificate is nobody's": {
    // It has no authority of its own: that of the system does not know it.
    properties: () => ({ caFile: "" }),
    until: streamSays("stream_tls"),
    lines: [["connection", "red", /certificate was not accepted .* Check the address, the clock/], NO_STREAM],
  },
  "an account that no node uses": {
    nodes: () => [],
    until: ({ login }) => login?.state === "ok",
    lines: [["connection", "yellow", /Add a cardata stream node that does, and deploy\./], NO_STREAM],
  },
};

const CARS: Readonly<Record<string, BrokenKind>> = {
  "an account without cars": {
    simulator: { cars: [] },
    then: discover,
    lines: [["cars", "yellow", /No car is known\. Press “Discover” above/]],
  },
  "a car of somebody else": {
    simulator: { cars: [secondaryCar(Date.now())] },
    then: discover,
    lines: [["role", "yellow", /as a second user only.* Log in as the main user/]],
  },
  "a car that BMW's API refuses": {
    before: ({ bmw }) => {
      for (const { vin } of bmw.cars) bmw.faults.refuseCar(vin);
    },
    then: discover,
    lines: [["role", "yellow", /not the main user of the car .*, or it cannot send data/]],
  },
  "a car for which little was ticked, long ago": {
    then: async (place) => {
      await discover(place);
      await eventually("the stream", async () => isConnected(await place.status()));
      const { vin } = place.bmw.cars[0]!;
      place.bmw.publish(vin, streamMessage(vin, { "vehicle.body.trunk.isOpen": false }, Date.now() - 30 * DAY));
    },
    until: ({ stream }) => stream?.lastMessageAt !== undefined,
    lines: [
      ["data", "yellow", /Few values have come so far: \d+\. .*“Configure data stream” in the portal/],
      [
        "data",
        "yellow",
        /Battery and charging: nothing has come, although it is chosen in step 2\. Tick it for this car/,
      ],
      ["message", "yellow", /long ago\. If the car was driven since: look whether values are ticked/],
    ],
  },
};

describeBroken("an account that gets no data", "data", { ...JOURNALS, ...REQUESTS, ...STREAMS, ...CARS });
