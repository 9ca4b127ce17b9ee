import { API_SCOPE, STREAM_SCOPE } from "../../../src/support/scopes.js";
import type { LoginView } from "../../lib/admin-contract.js";
import { accountText } from "./text.js";

const RIGHTS = { stream: STREAM_SCOPE, api: API_SCOPE } as const;

/** Shows in `place` what a login may do, and what to do about what it may not. */
export function showRights(place: Query, scopes: LoginView["scopes"]): void {
  place.empty();
  if (scopes === undefined) return;
  for (const [name, scope] of Object.entries(RIGHTS)) {
    const isGranted = scopes.granted.some((granted) => granted === scope);
    const text = isGranted ? accountText(`login.may.${name}`) : accountText(`login.mayNot.${name}`);
    $("<div>", { "data-kind": isGranted ? "good" : "bad" })
      .text(text)
      .appendTo(place);
  }
}
