import type { CockpitCar, CockpitValue } from "../../../src/cockpit/contract.js";
import type { Actions, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { icon } from "./icons.js";
import { button, card, searchField, whenThere } from "./parts.js";

/** Everything that is known of a car. */
export function valuesView(state: State, car: CockpitCar, actions: Actions): VNode {
  const { texts, details } = state;
  const fetched = details?.key === car.key ? details.values : null;
  return h(
    "div.one",
    { key: `values ${car.key}` },
    card(
      "values",
      texts.text("values.title", { name: car.name }),
      whenThere(fetched, texts, ({ values }) => table(state, values, actions)),
    ),
  );
}

function table(state: State, values: readonly CockpitValue[], actions: Actions): Child {
  const { texts, valueSearch } = state;
  if (values.length === 0) return h("p.soft.middle", { key: "none" }, texts.text("values.none"));
  const found = values
    .filter((value) => isFound(value, valueSearch, texts))
    .sort((one, other) => texts.formats.compare(one.name, other.name));
  const heads = ["name", "value", "age", "source"];
  return [
    h(
      "div.find",
      { key: "find" },
      searchField(texts.text("values.search"), valueSearch, (text) => {
        actions.set({ valueSearch: text });
      }),
      h("span.soft", { role: "status" }, texts.text("values.count", { shown: found.length, all: values.length })),
      state.hasFlow && nodeButton(found, valueSearch !== "", texts, actions),
    ),
    found.length === 0 && h("p.soft.middle", { key: "nothing" }, texts.text("values.nothing")),
    found.length > 0 &&
      h(
        "table.value-table",
        { key: "table" },
        h("caption.unseen", {}, texts.text("values.caption")),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            heads.map((head) => h("th", { key: head, scope: "col" }, texts.text(`values.${head}`))),
          ),
        ),
        h(
          "tbody",
          {},
          found.map((value) => line(value, state)),
        ),
      ),
  ];
}

/** Without a search the node sends everything, which needs no list. */
function nodeButton(found: readonly CockpitValue[], isFiltered: boolean, texts: Texts, actions: Actions): VNode {
  const descriptors = isFiltered ? found.map(({ descriptor }) => descriptor) : [];
  return button(
    [icon("node"), texts.text("values.makeNode")],
    () => {
      actions.addNode(descriptors);
    },
    { class: "button", disabled: isFiltered && found.length === 0 },
  );
}

interface Line {
  readonly texts: Texts;
  readonly age: string;
  readonly node: VNode;
}

const lines = new WeakMap<CockpitValue, Line>();

/** The same line for the same value and age: of hundreds, only those that say something else are looked at. */
function line(value: CockpitValue, { texts, now }: State): VNode {
  const age = texts.formats.age(Date.parse(value.at), now);
  const known = lines.get(value);
  if (known?.texts === texts && known.age === age) return known.node;
  const node = newLine(value, age, texts, now);
  lines.set(value, { texts, age, node });
  return node;
}

function newLine(value: CockpitValue, age: string, texts: Texts, now: number): VNode {
  return h(
    "tr",
    { key: value.descriptor },
    h("th", { scope: "row" }, value.name, h("span.descriptor.soft", {}, value.descriptor)),
    h(`td.value${value.value === null ? ".unknown" : ""}`, {}, valueText(value, texts)),
    h("td", {}, h("time", { datetime: value.at, title: texts.formats.time(Date.parse(value.at), now) }, age)),
    h("td", {}, texts.text(`source.${value.source}`)),
  );
}

/** Digits after the comma: those of a place that is good to a metre. */
const DIGITS = 6;
/** A time with its zone, which is not that of whoever reads it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function valueText({ value, unit }: CockpitValue, texts: Texts): string {
  if (value === null) return texts.text("unknown");
  if (typeof value === "boolean") return texts.text(value ? "values.yes" : "values.no");
  if (typeof value === "number") return texts.formats.withUnit(value, unit, DIGITS);
  return TIME.test(value) ? texts.formats.moment(Date.parse(value)) : [value, unit ?? ""].join(" ").trim();
}

/** Finds by every word, in the name, the descriptor and the value, as they are shown and as they came. */
function isFound(value: CockpitValue, search: string, texts: Texts): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = `${value.name} ${value.descriptor} ${valueText(value, texts)} ${String(value.value)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
