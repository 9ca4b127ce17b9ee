import { isObject, parseJson, type JsonObject } from "../../src/support/json.js";

/** Where the page lies: beside the editor, whatever stands before it. */
export function editorPath(pathname: string): string {
  return pathname.replace(/cardata$/, "");
}

/** Names the place where the editor keeps its token: `auth-tokens-sub-nr` for an editor at `/sub/nr/`. */
export function tokenKey(pathname: string): string {
  return `auth-tokens${editorPath(pathname).slice(0, -1).replaceAll("/", "-")}`;
}

/** Returns the token in what the editor has stored; `null`: there is none. */
export function tokenIn(stored: string | null): string | null {
  const { access_token: token } = objectIn(stored ?? "");
  return typeof token === "string" ? token : null;
}

function objectIn(text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/** What Node-RED asks of who wants to log in. */
export type LoginForm =
  | { readonly kind: "fields"; readonly fields: readonly LoginField[] }
  /** A login at another place, which leads back to the editor. */
  | { readonly kind: "link"; readonly address: string; readonly label: string }
  /** No login is known: a proxy asks for one, or the user of everybody may not read. */
  | { readonly kind: "none" };

export interface LoginField {
  readonly id: string;
  readonly isSecret: boolean;
}

/** Reads Node-RED's answer on how to log in. */
export function loginForm(answer: unknown): LoginForm {
  const { prompts }: JsonObject = isObject(answer) ? answer : {};
  const known = Array.isArray(prompts) ? prompts.filter(isObject) : [];
  for (const { type, url, label } of known)
    if (type === "button" && typeof url === "string" && isAddress(url))
      return { kind: "link", address: url, label: typeof label === "string" ? label : "" };
  const fields = known.flatMap(({ id, type }) =>
    typeof id === "string" ? [{ id, isSecret: type === "password" }] : [],
  );
  return fields.length === 0 ? { kind: "none" } : { kind: "fields", fields };
}

/** Returns whether it leads to a page, wherever that lies. */
function isAddress(url: string): boolean {
  return !/^\s*[a-z][\w+.-]*:/i.test(url) || /^https?:/i.test(url);
}
