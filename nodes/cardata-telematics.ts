import type { Account } from "../src/account/account.js";
import type { OperationAnswer } from "../src/rest/operations.js";
import { withVin } from "../src/account/vehicle-identity.js";
import { wantedDescriptors, parsePollRequests } from "../src/settings/parse-poll-requests.js";
import { causeOf } from "../src/messages/error-cause.js";
import { parseRequest, requestDefaults } from "../src/messages/request.js";
import { TelematicsOutput } from "../src/messages/telematics-output.js";
import { readSettings } from "../src/settings/schema.js";
import { TELEMATICS_SCHEMA } from "../src/settings/telematics-schema.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen } from "./lib/listeners.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { telematicsStatus } from "./lib/telematics-status.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-telematics", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { topicBase } = account.settings;
  const { form } = readSettings(TELEMATICS_SCHEMA, properties);
  const distanceUnit = (vin: string) => account.registry.cars.get(vin)?.vehicle.distanceUnit;
  const output = new TelematicsOutput({ topicBase, form, distanceUnit }, () => RED.util.generateId());
  const defaults = requestDefaults(properties);
  const status = new StatusLine(node);
  const showStatus = () => {
    const own = () => telematicsStatus(RED, account.status, account.rest.plan(node.id));
    status.set(statusUnder(RED, account, own));
  };

  const stopListening = listen(account.events, {
    answer: (wisher, answer) => {
      if (wisher !== node.id) return;
      const _msgid = RED.util.generateId();
      for (const message of output.automatic(answer, account.status.quota))
        node.send(Object.assign(message, { _msgid }));
    },
    status: showStatus,
  });
  const use = useAccount(owner, node);
  const leave = account.rest.join(node.id, {
    descriptors: defaults.operation === "telematicData" ? wantedDescriptors(properties["descriptors"]) : null,
    pollRequests: parsePollRequests(node.id, properties),
  });
  showStatus();

  onAccountInput(
    RED,
    node,
    account,
    async (message, send, isWanted) => {
      const request = parseRequest(withVin(message, account.vehicles), defaults);
      const emit = (answer: OperationAnswer) => {
        // A copy for each answer, because the flow may still be at work on the one for the car before.
        const copy = RED.util.cloneMessage(message);
        for (const answered of output.answered(answer, account.status.quota, copy)) send(answered);
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
    leave();
    status.close();
    use.release(removed);
    done();
  });
}
