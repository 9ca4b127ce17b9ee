import assert from "node:assert/strict";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { acceptLogin } from "../../../src/auth/tokens.js";
import { memoryFiles, type Files } from "../../../src/store/files.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { CLIENT_ID, GCID, START, tokenAnswer } from "../../helpers/fakes.js";

const FILE = "/account/tokens.json";
const tokens = acceptLogin(tokenAnswer(START), CLIENT_ID, START);

const vaultIn = (files: Files, key: string | null) =>
  new TokenVault(new Store("/account", files, new SimulatedClock(START), () => undefined), key);

describe("token vault", () => {
  it("gives back what it was given", async () => {
    const files = memoryFiles();
    const key = generateVaultKey();
    assert.equal(await vaultIn(files, key).save(tokens), true);
    assert.deepEqual(await vaultIn(files, key).load(), { tokens, problem: null });
  });

  it("holds nothing that can be read without the key", async () => {
    const files = memoryFiles();
    await vaultIn(files, generateVaultKey()).save(tokens);
    const content = (await files.read(FILE))?.toString() ?? "";
    assert.ok(content.length > 100);
    for (const secret of [tokens.accessToken, tokens.refreshToken, tokens.idToken, GCID, CLIENT_ID])
      assert.ok(!content.includes(secret) && !content.includes(Buffer.from(secret).toString("base64").slice(2, 20)));
  });

  it("is empty and without complaint before the first login", async () => {
    assert.deepEqual(await vaultIn(memoryFiles(), null).load(), { tokens: null, problem: null });
  });

  for (const [title, key, code] of [
    ["a lost key", null, "vault_key_missing"],
    ["a key of another vault", generateVaultKey(), "vault_unreadable"],
    ["a broken key", "short", "vault_key_missing"],
  ] as const)
    it(`asks for a new login after ${title} and keeps the old file aside`, async () => {
      const files = memoryFiles();
      await vaultIn(files, generateVaultKey()).save(tokens);
      const content = await files.read(FILE);
      assert.deepEqual(await vaultIn(files, key).load(), { tokens: null, problem: { code } });
      assert.equal(await files.read(FILE), null);
      assert.deepEqual(await files.read(`${FILE}.bad-2026-03-02T06-00-00-000Z`), content);
    });

  it("notices a changed file", async () => {
    const files = memoryFiles();
    const key = generateVaultKey();
    await vaultIn(files, key).save(tokens);
    const file = JSON.parse((await files.read(FILE))!.toString()) as { data: { data: string } };
    file.data.data = `AAAA${file.data.data.slice(4)}`;
    await files.write(FILE, JSON.stringify(file));
    assert.deepEqual(await vaultIn(files, key).load(), { tokens: null, problem: { code: "vault_unreadable" } });
  });

  it("saves with the key of a new login", async () => {
    const files = memoryFiles();
    const vault = vaultIn(files, null);
    const key = generateVaultKey();
    vault.rekey(key);
    await vault.save(tokens);
    assert.deepEqual((await vaultIn(files, key).load()).tokens, tokens);
  });

  it("is gone after a logout", async () => {
    const files = memoryFiles();
    const vault = vaultIn(files, generateVaultKey());
    await vault.save(tokens);
    await vault.clear();
    assert.equal(await files.read(FILE), null);
  });
});
