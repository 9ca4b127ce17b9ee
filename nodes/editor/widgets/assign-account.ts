/** Lets a node use an account, as its dialog would; takes it from the one that it has used. */
export function assignAccount(node: EditorNode, account: string): void {
  RED.nodes.updateConfigNodeUsers(node, { action: "remove" });
  Object.assign(node, { account, changed: true, dirty: true });
  RED.nodes.updateConfigNodeUsers(node, { action: "add" });
  RED.editor.validateNode(node);
}

/** Returns whether nodes of every flow may use an account: the editor's own have no flow, imported ones an empty one. */
export function isForEveryFlow({ z }: Pick<EditorNode, "z">): boolean {
  return z === undefined || z === "";
}
