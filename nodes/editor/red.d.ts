/*
 * Declares the part of Node-RED's editor API (4.x and 5.x) and of jQuery that the dialogs use.
 */

interface Query {
  closest(selector: string): Query;
  readonly length: number;
  [index: number]: HTMLElement;
  text(value: string): Query;
  text(): string;
  val(value: string): Query;
  val(): unknown;
  attr(name: string, value: string): Query;
  attr(name: string): string | undefined;
  prop(name: string, value: boolean): Query;
  prop(name: string): unknown;
  addClass(name: string): Query;
  removeClass(name: string): Query;
  last(): Query;
  toggle(shown: boolean): Query;
  empty(): Query;
  remove(): Query;
  append(...content: (Query | Element | string)[]): Query;
  before(content: Query): Query;
  appendTo(parent: Query | Element): Query;
  on(event: string, listener: (event: Event, item?: TreeItem) => void): Query;
  find(selector: string): Query;
  css(name: string, value: string): Query;
  trigger(event: string): Query;
  each(run: (this: HTMLElement) => void): Query;
  searchBox(options: { delay?: number; minimumLength?: number; change: () => void }): Query;
  searchBox(method: "value"): string;
  searchBox(method: "count", text: string): void;
  treeList(options: { data: TreeItem[] }): Query;
  treeList(method: "data", items: TreeItem[]): void;
  treeList(method: "filter", accept: ((item: TreeItem) => boolean) | null): number;
  editableList(options: EditableListOptions): Query;
  editableList(method: "items"): { each(run: (this: HTMLElement) => void): void };
  editableList(method: "addItem", data: object): void;
}

interface TreeItem {
  id?: string;
  label?: string;
  sublabel?: string;
  icon?: Query;
  class?: string;
  element?: Query;
  checkbox?: boolean;
  selected?: boolean;
  expanded?: boolean;
  deferBuild?: boolean;
  children?: TreeItem[];
}

interface EditableListOptions {
  addItem(row: Query, index: number, data: Record<string, unknown>): void;
  /** Called when a row is gone. */
  removeItem?(): void;
  removable: boolean;
  sortable: boolean;
  height: string;
  addButton: string;
}

interface AjaxFailure {
  readonly status: number;
  readonly responseJSON?: unknown;
}

interface JQueryStatic {
  (selector: string | Element): Query;
  (html: string, attributes: Record<string, string>): Query;
  ajax(options: { url: string; method: "GET" | "POST"; contentType?: string; data?: string; dataType?: "json" }): {
    then(done: (body: unknown) => void, fail: (failure: unknown) => void): void;
  };
}

declare const $: JQueryStatic;

type Validator = (this: EditedNode, value: unknown, options?: { label?: string }) => boolean | string;

interface Property {
  value: unknown;
  required?: boolean;
  type?: string;
  validate?: Validator;
  /** Names the field where the value is invalid. */
  readonly label?: string;
}

interface CredentialProperty {
  readonly type: "text" | "password";
  readonly validate?: Validator;
  readonly label?: string;
}

/** A node in its open dialog. */
interface EditedNode {
  readonly id: string;
  name?: string;
  credentials?: Record<string, unknown>;
  [property: string]: unknown;
  _(key: string, params?: Record<string, unknown>): string;
}

interface NodeDefinition {
  category: string;
  color?: string;
  icon?: string;
  inputs?: number;
  outputs?: number;
  align?: "left" | "right";
  paletteLabel?: string;
  defaults: Record<string, Property>;
  credentials?: Record<string, CredentialProperty>;
  label(this: EditedNode): string;
  labelStyle?(this: EditedNode): string;
  inputLabels?(this: EditedNode, index: number): string;
  outputLabels?(this: EditedNode, index: number): string;
  oneditprepare?(this: EditedNode): void;
  oneditsave?(this: EditedNode): void;
  oneditcancel?(this: EditedNode): void;
  oneditdelete?(this: EditedNode): void;
}

