import { carOf, VIEWS, type Actions, type State } from "../state.js";
import { h, type Child, type VNode } from "../view.js";
import { accountView } from "./account.js";
import { carView } from "./car.js";
import { carStrip } from "./car-strip.js";
import { eventsView } from "./events.js";
import { icon } from "./icons.js";
import { journalView } from "./journal.js";
import { loginView } from "./login.js";
import { button } from "./parts.js";
import { valuesView } from "./values.js";

/** A clock that is off by more is told: times of charges would surprise [ms]. */
const CLOCK_TOLERANCE_MS = 120_000;
/** Languages that the page speaks, each by its own name. */
const LANGUAGES = {
  "en-US": "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  it: "Italiano",
  nl: "Nederlands",
  pt: "Português",
};

/** Describes the whole page. */
export function shell(state: State, actions: Actions): VNode {
  return h(
    `div.cockpit${state.isDark ? ".dark" : ""}`,
    { lang: state.texts.language },
    header(state, actions),
    h("main", { key: "main" }, notices(state, actions), main(state, actions)),
    footer(state, actions),
    h("p.said", { key: "said", role: "status" }, state.said),
  );
}

function header(state: State, actions: Actions): VNode {
  const { texts, data, view, link, login } = state;
  return h(
    "header.bar",
    { key: "bar" },
    h("h1", {}, icon("car"), "CarData"),
    data !== null &&
      login === null &&
      h(
        "nav",
        { "aria-label": texts.text("nav.label") },
        VIEWS.map((one) =>
          h(
            "button",
            {
              type: "button",
              key: one,
              "aria-current": one === view ? "page" : undefined,
              on: {
                click: () => {
                  actions.show(one);
                },
              },
            },
            texts.text(`nav.${one}`),
            one === "account" &&
              hasWarning(state) &&
              h("span.dot", { role: "img", "aria-label": texts.text("nav.warning") }),
          ),
        ),
      ),
    h(`p.link.${link}`, { role: "status" }, h("span.lamp", { "aria-hidden": "true" }), texts.text(`link.${link}`)),
  );
}

function hasWarning({ data }: State): boolean {
  return data?.accounts.some(({ warnings }) => warnings.length > 0) ?? false;
}

/** What concerns everything below. */
function notices(state: State, actions: Actions): Child {
  const { texts, lostAt, refusal, clockOffMs, data, now } = state;
  const { formats } = texts;
  const isOff = Math.abs(clockOffMs) > CLOCK_TOLERANCE_MS;
  return [
    lostAt !== null &&
      h(
        "p.notice.warn",
        { key: "lost", role: "alert" },
        icon("alert"),
        refusal === null ? texts.text("notice.lost", { time: formats.time(lostAt, now) }) : texts.problem(refusal),
      ),
    isOff &&
      h(
        "p.notice",
        { key: "clock" },
        icon("clock"),
        texts.text(clockOffMs > 0 ? "notice.clockBehind" : "notice.clockAhead", {
          duration: formats.duration(Math.abs(clockOffMs) / 60_000),
        }),
      ),
    data?.viewer.isAnonymous === true &&
      state.login === null &&
      h(
        "div.notice",
        { key: "anonymous" },
        icon("person"),
        h("span", {}, texts.text("notice.anonymous")),
        button(texts.text("login.send"), () => {
          actions.askLogin();
        }),
      ),
  ];
}

function main(state: State, actions: Actions): Child {
  const { texts, data, login, view, link, refusal } = state;
  if (login !== null) return loginView(login, texts, actions);
  if (data === null) return loading(texts.text(link === "lost" && refusal === null ? "loading.lost" : "loading.first"));
  if (view === "account") return accountView(state, data, actions);
  if (view === "events") return eventsView(state, data, actions);
  const car = carOf(state);
  if (car === null) return noCar(state);
  const views = { car: carView, journal: journalView, values: valuesView };
  return [carStrip(state, data.cars, actions), views[view](state, car, actions)];
}

function loading(text: string): VNode {
  return h(
    "div.card.empty",
    { key: "loading", role: "status" },
    h("span.spinner", { "aria-hidden": "true" }),
    h("p", {}, text),
  );
}

function noCar({ texts, data }: State): VNode {
  const hasAccount = (data?.accounts.length ?? 0) > 0;
  return h(
    "div.card.empty",
    { key: "empty" },
    icon("car", "large"),
    h("h2", {}, texts.text(hasAccount ? "empty.noCar" : "empty.noAccount")),
    h("p", {}, texts.text(hasAccount ? "empty.noCarTip" : "empty.noAccountTip")),
  );
}

function footer({ texts, data }: State, actions: Actions): VNode {
  const user = data?.viewer.name ?? null;
  const choose = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) actions.speak(event.currentTarget.value);
  };
  return h(
    "footer",
    { key: "footer" },
    h(
      "label",
      {},
      texts.text("footer.language"),
      " ",
      h(
        "select",
        { value: texts.language, on: { change: choose } },
        Object.entries(LANGUAGES).map(([code, name]) => h("option", { value: code, lang: code }, name)),
      ),
    ),
    user !== null && h("span", {}, texts.text("footer.user", { name: user })),
  );
}
