import type { Account } from "../../src/account/account.js";
import { carNameOf } from "../../src/account/vehicle-identity.js";
import type { MessageOrigin } from "../../src/messages/descriptor-message.js";

/** Returns what the messages of a node have from its account. */
export function messageOrigin(account: Account): Required<MessageOrigin> {
  const { topicBase, topicSeparator } = account.settings;
  return {
    topicBase,
    topicSeparator,
    distanceUnit: (vin) => account.registry.cars.get(vin)?.vehicle.distanceUnit,
    carName: (vin) => carNameOf(account, vin),
  };
}