interface NotificationOptions {
  readonly modal: boolean;
  readonly fixed: boolean;
  readonly type: "warning";
  readonly buttons: readonly { id: string; text: string; class?: string; click(): void }[];
}

/** A node of a flow, or a configuration node, outside of its dialog. */
interface EditorNode {
  readonly id: string;
  readonly type: string;
  /** Id of the flow or subflow in which it lies; a configuration node without one is for all. */
  readonly z?: string;
  /** The nodes that use a configuration node. */
  readonly users?: readonly EditorNode[];
  account?: unknown;
  /** To be deployed. */
  changed?: boolean;
  /** To be drawn again. */
  dirty?: boolean;
  /** To be measured again. */
  resize?: boolean;
  readonly [property: string]: unknown;
}

/** What "undo" takes back. */
type HistoryEvent =
  | {
      readonly t: "edit";
      readonly node: object;
      readonly changes: object;
      readonly changed: boolean;
      readonly dirty: boolean;
    }
  | { readonly t: "delete"; readonly nodes: readonly object[]; readonly changes: object; readonly dirty: boolean }
  | { readonly t: "multi"; readonly events: readonly HistoryEvent[]; readonly dirty: boolean };

interface SidebarTab {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly iconClass: string;
  readonly content: Query;
  /** The tab is shown. */
  onchange(): void;
}

declare const RED: {
  readonly plugins: { registerPlugin(id: string, definition: { readonly type: string; onadd(): void }): void };
  readonly sidebar: { addTab(tab: SidebarTab): void };
  readonly workspaces: {
    /** Id of the flow that is shown. */
    active(): string;
    isLocked(id: string): boolean;
  };
  readonly events: {
    on(name: "registry:node-type-added", listener: (type: string) => void): void;
    on(name: "deploy" | "flows:loaded" | "editor:change" | "editor:close", listener: () => void): void;
    on(name: "nodes:add", listener: (node: EditorNode) => void): void;
    off(name: "editor:change" | "editor:close", listener: () => void): void;
  };
  /** Shows a message with HTML. */
  notify(message: string, options: NotificationOptions): { close(): void };
  notify(message: string, options: { readonly type: "success"; readonly timeout: number }): void;
  readonly editor: { validateNode(node: object): boolean };
  readonly history: { push(event: HistoryEvent): void };
  readonly view: {
    redraw(all?: boolean): void;
    /** With `touchImport` nodes lie where they say, otherwise they follow the mouse. */
    importNodes(
      nodes: readonly object[],
      options: Readonly<Record<"generateIds" | "addFlow" | "touchImport" | "notify", boolean>>,
    ): void;
  };
  readonly clipboard: { copyText(text: string, beside: Query, confirmation: string): boolean };
  readonly nodes: {
    registerType(type: string, definition: NodeDefinition): void;
    /** A new id. */
    id(): string;
    /** A node of the flow or a configuration node. */
    node(id: string): EditorNode | null | undefined;
    remove(id: string): void;
    /** Notes that a node uses its configuration nodes, or does no more. */
    updateConfigNodeUsers(node: EditorNode, options: { action: "add" | "remove" }): void;
    /** Whether there is something to deploy. */
    dirty(): boolean;
    dirty(isDirty: boolean): void;
    eachConfig(run: (node: Readonly<Record<string, unknown>>) => void): void;
    /** Visits the nodes of all flows, without configuration nodes. */
    eachNode(run: (node: EditorNode) => void): void;
    workspace(id: string): { readonly locked?: boolean } | null | undefined;
    subflow(id: string): { readonly locked?: boolean } | null | undefined;
  };
  readonly tabs: {
    create(options: { id: string; onchange(tab: { id: string }): void }): {
      addTab(tab: { id: string; label: string }): void;
    };
  };
  /** Permissions of the user; everything is allowed if Node-RED has no users. */
  readonly user: { hasPermission(permission: string): boolean };
  _(key: string, params?: Record<string, unknown>): string;
};
