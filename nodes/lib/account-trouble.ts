import type { Account } from "../../src/account/account.js";
import type { AccountStatus } from "../../src/account/status.js";
import type { ErrorCode, Problem } from "../../src/support/errors.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { NodeAPI, NodeStatus } from "./red.js";

type ShortNames = Readonly<Partial<Record<ErrorCode, string>>>;

/** Short names of the reasons why an account may not run; everything else is a wrong setting. */
const REFUSALS: ShortNames = {
  client_in_use: "clientInUse",
  gcid_in_use: "loginInUse",
  account_twice: "accountTwice",
};
/** Short names of the reasons why it is unknown whether there is a login; a new one would not help. */
const FILES: ShortNames = {
  store_no_right: "filesUnreadable",
  store_unreadable: "filesUnreadable",
  store_newer: "filesNewer",
  folder_in_use: "folderInUse",
  folder_maybe_in_use: "folderInUse",
};

/** Returns the status of a node whose account cannot run. Texts: 20 characters at most. */
export function refusalStatus(RED: NodeAPI, { code }: Problem): NodeStatus {
  return trouble(RED, REFUSALS[code] ?? "notSet");
}

/** Returns the status of a node whose account cannot read its login; `null` if it can. */
export function filesStatus(RED: NodeAPI, { login }: Pick<AccountStatus, "login">): NodeStatus | null {
  const name = login.problem && FILES[login.problem.code];
  return name === undefined ? null : trouble(RED, name);
}

/** Returns the status of a node: why its account may not run, else its own. */
export function statusUnder(RED: NodeAPI, { refusal }: Account, own: () => NodeStatus): NodeStatus {
  return refusal === null ? own() : refusalStatus(RED, refusal);
}

function trouble(RED: NodeAPI, name: string): NodeStatus {
  return { fill: "red", shape: "ring", text: RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.status.${name}`) };
}
