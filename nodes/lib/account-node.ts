import type { Account } from "../../src/account/account.js";
import { errorOf, type Problem } from "../../src/support/errors.js";
import { onInput, type HandleInput, type InputOptions } from "./input.js";
import type { NodeAPI, NodeMessage, NodeProperties, RedNode } from "./red.js";
import { refusalStatus } from "./account-trouble.js";

export const ACCOUNT_TYPE = "cardata-account";

/** Describes what a cardata-account node offers to the nodes that use it. */
export interface AccountNode extends RedNode {
  /** Node-RED itself reads this on config nodes to deliver their status and errors: a plain object by node id. */
  readonly users: Record<string, RedNode>;
  /** `null` if the settings do not allow one. */
  readonly account: Account | null;
  /** Problem that prevents an account; `null` with one. */
  readonly problem: Problem | null;
}

/** Returns the account node that a node refers to; `undefined` if it is missing, disabled or something else. */
function findAccountNode(RED: NodeAPI, id: unknown): AccountNode | undefined {
  const node = typeof id === "string" ? RED.nodes.getNode(id) : undefined;
  return node?.type === ACCOUNT_TYPE ? (node as AccountNode) : undefined;
}

/**
 * Passes a node's account to `connect`. Without one the node shows so (`<type>.status.noAccount`, or what is wrong with
 * the account) and answers every message with an error.
 */
export function withAccount(
  RED: NodeAPI,
  node: RedNode,
  properties: NodeProperties,
  connect: (owner: AccountNode, account: Account) => void,
): void {
  const owner = findAccountNode(RED, properties["account"]);
  if (owner?.account) {
    connect(owner, owner.account);
    return;
  }
  const problem = owner?.problem ?? null;
  const none = { fill: "grey", shape: "ring", text: RED._(`${node.type}.status.noAccount`) } as const;
  node.status(problem === null ? none : refusalStatus(RED, problem));
  onInput(RED, node, () => {
    throw errorOf(problem ?? { code: "no_account" });
  });
}

export interface AccountInputOptions extends Omit<InputOptions, "ready"> {
  /** Returns whether a message is handled even while the account may not work; none is by default. */
  readonly isAlwaysHandled?: (message: NodeMessage) => boolean;
}

/**
 * Listens to the input of a node of an account, as `onInput`: at the very start a message waits for the saved values, and
 * while the account may not work every message ends with the reason.
 */
export function onAccountInput(
  RED: NodeAPI,
  node: RedNode,
  account: Account,
  handle: HandleInput,
  { isAlwaysHandled = () => false, ...options }: AccountInputOptions = {},
): void {
  const ready = async (message: NodeMessage) => {
    try {
      await account.ready();
    } catch (reason) {
      if (!isAlwaysHandled(message)) throw reason;
    }
  };
  onInput(RED, node, handle, { ...options, ready });
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
