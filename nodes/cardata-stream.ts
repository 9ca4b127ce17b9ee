import type { Account } from "../src/account/account.js";
import { carNameOf } from "../src/account/vehicle-identity.js";
import { parseCommand } from "../src/messages/command.js";
import { StreamOutput } from "../src/messages/stream-output.js";
import type { ValueMessage } from "../src/messages/types.js";
import { BrokerWatch } from "../src/mqtt-out/broker-watch.js";
import { readSettings } from "../src/settings/schema.js";
import { STREAM_SCHEMA } from "../src/settings/stream-schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen, onceStarted } from "./lib/listeners.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { streamStatus } from "./lib/stream-status.js";

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
  const { label, settings } = account;
  const distanceUnit = (vin: string) => account.registry.cars.get(vin)?.vehicle.distanceUnit;
  const carName = (vin: string) => carNameOf(account, vin);
  const output = new StreamOutput(
    { ...options, topicBase: settings.topicBase, account: label, distanceUnit, carName },
    () => RED.util.generateId(),
  );
  const status = new StatusLine(node);
  const showStatus = () => {
    status.set(statusUnder(RED, account, () => streamStatus(RED, account.status)));
  };
  const sendValues = (messages: ValueMessage[]) => {
    if (messages.length === 0) return;
    const _msgid = RED.util.generateId();
    // One by one, because of messages sent together Node-RED copies all but the first.
    for (const message of messages) node.send(Object.assign(message, { _msgid }));
  };

  let started = false;

  const stopListening = listen(account.events, {
    update: (update) => {
      sendValues(output.update(update));
      const events = output.events(update);
      if (events.length > 0) node.send([null, events]);
    },
    event: (event, at) => {
      node.send([null, output.event(event, at)]);
    },
    appeared: (vin) => {
      if (started && restores) sendValues(output.restored(carsOf(account, vin)));
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    started = true;
    if (restores) sendValues(output.restored(account.registry.cars));
  });
  const brokers = new BrokerWatch(systemClock, () => {
    sendValues(output.resent(account.registry.cars));
  });
  const use = useAccount(owner, node);
  showStatus();

  onAccountInput(RED, node, account, (message, send) => {
    if (brokers.handle(message)) return;
    const command = parseCommand(message, COMMANDS);
    if (command === "snapshot") send([output.snapshot(account.registry.cars), null]);
    if (command === "reconnect") account.reconnect();
  });
  node.on("close", function (removed, done) {
    stopListening();
    stopWaiting();
    brokers.close();
    status.close();
    use.release(removed);
    done();
  });
}

function carsOf({ registry }: Account, vin: string): Account["registry"]["cars"] {
  const car = registry.cars.get(vin);
  return new Map(car && [[vin, car]]);
}
