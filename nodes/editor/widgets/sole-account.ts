import { assignAccount, isForEveryFlow } from "./assign-account.js";

const ACCOUNT_TYPE = "cardata-account";
const PREFIX = "cardata-";

/**
 * Gives nodes without an account the only one there is as soon as they, or it, come into the flows: a flow that is imported
 * brings no account, because a second one with the same login would not work. Who only looks at his flows changes nothing.
 */
export function shareSoleAccount(): void {
  let isLoaded = false;
  RED.events.on("flows:loaded", () => {
    isLoaded = true;
  });
  RED.events.on("nodes:add", ({ type }) => {
    // Only once the import is over does a node have what it brings.
    if (isLoaded && type.startsWith(PREFIX)) setTimeout(share, 0);
  });
}

function share(): void {
  const [account, ...others] = accountsForAll();
  if (account === undefined || others.length > 0) return;
  const lacking: EditorNode[] = [];
  RED.nodes.eachNode((node) => {
    if (node.type.startsWith(PREFIX) && node.account === "" && !isLocked(node)) lacking.push(node);
  });
  for (const node of lacking) assignAccount(node, account);
  if (lacking.length === 0) return;
  RED.nodes.dirty(true);
  RED.view.redraw();
}

/** Returns the ids of the accounts that nodes of every flow may use. */
function accountsForAll(): string[] {
  const ids: string[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === ACCOUNT_TYPE && node.d !== true && isForEveryFlow(node)) ids.push(String(node.id));
  });
  return ids;
}

/** Returns whether Node-RED refuses to change the nodes of a flow. */
function isLocked({ z }: EditorNode): boolean {
  const flow = RED.nodes.workspace(String(z)) ?? RED.nodes.subflow(String(z));
  return flow?.locked === true;
}
