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
/** Short names of the reasons why it is unknown whether there is a login: there may be one, so none is asked for. */
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

/**
 * Returns the status of a node: what keeps its account from working, else its own, made of the status of the account. A node
 * that went on with its own would look as if it waited for a car.
 */
export function statusUnder(
  RED: NodeAPI,
  { refusal, status, isLoaded }: Pick<Account, "refusal" | "status" | "isLoaded">,
  own: (status: AccountStatus) => NodeStatus,
): NodeStatus {
  if (refusal !== null) return refusalStatus(RED, refusal);
  const { state, problem } = status.login;
  const files = problem && FILES[problem.code];
  if (files !== undefined) return trouble(RED, files);
  // Until the saved login is read it would be asked for at each start.
  const isNeeded = state === "needed" || (state === "none" && isLoaded);
  return isNeeded ? trouble(RED, "loginNeeded") : own(status);
}

function trouble(RED: NodeAPI, name: string): NodeStatus {
  return { fill: "red", shape: "ring", text: RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.status.${name}`) };
}
