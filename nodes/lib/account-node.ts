import type { Account } from "../../src/account/account.js";
import { errorOf, type Problem } from "../../src/support/errors.js";
import type { NodeAPI, RedNode } from "./red.js";

export const ACCOUNT_TYPE = "cardata-account";

/** What a cardata-account node offers to the nodes that use it. */
export interface AccountNode extends RedNode {
  /** Node-RED itself reads this on config nodes to deliver their status and errors: a plain object by node id. */
  readonly users: Record<string, RedNode>;
  /** `null` if the settings do not allow one. */
  readonly account: Account | null;
  /** Why there is no account. */
  readonly problem: Problem | null;
  /** Resolves when saved values are loaded. */
  readonly ready: Promise<void>;
}

/** The account node that a node refers to; `undefined` if it is missing, disabled or something else. */
export function findAccountNode(RED: NodeAPI, id: unknown): AccountNode | undefined {
  const node = typeof id === "string" ? RED.nodes.getNode(id) : undefined;
  return node?.type === ACCOUNT_TYPE ? (node as AccountNode) : undefined;
}

/** Registers a node as user of its account until it closes. */
export function useAccount(owner: AccountNode, node: RedNode): { release(removed: boolean): void } {
  owner.users[node.id] = node;
  owner.account?.retain(node.id);
  return {
    release: (removed) => {
      // After a deploy the new instance may have registered under the same id already.
      if (owner.users[node.id] !== node) return;
      Reflect.deleteProperty(owner.users, node.id);
      owner.account?.release(node.id, removed);
    },
  };
}

/** The account, or a clear error where there is none. */
export function accountOf(owner: AccountNode | undefined): Account {
  if (owner?.account) return owner.account;
  throw errorOf(owner?.problem ?? { code: "no_account" });
}
