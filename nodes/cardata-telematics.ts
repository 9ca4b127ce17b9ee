import type { Account } from "../src/account/account.js";
import type { OperationAnswer } from "../src/rest/operations.js";
import { withVin } from "../src/account/vehicle-identity.js";
import { wantedDescriptors, parsePollRequests } from "../src/settings/parse-poll-requests.js";
import { causeOf } from "../src/messages/error-cause.js";
import { parseRequest, requestDefaults } from "../src/messages/request.js";
import { TelematicsOutput } from "../src/messages/telematics-output.js";
import type { TelematicsMessage } from "../src/messages/types.js";
import { BrokerWatch } from "../src/mqtt-out/broker-watch.js";
import { readSettings } from "../src/settings/schema.js";
import { TELEMATICS_SCHEMA } from "../src/settings/telematics-schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen } from "./lib/listeners.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { telematicsStatus } from "./lib/telematics-status.js";
import { valuePortions } from "./lib/value-portions.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-telematics", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { form, vehicle } = readSettings(TELEMATICS_SCHEMA, properties);
  const output = new TelematicsOutput({ ...messageOrigin(account), form }, () => RED.util.generateId());
  const defaults = requestDefaults(properties);
  const status = new StatusLine(node);
  const showStatus = () => {
    status.set(() => statusUnder(RED, account, (state) => telematicsStatus(RED, state, account.rest.plan(node.id))));
  };
  const sendAll = (messages: TelematicsMessage[]) => {
    const _msgid = RED.util.generateId();
    portions.send(messages.map((message) => Object.assign(message, { _msgid })));
  };
  // Values and pictures; what else BMW was asked for is not kept.
  const sendKnown = async () => {
    for (const answer of await account.rest.known(defaults.operation, vehicle))
      sendAll(output.answered(answer, account.status.quota, null));
  };

  const stopListening = listen(account.events, {
    answer: (wisher, answer) => {
      if (wisher === node.id) sendAll(output.automatic(answer, account.status.quota));
    },
    status: showStatus,
  });
  const use = useAccount(owner, node);
  const leave = account.rest.join(node.id, {
    descriptors: defaults.operation === "telematicData" ? wantedDescriptors(properties["descriptors"]) : null,
    pollRequests: parsePollRequests(node.id, properties),
  });
  const brokers = new BrokerWatch(systemClock, () => void sendKnown());
  const portions = valuePortions<TelematicsMessage>(node, brokers);
  showStatus();

  onAccountInput(
    RED,
    node,
    account,
    async (message, send, isWanted) => {
      if (brokers.handle(message)) return;
      const request = parseRequest(withVin(message, account), defaults);
      const emit = (answer: OperationAnswer) => {
        // A copy for each answer, because the flow may still be at work on the one for the car before.
        const copy = RED.util.cloneMessage(message);
        const messages = output.answered(answer, account.status.quota, copy);
        if (brokers.isUsed) portions.send(messages);
        else for (const answered of messages) send(answered);
      };
      await account.rest.run(request, emit, isWanted);
    },
    {
      explain: (error, message) => {
        const cause = causeOf(error, account.status.quota);
        message["quota"] = cause.quota;
        return cause;
      },
    },
  );
  node.on("close", function (removed, done) {
    stopListening();
    brokers.close();
    portions.close();
    leave();
    status.close();
    use.release(removed);
    done();
  });
}
