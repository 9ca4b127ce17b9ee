import type { AccountStatus } from "../../src/account/status.js";
import type { ErrorCode } from "../../src/support/errors.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Why nobody knows whether there is a login; a new one is not what helps. */
const SHORT_NAMES: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_no_right: "filesUnreadable",
  store_unreadable: "filesUnreadable",
  store_newer: "filesNewer",
  folder_in_use: "folderInUse",
};

/** The status of a node whose account cannot read its login; `null` if that is not so. Texts: 20 characters at most. */
export function filesStatus(RED: NodeAPI, { login }: Pick<AccountStatus, "login">): NodeStatus | null {
  const name = login.problem && SHORT_NAMES[login.problem.code];
  if (name === undefined) return null;
  return { fill: "red", shape: "ring", text: RED._(`${PACKAGE_NAME}/cardata-account:cardata-account.status.${name}`) };
}
