import type { Account } from "../src/account/account.js";
import type { Update } from "../src/account/account-events.js";
import { carIdentity, driveTypeOf, vinOf } from "../src/account/vehicle-identity.js";
import type { AnnouncerDependencies } from "../src/homeassistant/announcer-dependencies.js";
import { Announcer } from "../src/homeassistant/announcer.js";
import { parseAnnouncerOptions } from "../src/homeassistant/announcer-options.js";
import type { KnownInput } from "../src/homeassistant/car-input.js";
import { eventAttributes } from "../src/messages/event-message.js";
import { parseAnnouncerInput } from "../src/homeassistant/announcer-input.js";
import { SocOutput } from "../src/messages/soc-output.js";
import type { MqttMessage } from "../src/homeassistant/mqtt-message.js";
import { systemClock } from "../src/support/clock.js";
import { systemRandom } from "../src/support/random.js";
import { redactor } from "../src/support/redact.js";
import { parseVin } from "../src/support/vin.js";
import { type AccountNode, onAccountInput, useAccount, withAccount } from "./lib/account-node.js";
import { homeAssistantStatus } from "./lib/homeassistant-status.js";
import { listen, onceStarted, onEachStart } from "./lib/listeners.js";
import { announcingNodesOf } from "./lib/announcing-nodes.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { sendBudget } from "./lib/send-budget.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { translatedProblem } from "./lib/translate.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-homeassistant", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { announced, settings } = account;
  const publishers = announcingNodesOf(RED);
  const status = new StatusLine(node);
  const options = parseAnnouncerOptions(properties, settings);
  let isShared = false;
  let saving = Promise.resolve();
  const showStatus = () => {
    const wasShared = isShared;
    isShared = publishers.isShared(node.id);
    if (isShared && !wasShared) node.warn(RED._("cardata-homeassistant.shared"));
    status.set(() => statusUnder(RED, account, () => homeAssistantStatus(RED, announcer.summary, isShared)));
    return wasShared && !isShared;
  };
  const lookAround = () => {
    // The other one has written over what this one had announced.
    if (showStatus()) announcer.resend();
  };
  const announcer = new Announcer(options, {
    clock: systemClock,
    random: systemRandom,
    budget: sendBudget,
    ...knownCars(account),
    saved: () => announced.of(node.id),
    save: (state, isUrgent) => {
      saving = announced.keep(node.id, state, isUrgent);
    },
    isHeld: (topic) => publishers.isHeldByOther(node.id, topic),
    send: senderOf(node),
    warn: (problem) => {
      node.warn(account.redact(translatedProblem(RED, problem)));
    },
    onChange: () => {
      showStatus();
      publishers.notifyOthers(node.id);
    },
  });
  const leave = publishers.register(node.id, {
    get cars() {
      return announcer.vins.map((vin) => `${options.prefix}/${vin}`);
    },
    holds: (topic) => announcer.holds(topic),
    onOther: lookAround,
  });
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    start(announcer, account);
  };

  const use = useAccount(owner, node);
  const stopListening = listen(account.events, {
    update: (update) => {
      follow(announcer, update);
    },
    event: ({ name }) => {
      if (name === "connected" || name === "disconnected") announcer.setStreamConnected(name === "connected");
    },
    pictured: (vin, { bytes, type }) => {
      begin();
      announcer.handle({ kind: "image", vin, image: bytes, contentType: type });
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, begin);
  // Another node may have come or gone that announces the same cars.
  const stopWatching = onEachStart(RED, lookAround);
  showStatus();

  onAccountInput(RED, node, account, async (message) => {
    begin();
    const reason = announcer.handle(parseAnnouncerInput(message, (name) => vinOf(account, name)));
    if (reason !== null) node.debug(redactor.text(reason));
    // A removal is saved at once, in case the power fails now.
    await saving;
  });
  node.on("close", function (removed, done) {
    for (const stop of [stopListening, stopWaiting, stopWatching, leave]) stop();
    announcer.close();
    status.close();
    use.release(removed);
    done();
  });
}

function start(announcer: Announcer, account: Account): void {
  announcer.start();
  restoreKnown(announcer, account);
  const { state, problem } = account.status.stream;
  const isConnected = CONNECTED[state];
  // Connected to a broker that is not fed is not connected.
  if (isConnected !== null) announcer.setStreamConnected(isConnected && problem === undefined);
}

/** Tells again what no message tells after a start; reads a picture only where one was announced. */
function restoreKnown(announcer: Announcer, account: Account): void {
  for (const [vin, { vehicle }] of account.registry.cars) {
    announcer.restore(vin, vehicle.updatedAt, learnedOf(account, vin));
    if (!announcer.showsImage(vin)) continue;
    void account.rest.keptImage(vin).then((image) => {
      if (image === null) return;
      announcer.restore(vin, vehicle.updatedAt, [{ kind: "image", vin, image: image.bytes, contentType: image.type }]);
    });
  }
}

/** Returns what was learned, as cardata-predicted-soc would report it. */
function learnedOf(account: Account, vin: string): KnownInput[] {
  const report = account.soc.report(vin);
  if (report === null) return [];
  const output = new SocOutput({ ...messageOrigin(account), vehicle: vin });
  const input = parseAnnouncerInput(output.learning(vin, report, systemClock.now()), parseVin);
  return input.kind === "report" ? [input] : [];
}

/** Returns what sends messages one by one, because of messages sent together Node-RED copies all but the first. */
function senderOf(node: RedNode): (messages: readonly MqttMessage[]) => void {
  return (messages) => {
    for (const message of messages) node.send(message);
  };
}

function knownCars(
  account: Account,
): Pick<AnnouncerDependencies, "carOf" | "driveTypeOf" | "isCharging" | "isIgnored"> {
  return {
    carOf: (vin) => carIdentity(account, vin),
    driveTypeOf: (vin) => driveTypeOf(account, vin),
    isIgnored: (vin) => account.vehicles.some((car) => car.vin === vin && car.ignore),
    isCharging: (vin) => account.registry.cars.get(vin)?.vehicle.isCharging ?? null,
  };
}

function follow(announcer: Announcer, { vin, events }: Update): void {
  announcer.refresh(vin);
  for (const event of events) announcer.tell(vin, event.name, eventAttributes(event));
}

/** Maps the state of the stream to whether it is connected; `null`: not settled yet. */
const CONNECTED: Readonly<Record<Account["status"]["stream"]["state"], boolean | null>> = {
  live: true,
  quiet: true,
  connecting: null,
  waiting: null,
  off: false,
  "no-right": false,
};
