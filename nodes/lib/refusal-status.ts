import type { Account } from "../../src/account/account.js";
import type { ErrorCode, Problem } from "../../src/support/errors.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Problems that have a short name of their own under a node; everything else is a setting that is wrong. */
const SHORT_NAMES: Readonly<Partial<Record<ErrorCode, string>>> = {
  client_in_use: "clientInUse",
  gcid_in_use: "loginInUse",
  account_twice: "accountTwice",
};

/** The status of a node of which the account cannot work. Texts: 20 characters at most. */
export function refusalStatus(RED: NodeAPI, { code }: Problem): NodeStatus {
  const name = SHORT_NAMES[code] ?? "notSet";
  return { fill: "red", shape: "ring", text: RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.status.${name}`) };
}

/** The status of a node: why its account may not work, else what the node has to say itself. */
export function statusUnder(RED: NodeAPI, { refusal }: Account, own: () => NodeStatus): NodeStatus {
  return refusal === null ? own() : refusalStatus(RED, refusal);
}
