import type { CockpitAccount, CockpitPoll } from "../../../src/cockpit/contract.js";
import type { CockpitData } from "../data.js";
import type { Actions, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { doctorPart } from "./doctor.js";
import { icon } from "./icons.js";
import { button, cardOf, row, rows } from "./parts.js";

const MOST_POLLS = 8;

/** What the accounts do. */
export function accountView(state: State, { accounts, cars }: CockpitData, actions: Actions): Child {
  const { texts } = state;
  if (accounts.length === 0)
    return h(
      "div.card.empty",
      { key: "none" },
      h("h2", {}, texts.text("empty.noAccount")),
      h("p", {}, texts.text("empty.noAccountTip")),
    );
  const names = new Map(cars.map(({ key, name }) => [key, name]));
  return accounts.map((account) => accountPart(account, state, names, actions));
}

function accountPart(
  account: CockpitAccount,
  state: State,
  names: ReadonlyMap<string, string>,
  actions: Actions,
): VNode {
  const { texts, now } = state;
  const { id, name, warnings, nextPolls } = account;
  return h(
    "section.account",
    { key: id, "aria-label": name || texts.text("account.unnamed") },
    h("h2.account-name", {}, icon("signal"), name || texts.text("account.unnamed")),
    warnings.map((problem) =>
      h("p.notice.warn", { key: `warning ${problem.code}` }, icon("alert"), texts.problem(problem)),
    ),
    h(
      "div.grid",
      {},
      cardOf(`status-${id}`, "status", texts.text("account.status"), rows(statusRows(account, texts, now))),
      cardOf(`quota-${id}`, "quota", texts.text("account.quota"), quota(account, texts, now)),
      cardOf(`polls-${id}`, "polls", texts.text("account.polls"), polls(nextPolls, names, texts, now)),
      doctorPart(id, state, actions),
      cardOf(
        `diagnostics-${id}`,
        "diagnostics",
        texts.text("account.diagnostics"),
        h("p.soft", {}, texts.account("diagnostics.tip")),
        button([icon("download"), texts.account("diagnostics.save")], () => {
          actions.saveDiagnostics(id);
        }),
      ),
    ),
  );
}

function statusRows({ source, stream, login, rest, container }: CockpitAccount, texts: Texts, now: number): Child {
  const { formats } = texts;
  const time = (iso: string) => formats.time(Date.parse(iso), now);
  const size = container.descriptors;
  const about =
    container.id === null
      ? texts.text(container.isNeeded ? "account.containerLater" : "account.containerNone")
      : texts.text("account.containerSize", { count: size ?? 0 });
  return [
    row(
      texts,
      texts.text("account.stream"),
      texts.text(`stream.${stream.state}`),
      stream.retryAt === undefined ? "" : texts.text("account.retry", { time: time(stream.retryAt) }),
    ),
    row(
      texts,
      texts.text("account.lastMessage"),
      stream.lastMessageAt === undefined ? null : formats.age(Date.parse(stream.lastMessageAt), now),
    ),
    row(texts, texts.text("account.login"), texts.text(`loginState.${login.state}`)),
    login.loginExpiresAt !== undefined &&
      row(texts, texts.text("account.loginUntil"), time(login.loginExpiresAt), texts.text("account.renews")),
    source === "bmw" && row(texts, texts.text("account.rest"), texts.text(`rest.${rest.state}`)),
    source === "bmw" &&
      rest.lastSuccessAt !== undefined &&
      row(texts, texts.text("account.lastAnswer"), formats.age(Date.parse(rest.lastSuccessAt), now)),
    source === "bmw" && row(texts, texts.text("account.container"), about),
  ];
}

/** The requests of the day as a bar, by what they were for. */
function quota(
  { quota: { used, limit, remaining, classes, resetsAt, blockedUntil } }: CockpitAccount,
  texts: Texts,
  now: number,
): Child {
  const time = (iso: string) => texts.formats.time(Date.parse(iso), now);
  const shown = classes.filter((one) => one.used > 0);
  return [
    h(
      "p.total",
      { key: "total" },
      h("strong", {}, texts.text("quota.used", { used, limit })),
      " ",
      texts.text("quota.left", { remaining, time: time(resetsAt) }),
    ),
    h(
      "div.quota-bar",
      { key: "bar", "aria-hidden": "true" },
      shown.map((one) =>
        h(`span.${one.name}`, { key: one.name, style: { width: `${(100 * one.used) / Math.max(limit, used, 1)}%` } }),
      ),
    ),
    h(
      "ul.legend",
      { key: "legend" },
      classes.map(({ name, used: count }) =>
        h(`li.q-${name}`, { key: name }, texts.text(`quota.class.${name}`), h("strong", {}, ` ${count}`)),
      ),
    ),
    blockedUntil !== undefined &&
      h("p.notice.warn", { key: "blocked" }, icon("alert"), texts.text("quota.blocked", { time: time(blockedUntil) })),
  ];
}

function polls(all: readonly CockpitPoll[], names: ReadonlyMap<string, string>, texts: Texts, now: number): Child {
  if (all.length === 0) return h("p.soft", {}, texts.text("polls.none"));
  return h(
    "ol.polls",
    {},
    all.slice(0, MOST_POLLS).map((poll) => {
      const at = Date.parse(poll.at);
      const why = poll.why.map((one) => texts.text(`polls.why.${one}`)).join(", ");
      return h(
        "li",
        { key: `${poll.car} ${poll.what}` },
        h("time", { datetime: poll.at, title: texts.formats.time(at, now) }, texts.formats.ahead(at, now)),
        h(
          "div",
          {},
          h("strong", {}, texts.text(`polls.what.${poll.what}`)),
          h("span.line.soft", {}, [names.get(poll.car) ?? "", why].filter(Boolean).join(" · ")),
        ),
      );
    }),
  );
}
