import type { Update } from "../src/account/account-events.js";
import type { Account } from "../src/account/account.js";
import { checkAccount } from "../src/account/doctor/check.js";
import { findingText } from "../src/account/doctor/finding-text.js";
import { checkMessage } from "../src/messages/check-message.js";
import { parseCommand } from "../src/messages/command.js";
import { streamEventOf } from "../src/messages/event-message.js";
import { StreamOutput } from "../src/messages/stream-output.js";
import type { EventMessage, ValueMessage } from "../src/messages/types.js";
import { BrokerWatch } from "../src/mqtt-out/broker-watch.js";
import { WholeCars } from "../src/mqtt-out/whole-cars.js";
import { readSettings } from "../src/settings/schema.js";
import { STREAM_SCHEMA } from "../src/settings/stream-schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { doctorWords } from "./lib/doctor-words.js";
import { listen, onceStarted } from "./lib/listeners.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode, Send } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { streamStatus } from "./lib/stream-status.js";
import { valuePortions } from "./lib/value-portions.js";

const COMMANDS = ["snapshot", "reconnect", "check"] as const;

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-stream", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { restore: restores, ...options } = readSettings(STREAM_SCHEMA, properties);
  const isRaw = options.form === "raw";
  const origin = messageOrigin(account);
  const output = new StreamOutput({ ...options, ...origin, account: account.label }, () => RED.util.generateId());
  const status = new StatusLine(node);
  const showStatus = () => {
    status.set(() => statusUnder(RED, account, (state) => streamStatus(RED, state)));
  };
  const brokers = new BrokerWatch(systemClock, () => {
    void sendKnown(output.resent(account.registry.cars));
    // Who reads what is passed on has to know whether there is more to come.
    const state = isRaw ? streamEventOf(account.status) : null;
    if (state !== null) node.send([null, output.event(state, systemClock.now())]);
  });
  const portions = valuePortions<ValueMessage>(node, brokers);
  const traced = (messages: (ValueMessage & { _msgid?: string })[]): ValueMessage[] => {
    if (messages.length === 0) return messages;
    const id = RED.util.generateId();
    for (const message of messages) message._msgid = id;
    return messages;
  };
  const onceSaved = whenSaved(account, isRaw);
  const sendKnown = (messages: ValueMessage[]) =>
    onceSaved(() => {
      portions.send(traced(messages));
    });

  const wholeCars = new WholeCars(systemClock, (vins) => {
    void sendKnown(output.snapshot(carsOf(account, vins)));
  });
  const keepsWhole = restores && isRaw;
  // What it passes on below its own prefix comes back to a reader, and would go round for ever.
  const mayHearItself = isRaw && account.settings.source === "broker";
  let started = false;

  const stopListening = listen(account.events, {
    update: (update) => {
      const isNews = bringsNews(update);
      const messages = isNews || !mayHearItself ? traced(output.update(update)) : [];
      // One of BMW's waits for nothing: who reads it goes by the times of its values.
      if (isRaw) for (const message of messages) node.send(message);
      else portions.pass(messages);
      if (keepsWhole && isNews) wholeCars.changed(update.vin);
      const events = output.events(update);
      if (events.length > 0) node.send([null, events]);
    },
    event: (event, at) => {
      node.send([null, output.event(event, at)]);
    },
    appeared: (vin) => {
      if (started && restores) void sendKnown(output.restored(carsOf(account, [vin])));
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    started = true;
    if (restores) void sendKnown(output.restored(account.registry.cars));
  });
  const use = useAccount(owner, node);
  showStatus();

  const sendSnapshot = (send: Send) => {
    const messages = output.snapshot(account.registry.cars);
    if (brokers.isUsed) return sendKnown(messages);
    return onceSaved(() => {
      send([messages, null]);
    });
  };
  const check = async (): Promise<EventMessage> => {
    const report = await checkAccount(account, () => systemClock.now());
    const words = doctorWords(RED);
    return checkMessage(origin.topicBase, account.label, report, systemClock.now(), (finding) =>
      findingText(finding, words),
    );
  };

  onAccountInput(
    RED,
    node,
    account,
    async (message, send) => {
      if (brokers.handle(message)) return;
      const command = parseCommand(message, COMMANDS);
      if (command === "snapshot") await sendSnapshot(send);
      if (command === "reconnect") account.reconnect();
      if (command === "check") send([null, await check()]);
    },
    // It tells why the account may not work.
    { isAlwaysHandled: ({ command }) => command === "check" },
  );
  node.on("close", function (removed, done) {
    stopListening();
    stopWaiting();
    brokers.close();
    portions.close();
    wholeCars.close();
    status.close();
    use.release(removed);
    done();
  });
}

/** Returns whether what is known of a car has changed; what comes without a message of BMW's is about a change. */
function bringsNews({ readings, envelope }: Update): boolean {
  return readings.length > 0 || envelope === undefined;
}

/**
 * Returns what sends messages of all that is known, of now. Whole cars are for a broker to keep, so they are sent when they
 * are on the disk as well: a process that is killed begins with what lies there, and would replace fuller ones at the broker.
 */
function whenSaved({ registry }: Account, areWhole: boolean): (send: () => void) => Promise<void> {
  return async (send) => {
    if (areWhole) await registry.saved();
    send();
  };
}

function carsOf({ registry }: Account, vins: readonly string[]): Account["registry"]["cars"] {
  const known = (vin: string) => {
    const car = registry.cars.get(vin);
    return car === undefined ? [] : [[vin, car] as const];
  };
  return new Map(vins.flatMap(known));
}
