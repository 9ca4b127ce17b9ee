import assert from "node:assert/strict";
import { loginForm, tokenIn, tokenKey } from "../../../nodes/cockpit/login.js";

describe("the login of the page", () => {
  it("is kept where the editor keeps its own, whatever stands before the page and whether it is the page or the editor", () => {
    for (const [pathname, key] of [
      ["/cardata", "auth-tokens"],
      ["/", "auth-tokens"],
      ["/admin/cardata", "auth-tokens-admin"],
      ["/admin/", "auth-tokens-admin"],
      ["/sub/nr/cardata", "auth-tokens-sub-nr"],
      ["/sub/nr/", "auth-tokens-sub-nr"],
    ] as const)
      assert.equal(tokenKey(pathname), key, pathname);
  });

  it("is none where something else is stored", () => {
    assert.equal(tokenIn('{"access_token":"a+b/c="}'), "a+b/c=");
    for (const stored of [null, "", "{", "null", "[]", '"text"', "{}", '{"access_token":7}'])
      assert.equal(tokenIn(stored), null);
  });

  it("is asked for as Node-RED wants it", () => {
    const prompts = [
      { id: "username", type: "text", label: "user.username" },
      { id: "password", type: "password", label: "user.password" },
    ];
    assert.deepEqual(loginForm({ type: "credentials", prompts }), {
      kind: "fields",
      fields: [
        { id: "username", isSecret: false },
        { id: "password", isSecret: true },
      ],
    });
    const button = { type: "button", label: "Sign in with GitHub", url: "admin/auth/strategy" };
    const link = { kind: "link", address: "admin/auth/strategy", label: "Sign in with GitHub" };
    assert.deepEqual(loginForm({ type: "strategy", prompts: [button] }), link);
    const script = { type: "button", label: "Log in", url: "javascript:alert(1)" };
    for (const other of [{ prompts: [script] }, {}, null, "text", { prompts: "none" }, { prompts: [null, 7] }])
      assert.deepEqual(loginForm(other), { kind: "none" });
  });
});
