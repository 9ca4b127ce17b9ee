import { groupedBy } from "../../../src/support/grouped.js";
import type { DescriptorView } from "../../lib/admin-contract.js";
import { streamText, timeText } from "./text.js";
import { valueText } from "./value-text.js";

/** Holds the part of resources/catalogue.json that the picker shows. */
export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** Name in the editor's language; without it, `name` is shown. */
  readonly localName?: string;
  /** It is made of what cars send, and not sent by them. */
  readonly isMade?: boolean;
}

interface DescriptorItem extends TreeItem {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  /** Searched text, in lower case. */
  readonly searched: string;
}

export interface PickerTexts {
  /** Explains an empty selection. */
  readonly none?: string;
  /** Explains what may be typed. */
  readonly typed?: string;
}

const OTHER_GROUP = "";

/**
 * Lets the user choose values: ticked in a tree by category, or typed one per line (wildcards, environment variables,
 * descriptors outside the catalogue).
 */
export class DescriptorPicker {
  readonly #search = $("#cardata-descriptors-search");
  readonly #onlySeen = $("#cardata-descriptors-only-seen");
  readonly #typed = $("#cardata-descriptors-typed");
  readonly #tree = $("#cardata-descriptors-tree");
  readonly #chosen = new Set<string>();
  #catalogue: readonly CatalogueEntry[] = [];
  #items: readonly DescriptorItem[] = [];
  #seen = new Map<string, DescriptorView>();
  #hasCars = false;

  constructor(
    saved: unknown,
    private readonly words: PickerTexts = {},
  ) {
    const typed = words.typed ?? streamText("placeholder.typed");
    this.#typed.attr("placeholder", typed).attr("aria-label", typed);
    const list = Array.isArray(saved) ? saved.filter((entry): entry is string => typeof entry === "string") : [];
    this.#typed.val(list.join("\n"));
    this.#tree.treeList({ data: [] });
    this.#tree.on("treelistselect", (_event, item?: TreeItem) => {
      if (item) this.#choose(item as DescriptorItem);
    });
    const filter = () => {
      this.#filter();
    };
    this.#search.searchBox({ delay: 200, minimumLength: 0, change: filter });
    this.#onlySeen.on("change", filter);
    this.#typed.on("input", () => {
      this.#summarise();
    });
    this.#summarise();
  }

  /** Returns the stored form: ticked ones, then typed ones, each once. */
  get value(): string[] {
    return [...new Set([...this.#chosen, ...this.#typedLines()])];
  }

  /** Fills the tree and ticks the descriptors that the field contains. */
  showCatalogue(catalogue: readonly CatalogueEntry[]): void {
    this.#catalogue = catalogue;
    this.#draw();
  }

  /**
   * Shows what the account's cars have sent.
   * @param hasCars whether a car is known, which could have sent something
   */
  showSeen(seen: readonly DescriptorView[], hasCars: boolean): void {
    this.#seen = new Map(seen.map((view) => [view.id, view]));
    this.#hasCars = hasCars;
    if (this.#catalogue.length > 0) this.#draw();
  }

  #choose({ id, selected }: DescriptorItem): void {
    if (selected === true) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.#summarise();
  }

  #typedLines(): string[] {
    const lines = String(this.#typed.val()).split(/[\s,;]+/);
    return lines.filter((line) => line !== "");
  }

  #draw(): void {
    const listed = new Set(this.#catalogue.map(({ id }) => id));
    const unlisted = [...this.#seen.keys()].filter((id) => !listed.has(id));
    const entries = [...this.#catalogue, ...unlisted.map((id) => ({ id, name: id, category: OTHER_GROUP }))];
    const known = new Set(entries.map(({ id }) => id));
    const typed = this.#typedLines();
    for (const id of typed) if (known.has(id)) this.#chosen.add(id);
    this.#typed.val(typed.filter((id) => !known.has(id)).join("\n"));
    this.#items = entries.map((entry) => this.#item(entry));
    this.#tree.treeList("data", groupsOf(this.#items));
    this.#filter();
    this.#summarise();
  }

  #item({ id, name, category, localName = name, isMade = false }: CatalogueEntry): DescriptorItem {
    const seen = this.#seen.get(id);
    const isMissing = seen === undefined && this.#hasCars && !isMade;
    return {
      id,
      category,
      name: localName,
      element: rowOf(id, localName, seen === undefined ? (isMissing ? neverSent() : null) : sent(seen)),
      searched: `${localName} ${name} ${id} ${groupName(category)} ${category}`.toLowerCase(),
      checkbox: true,
      selected: this.#chosen.has(id),
    };
  }

  #filter(): void {
    const words = this.#search.searchBox("value").toLowerCase().split(/\s+/).filter(Boolean);
    const onlySeen = this.#onlySeen.prop("checked") === true;
    const fits = ({ id, searched }: DescriptorItem) =>
      words.every((word) => searched.includes(word)) && (!onlySeen || this.#seen.has(id));
    // Without a filter the groups stay as the user has opened them.
    const isOpen = words.length === 0 && !onlySeen;
    this.#tree.treeList("filter", isOpen ? null : (item) => "searched" in item && fits(item as DescriptorItem));
    this.#search.searchBox("count", isOpen ? "" : String(this.#items.filter(fits).length));
  }

  #summarise(): void {
    const count = this.value.length;
    const nothing = this.words.none ?? streamText("descriptors.all");
    $("#cardata-descriptors-count").text(count === 0 ? nothing : streamText("descriptors.some", { count }));
  }
}

function groupsOf(items: readonly DescriptorItem[]): TreeItem[] {
  const sorted = [...groupedBy(items, ({ category }) => category)].sort(([one], [other]) =>
    place(one).localeCompare(place(other)),
  );
  return sorted.map(([category, children]) => ({
    label: groupName(category),
    children: [...children].sort((one, other) => one.name.localeCompare(other.name)),
    expanded: children.some(({ selected }) => selected),
    // Node-RED builds long lists piece by piece; what is not built cannot be interrupted by drawing anew.
    deferBuild: true,
  }));
}

/** Puts what is not in the catalogue first, the rest by its name. */
const place = (category: string) => (category === OTHER_GROUP ? "" : groupName(category));

function groupName(category: string): string {
  return streamText(category === OTHER_GROUP ? "descriptors.other" : `category.${category}`);
}

/** Returns a line with the name and what is told of it, above the id. */
function rowOf(id: string, name: string, told: Query | null): Query {
  const row = $("<div>", { class: "cardata-descriptor" });
  const line = $("<div>", { class: "cardata-descriptor-line" }).appendTo(row);
  $("<span>", {}).text(name).appendTo(line);
  told?.appendTo(line);
  if (name !== id) $("<small>", {}).text(id).appendTo(row);
  return row;
}

function sent(view: DescriptorView): Query {
  const time = streamText("descriptors.seen", { time: timeText(view.lastSeen) });
  const told = $("<span>", { class: "cardata-sent", title: time });
  $("<i>", { class: "fa fa-car", role: "img", "aria-label": time }).appendTo(told);
  $("<span>", {}).text(valueText(view)).appendTo(told);
  return told;
}

function neverSent(): Query {
  return $("<span>", { class: "cardata-never-sent" }).text(streamText("descriptors.never"));
}
