import type { Account } from "../src/account/account.js";
import { checkAccount } from "../src/account/doctor/check.js";
import { findingText } from "../src/account/doctor/finding-text.js";
import { checkMessage } from "../src/messages/check-message.js";
import { parseCommand } from "../src/messages/command.js";
import type { EventMessage } from "../src/messages/types.js";
import { readSettings } from "../src/settings/schema.js";
import { STREAM_SCHEMA } from "../src/settings/stream-schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { statusUnder } from "./lib/account-trouble.js";
import { doctorWords } from "./lib/doctor-words.js";
import { listen, onceStarted } from "./lib/listeners.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { StatusLine } from "./lib/status-line.js";
import { StreamSender } from "./lib/stream-sender.js";
import { streamStatus } from "./lib/stream-status.js";

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
  const sender = new StreamSender(RED, node, account, readSettings(STREAM_SCHEMA, properties));
  const status = new StatusLine(node);
  const showStatus = () => {
    status.set(() => statusUnder(RED, account, () => streamStatus(RED, account.status)));
  };
  let started = false;

  const stopListening = listen(account.events, {
    update: sender.update.bind(sender),
    event: sender.event.bind(sender),
    journal: sender.journal.bind(sender),
    appeared: (vin) => {
      if (started) sender.restored([vin]);
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    started = true;
    sender.restored();
  });
  const use = useAccount(owner, node);
  showStatus();

  onAccountInput(
    RED,
    node,
    account,
    async (message, send) => {
      if (sender.takesStatus(message)) return;
      const command = parseCommand(message, COMMANDS);
      if (command === "snapshot") await sender.snapshot(send);
      if (command === "reconnect") account.reconnect();
      if (command === "check") send([null, await check(RED, account)]);
    },
    // It tells why the account may not work.
    { isAlwaysHandled: ({ command }) => command === "check" },
  );
  node.on("close", function (removed, done) {
    stopListening();
    stopWaiting();
    sender.close();
    status.close();
    use.release(removed);
    done();
  });
}

async function check(RED: NodeAPI, account: Account): Promise<EventMessage> {
  const report = await checkAccount(account, () => systemClock.now());
  const words = doctorWords(RED);
  return checkMessage(account.settings.topicBase, account.label, report, systemClock.now(), (finding) =>
    findingText(finding, words),
  );
}
