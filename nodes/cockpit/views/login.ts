import type { Actions, LoginState } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { button } from "./parts.js";
import { icon } from "./icons.js";

/** Asks for the login of Node-RED. */
export function loginView(login: LoginState, texts: Texts, actions: Actions): VNode {
  const why = login.hadToken ? "login.over" : "login.why";
  return h(
    "section.card.login",
    { key: "login", "aria-labelledby": "title-login" },
    icon("lock", "large"),
    h("h2", { id: "title-login" }, texts.text("login.title")),
    h("p", {}, texts.text(login.form.kind === "none" ? "login.none" : why)),
    form(login, texts, actions),
    h("p.failure", { role: "alert" }, login.failure !== null && texts.text(`login.${login.failure}`)),
  );
}

function form(login: LoginState, texts: Texts, actions: Actions): Child {
  const { form, isSending } = login;
  const again = button(texts.text("login.again"), () => {
    actions.tryAgain();
  });
  if (form.kind === "none") return again;
  if (form.kind === "link")
    return [
      h("a.button.primary", { href: form.address }, form.label || texts.text("login.open")),
      h("p.soft", {}, texts.text("login.back")),
      again,
    ];
  const send = (event: Event) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement) actions.logIn(textsIn(new FormData(event.currentTarget)));
  };
  return h(
    "form",
    { on: { submit: send } },
    form.fields.map(({ id, isSecret }) =>
      h(
        "label",
        { key: id },
        texts.known(`login.field.${id}`) ?? id,
        h("input", {
          name: id,
          type: isSecret ? "password" : "text",
          autocomplete: isSecret ? "current-password" : "username",
          required: true,
          autocapitalize: "off",
        }),
      ),
    ),
    login.isOptional &&
      button(texts.text("login.cancel"), () => {
        actions.tryAgain();
      }),
    h("button.button.primary", { type: "submit", "aria-disabled": String(isSending) }, texts.text("login.send")),
  );
}

function textsIn(form: FormData): Record<string, string> {
  return Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}
