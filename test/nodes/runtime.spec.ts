import assert from "node:assert/strict";
import type { NodeAPI } from "../../nodes/lib/red.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { Runtime } from "../../nodes/lib/runtime.js";

describe("the key of an account's login", () => {
  const runtimeWith = (credentials: Record<string, Record<string, unknown> | undefined>) => {
    const added: Record<string, unknown>[] = [];
    const RED = {
      settings: {},
      events: { on: () => undefined, off: () => undefined },
      log: { warn: () => undefined, error: () => undefined },
      nodes: {
        getCredentials: (id: string) => credentials[id],
        addCredentials: (id: string, values: Record<string, unknown>) => {
          credentials[id] = values;
          added.push(values);
        },
      },
      _: (key: string) => key,
    };
    return { runtime: new Runtime(RED as unknown as NodeAPI), added };
  };

  it("is the one among its credentials, also after a deploy has dropped those", () => {
    const key = generateVaultKey();
    const credentials: Record<string, Record<string, unknown> | undefined> = { a: { clientId: "x", storeKey: key } };
    const { runtime, added } = runtimeWith(credentials);
    assert.equal(runtime.vaultKey("a"), key);
    credentials["a"] = undefined;
    assert.equal(runtime.vaultKey("a"), key);
    runtime.saveVaultKey("a");
    assert.deepEqual(added, [{ storeKey: key }]);
  });

  for (const broken of ["short", "", 7, undefined])
    it(`is none where ${JSON.stringify(broken) ?? "nothing"} stands in its place: nothing could be saved with it`, () => {
      const { runtime } = runtimeWith({ a: { storeKey: broken } });
      assert.equal(runtime.vaultKey("a"), null);
    });
});

describe("a Node-RED without user folder", () => {
  it("works in memory, and reports it once", async () => {
    const warnings: string[] = [];
    const RED = {
      settings: {},
      events: { on: () => undefined, off: () => undefined },
      log: { warn: (text: string) => warnings.push(text), error: () => undefined },
      _: (key: string) => key,
    };
    const runtime = new Runtime(RED as unknown as NodeAPI);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /until Node-RED restarts/);
    await runtime.files.write("/a/tokens.json", "{}");
    assert.equal(String(await runtime.files.read("/a/tokens.json")), "{}");
  });
});
