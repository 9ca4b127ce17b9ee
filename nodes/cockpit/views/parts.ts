import { h, type Child, type VNode } from "../view.js";
import type { Fetched } from "../state.js";
import type { Texts } from "../texts.js";

/** A card with a heading; of several of one name each has its `id`. */
export function card(name: string, title: string, ...children: Child[]): VNode {
  return cardOf(name, name, title, ...children);
}

export function cardOf(id: string, name: string, title: string, ...children: Child[]): VNode {
  return h(
    `section.card.${name}`,
    { key: id, "aria-labelledby": `title-${id}` },
    h("h2", { id: `title-${id}` }, title),
    ...children,
  );
}

/** A line of name and figure; `null` is said to be unknown, never 0. */
export function row(texts: Texts, name: string, value: string | null, note = ""): VNode {
  const shown = value === null ? h("dd.unknown", {}, texts.text("unknown")) : h("dd", {}, value);
  return h("div", { key: name }, h("dt", {}, name), shown, note !== "" && h("dd.note", {}, note));
}

export function rows(...children: Child[]): VNode {
  return h("dl.rows", {}, ...children);
}

/** Shows what is there, or why it is not. */
export function whenThere<T>(fetched: Fetched<T> | null, texts: Texts, show: (value: T) => Child): Child {
  if (fetched === null || fetched.kind === "loading")
    return h("p.soft", { role: "status", key: "loading" }, texts.text("loading.part"));
  if (fetched.kind === "failed") return h("p.soft", { role: "alert", key: "failed" }, fetched.text);
  return show(fetched.value);
}

export function button(
  label: Child,
  onClick: () => void,
  more: Readonly<Record<string, string | boolean>> = {},
): VNode {
  return h("button.button", { type: "button", ...more, on: { click: onClick } }, label);
}

/** Buttons of which one is chosen. */
export function choices<T extends string>(
  label: string,
  all: readonly T[],
  chosen: T,
  name: (one: T) => string,
  choose: (one: T) => void,
): VNode {
  return h(
    "div.choices",
    { role: "group", "aria-label": label },
    all.map((one) =>
      h(
        "button",
        {
          type: "button",
          key: one,
          "aria-pressed": String(one === chosen),
          on: {
            click: () => {
              choose(one);
            },
          },
        },
        name(one),
      ),
    ),
  );
}

/** A field that finds; what is typed is kept by the page. */
export function searchField(label: string, value: string, onText: (text: string) => void): VNode {
  const typed = (event: Event) => {
    if (event.currentTarget instanceof HTMLInputElement) onText(event.currentTarget.value);
  };
  return h("input.search", {
    type: "search",
    value,
    placeholder: label,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
    on: { input: typed },
  });
}
