import type { Account } from "../src/account/account.js";
import { withVin } from "../src/account/vehicle-identity.js";
import { journalAnswers } from "../src/messages/journal-answers.js";
import { parseJournalInput } from "../src/messages/journal-input.js";
import { entryMessage } from "../src/messages/journal-output.js";
import type { JournalEntryMessage } from "../src/messages/types.js";
import { JOURNAL_SCHEMA } from "../src/settings/journal-schema.js";
import { readSettings } from "../src/settings/schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { journalCounts, journalStatus } from "./lib/journal-status.js";
import { listen, onceStarted } from "./lib/listeners.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { exportLanguage } from "./lib/runtime-language.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-journal", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { journal, settings } = account;
  const { vehicle, kinds } = readSettings(JOURNAL_SCHEMA, properties);
  const origin = messageOrigin(account);
  const answering = { ...origin, journal, currency: settings.journal.currency, language: exportLanguage(RED) };
  const status = new StatusLine(node);
  const isWanted = (vin: string) => vehicle === "" || vin === vehicle;
  const vins = () => journal.desk.vins.filter(isWanted);
  /** Changes from before the flows have started, when nobody would receive them; `null` once they have. */
  let early: JournalEntryMessage[] | null = [];

  const counts = journalCounts(
    systemClock,
    () => journal.desk.countsOfMonth(vins()),
    () => {
      showStatus();
    },
  );
  const showStatus = () => {
    counts.look();
    status.set(() => statusUnder(RED, account, () => journalStatus(RED, kinds, journal.problem, counts.known)));
  };
  const sendEntry = (message: JournalEntryMessage) => {
    if (early === null) node.send([message, null]);
    else early.push(message);
  };

  const use = useAccount(owner, node);
  const stopListening = listen(account.events, {
    entry: (vin, change) => {
      if (!isWanted(vin)) return;
      counts.changed();
      const kind = change.entry?.kind ?? null;
      if (kinds === "both" || kind === null || kinds === `${kind}s`)
        sendEntry(entryMessage(origin, vin, change, systemClock.now()));
      showStatus();
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    const waiting = early ?? [];
    early = null;
    for (const message of waiting) sendEntry(message);
    counts.changed();
    showStatus();
  });
  showStatus();

  onAccountInput(RED, node, account, async (message, send) => {
    const context = { vehicle, vins: journal.desk.vins, now: systemClock.now() };
    const request = parseJournalInput(withVin(message, account), context);
    for await (const answer of journalAnswers(request, answering)) {
      // A copy for each answer, because the flow may still be at work on the one before.
      const copy = RED.util.cloneMessage(message);
      // A file that the flow has named is that.
      const { filename = answer.filename } = copy;
      send([null, Object.assign(copy, answer, filename !== undefined && { filename })]);
    }
  });
  node.on("close", function (removed, done) {
    for (const stop of [stopListening, stopWaiting]) stop();
    counts.close();
    status.close();
    use.release(removed);
    done();
  });
}
