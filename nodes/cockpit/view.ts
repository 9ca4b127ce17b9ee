/*
 * Describes what the page shows and brings the document to it. Whatever is shown becomes a text node or an attribute, so that
 * no name or value of a car can become HTML; styles are set by properties, because the page's policy refuses style attributes.
 */

type Value = string | number | boolean | null | undefined;
type Handlers = Readonly<Record<string, (event: Event) => void>>;
type Styles = Readonly<Record<string, string>>;

interface Attributes {
  /** Tells siblings apart that come, go and change places. */
  readonly key?: string | undefined;
  readonly on?: Handlers | undefined;
  readonly style?: Styles | undefined;
  /** Who draws the inside of the element, which then has no children of ours. */
  readonly drawing?: Drawing | undefined;
  /** Any attribute of HTML or SVG; `false`, `null` and `undefined` leave it out, `true` is an empty one. */
  readonly [name: string]: Value | Handlers | Styles | Drawing;
}

export interface VNode {
  /** Name of the element, then its classes: `li.row.open`. */
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Child[];
}

export type Child = VNode | string | number | false | null | undefined | readonly Child[];

/** Describes an element: `h("li.row", { title }, name)`. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): VNode {
  return { tag, attributes, children };
}

/** Draws into an element by itself: a chart, a map. */
export interface Running<Data> {
  update(data: Data): void;
  stop(): void;
}

interface Drawing {
  readonly show: (element: HTMLElement) => void;
  readonly end: (element: HTMLElement) => void;
}

/** Makes a kind of drawing; `start` is called once for an element that is in the document. */
export function drawingKind<Data>(start: (element: HTMLElement, data: Data) => Running<Data>) {
  const all = new WeakMap<HTMLElement, Running<Data>>();
  return (data: Data): Drawing => ({
    show: (element) => {
      const running = all.get(element);
      if (running === undefined) all.set(element, start(element, data));
      else running.update(data);
    },
    end: (element) => {
      all.get(element)?.stop();
      all.delete(element);
    },
  });
}

const SVG = "http://www.w3.org/2000/svg";
const HTML = "http://www.w3.org/1999/xhtml";
const SPECIAL: ReadonlySet<string> = new Set(["key", "on", "style", "drawing"]);

/** What stands in the document for a description. */
type Shown =
  | { readonly node: Text; text: string; readonly key: undefined }
  | { readonly node: Element; description: VNode; children: Shown[]; readonly key: string };

const roots = new WeakMap<Element, Shown[]>();

/** Brings the children of an element to what is described; elements that stay keep focus and scrolling. */
export function render(root: Element, ...children: Child[]): void {
  roots.set(root, patch(root, roots.get(root) ?? [], flat(children)));
}

type Flat = VNode | string;

function flat(children: readonly Child[]): Flat[] {
  return children.flatMap((child): Flat[] => {
    if (child === false || child === null || child === undefined || child === "") return [];
    if (typeof child === "number" || typeof child === "string") return [String(child)];
    return "tag" in child ? [child] : flat(child);
  });
}

/** What may become of what: the same element under the same key. */
function keyOf({ tag, attributes }: VNode): string {
  return `${tag.split(".")[0] ?? ""} ${attributes.key ?? ""}`;
}

function patch(parent: Element, before: readonly Shown[], wanted: readonly Flat[]): Shown[] {
  const waiting = new Map<string | undefined, Shown[]>();
  for (const one of before) {
    const alike = waiting.get(one.key);
    if (alike === undefined) waiting.set(one.key, [one]);
    else alike.push(one);
  }
  const chosen = wanted.map((one) => waiting.get(typeof one === "string" ? undefined : keyOf(one))?.shift());
  for (const left of waiting.values()) for (const one of left) drop(one);
  let next = parent.firstChild;
  return wanted.map((one, index) => {
    const shown = chosen[index] ?? create(one, parent);
    if (shown.node === next) next = next.nextSibling;
    else parent.insertBefore(shown.node, next);
    bring(shown, one);
    return shown;
  });
}

function create(wanted: Flat, parent: Element): Shown {
  if (typeof wanted === "string") return { node: document.createTextNode(wanted), text: wanted, key: undefined };
  const [name = "div"] = wanted.tag.split(".");
  const isSvg = name === "svg" || (parent.namespaceURI === SVG && parent.localName !== "foreignObject");
  const node = document.createElementNS(isSvg ? SVG : HTML, name);
  const shown: Shown = { node, description: h(name), children: [], key: keyOf(wanted) };
  if (wanted.attributes.on !== undefined) listen(shown, Object.keys(wanted.attributes.on));
  return shown;
}

/** Listens once; what is done is what the newest description says. */
function listen(shown: Extract<Shown, { node: Element }>, events: readonly string[]): void {
  for (const name of events)
    shown.node.addEventListener(name, (event) => shown.description.attributes.on?.[name]?.(event));
}

function bring(shown: Shown, wanted: Flat): void {
  if (typeof wanted === "string") {
    if (!("text" in shown) || shown.text === wanted) return;
    shown.node.data = shown.text = wanted;
  } else if ("description" in shown && shown.description !== wanted) {
    const before = shown.description;
    shown.description = wanted;
    setAttributes(shown.node, attributesOf(before), attributesOf(wanted));
    setStyles(shown.node, before.attributes.style ?? {}, wanted.attributes.style ?? {});
    shown.children = patchInside(shown.node, shown.children, wanted);
    const { value } = wanted.attributes;
    setValue(shown.node, value);
  }
}

function patchInside(node: Element, children: readonly Shown[], { attributes, children: wanted }: VNode): Shown[] {
  if (attributes.drawing === undefined) return patch(node, children, flat(wanted));
  if (node instanceof HTMLElement) attributes.drawing.show(node);
  return [];
}

function attributesOf({ tag, attributes }: VNode): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  const classes = tag.split(".").slice(1).filter(Boolean);
  if (classes.length > 0) all.set("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (SPECIAL.has(name)) continue;
    if (value === true) all.set(name, "");
    else if (typeof value === "string" || typeof value === "number") all.set(name, String(value));
  }
  return all;
}

function setAttributes(node: Element, before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): void {
  for (const name of before.keys()) if (!now.has(name)) node.removeAttribute(name);
  for (const [name, value] of now) if (before.get(name) !== value) node.setAttribute(name, value);
}

/** Sets what somebody may have typed or chosen meanwhile, which is no attribute; a list must have its choices by then. */
function setValue(node: Element, value: Attributes[string]): void {
  const isField = node instanceof HTMLInputElement || node instanceof HTMLSelectElement;
  if (isField && typeof value === "string" && node.value !== value) node.value = value;
}

function setStyles(node: Element, before: Styles, now: Styles): void {
  if (!(node instanceof HTMLElement || node instanceof SVGElement)) return;
  for (const name of Object.keys(before)) if (!(name in now)) node.style.removeProperty(name);
  for (const [name, value] of Object.entries(now)) if (before[name] !== value) node.style.setProperty(name, value);
}

function drop(shown: Shown): void {
  end(shown);
  shown.node.remove();
}

/** Ends the drawings in an element that goes. */
function end(shown: Shown): void {
  if (!("description" in shown)) return;
  if (shown.node instanceof HTMLElement) shown.description.attributes.drawing?.end(shown.node);
  for (const child of shown.children) end(child);
}
