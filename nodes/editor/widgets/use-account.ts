import { assignAccount, isForEveryFlow } from "./assign-account.js";
import type { OtherAccount } from "./find-other-account.js";
import { accountText } from "./text.js";

const CHOSEN = "#node-input-account";
/** What Node-RED says when the topmost dialog has gone. */
const BACK = ["editor:change", "editor:close"] as const;

/** Returns whether the nodes of an account can use another one, which may belong to one tab only. */
export function canUse(account: string, { id }: OtherAccount): boolean {
  const other = RED.nodes.node(id);
  return !other || isForEveryFlow(other) || usersOf(account).every(({ z }) => z === other.z);
}

/**
 * Lets all nodes of the account in the open dialog use another one, deletes the account and leaves the dialog. One
 * "undo" brings all of it back.
 * @param leave closes the dialog and stores nothing
 */
export function useInstead(account: string, other: OtherAccount, leave: () => void): void {
  const own = RED.nodes.node(account);
  const dirty = RED.nodes.dirty();
  if (own) {
    const moved = usersOf(account).map((user) => move(user, account, other.id));
    RED.nodes.remove(account);
    RED.history.push({ t: "multi", events: [{ t: "delete", nodes: [own], changes: {}, dirty }, ...moved], dirty });
    RED.nodes.dirty(true);
    RED.view.redraw(true);
  }
  onceBack(() => {
    const field = $(CHOSEN);
    // An account that is just being added has been asked for by this field.
    if (own && field.val() !== account) return;
    field.find(`option[value="${CSS.escape(account)}"]`).remove();
    field.val(other.id).trigger("change");
  });
  leave();
  RED.notify(accountText("other.used", { deploy: RED._("deploy.deploy") }), { type: "success", timeout: 10_000 });
}

/** Returns the nodes of the editor that use an account. */
function usersOf(account: string): EditorNode[] {
  return [...(RED.nodes.node(account)?.users ?? [])].filter((user) => user.account === account);
}

/** Lets a node use another account; returns what undoes it. */
function move(user: EditorNode, from: string, to: string): HistoryEvent {
  const { changed = false } = user;
  const undo = { t: "edit", node: user, changes: { account: from }, changed, dirty: RED.nodes.dirty() } as const;
  assignAccount(user, to);
  return undo;
}

/** Runs something when the dialog below is on the page again, or there is none: Node-RED takes it out meanwhile. */
function onceBack(act: () => void): void {
  const run = () => {
    for (const event of BACK) RED.events.off(event, run);
    act();
  };
  for (const event of BACK) RED.events.on(event, run);
}
