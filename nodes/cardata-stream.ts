import type { Update } from "../src/account/account-events.js";
import type { Account } from "../src/account/account.js";
import { parseCommand } from "../src/messages/command.js";
import { streamEventOf } from "../src/messages/event-message.js";
import { StreamOutput } from "../src/messages/stream-output.js";
import type { ValueMessage } from "../src/messages/types.js";
import { BrokerWatch } from "../src/mqtt-out/broker-watch.js";
import { WholeCars } from "../src/mqtt-out/whole-cars.js";
import { readSettings } from "../src/settings/schema.js";
import { STREAM_SCHEMA } from "../src/settings/stream-schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen, onceStarted } from "./lib/listeners.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { streamStatus } from "./lib/stream-status.js";
import { valuePortions } from "./lib/value-portions.js";

const COMMANDS = ["snapshot", "reconnect"] as const;

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
  const output = new StreamOutput({ ...options, ...messageOrigin(account), account: account.label }, () =>
    RED.util.generateId(),
  );
  const status = new StatusLine(node);
  const showStatus = () => {
    status.set(() => statusUnder(RED, account, (state) => streamStatus(RED, state)));
  };
  const brokers = new BrokerWatch(systemClock, () => {
    portions.send(traced(output.resent(account.registry.cars)));
    // Who reads what is passed on has to know whether there is more to come.
    const state = options.form === "raw" ? streamEventOf(account.status) : null;
    if (state !== null) node.send([null, output.event(state, systemClock.now())]);
  });
  const portions = valuePortions<ValueMessage>(node, brokers);
  const traced = (messages: (ValueMessage & { _msgid?: string })[]): ValueMessage[] => {
    if (messages.length === 0) return messages;
    const id = RED.util.generateId();
    for (const message of messages) message._msgid = id;
    return messages;
  };

  const wholeCars = new WholeCars(systemClock, (vin) => {
    portions.send(traced(output.snapshot(carsOf(account, vin))));
  });
  const keepsWhole = restores && options.form === "raw";
  let started = false;

  const stopListening = listen(account.events, {
    update: (update) => {
      portions.pass(traced(output.update(update)));
      if (keepsWhole && bringsNews(update)) wholeCars.changed(update.vin);
      const events = output.events(update);
      if (events.length > 0) node.send([null, events]);
    },
    event: (event, at) => {
      node.send([null, output.event(event, at)]);
    },
    appeared: (vin) => {
      if (started && restores) portions.send(traced(output.restored(carsOf(account, vin))));
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    started = true;
    if (restores) portions.send(traced(output.restored(account.registry.cars)));
  });
  const use = useAccount(owner, node);
  showStatus();

  onAccountInput(RED, node, account, (message, send) => {
    if (brokers.handle(message)) return;
    const command = parseCommand(message, COMMANDS);
    if (command === "snapshot" && brokers.isUsed) portions.send(traced(output.snapshot(account.registry.cars)));
    else if (command === "snapshot") send([output.snapshot(account.registry.cars), null]);
    if (command === "reconnect") account.reconnect();
  });
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

function carsOf({ registry }: Account, vin: string): Account["registry"]["cars"] {
  const car = registry.cars.get(vin);
  return new Map(car && [[vin, car]]);
}
