import type { TelematicsMessage, ValueMessage } from "../../src/messages/types.js";
import type { BrokerWatch } from "../../src/mqtt-out/broker-watch.js";
import { Portions, type Standing } from "../../src/mqtt-out/portions.js";
import { systemClock } from "../../src/support/clock.js";
import type { RedNode } from "./red.js";
import { sendBudget } from "./send-budget.js";

/** Returns what sends the values of a node, in portions where they go to a broker. */
export function valuePortions<Message extends ValueMessage | TelematicsMessage>(
  node: RedNode,
  brokers: Pick<BrokerWatch, "isUsed">,
): Portions<Message> {
  return new Portions<Message>(systemClock, {
    budget: sendBudget,
    isPaced: () => brokers.isUsed,
    standingOf,
    // One by one, because of messages sent together Node-RED copies all but the first.
    send: (messages) => {
      for (const message of messages) node.send(message);
    },
  });
}

/** What was known before may be overtaken; a whole message has other values than the one before. */
function standingOf(message: ValueMessage | TelematicsMessage): Standing {
  if (!("descriptor" in message)) return "single";
  return message.source === "restored" ? "state" : "news";
}
