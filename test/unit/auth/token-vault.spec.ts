import assert from "node:assert/strict";
import { generateVaultKey, TokenVault, type SavedLogin } from "../../../src/auth/token-vault.js";
import { acceptLogin } from "../../../src/auth/tokens.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { CLIENT_ID, GCID, START, tokenAnswer } from "../../helpers/fakes.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const FILE = "/account/tokens.json";
const tokens = acceptLogin(tokenAnswer(START), CLIENT_ID, START);

const OTHER = acceptLogin(tokenAnswer(START), CLIENT_ID, START);
const ASIDE = `${FILE}.locked-2026-03-02T06-00-00-000Z`;

const vaultIn = (files: Files, key: string | null, clock = new SimulatedClock(START)) =>
  new TokenVault(new Store("/account", files, clock, () => undefined), key);

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

  for (const [title, key] of [
    ["a lost key", null],
    ["a key of another vault", generateVaultKey()],
    ["a broken key", "short"],
  ] as const) {
    const locked = { tokens: null, problem: { code: "vault_key_missing" } };

    it(`leaves the file alone for ${title}, and opens it when the key is back`, async () => {
      const files = new TroubledFiles();
      const right = generateVaultKey();
      await vaultIn(files, right).save(tokens);
      const content = await files.content(FILE);
      const vault = vaultIn(files, key);
      assert.deepEqual(await vault.load(), locked);
      assert.equal(vault.isKnown, false);
      assert.deepEqual([files.names(), await files.content(FILE)], [[FILE], content]);
      assert.deepEqual(await vaultIn(files, right).load(), { tokens, problem: null });
    });

    it(`keeps the old file aside when a new login comes after ${title}`, async () => {
      const files = new TroubledFiles();
      await vaultIn(files, generateVaultKey()).save(tokens);
      const content = await files.content(FILE);
      const vault = vaultIn(files, key);
      await vault.load();
      const fresh = generateVaultKey();
      vault.rekey(fresh);
      assert.equal(await vault.save(OTHER), true);
      assert.deepEqual(files.names(), [FILE, ASIDE]);
      assert.deepEqual(await files.content(ASIDE), content);
      assert.deepEqual((await vaultIn(files, fresh).load()).tokens, OTHER);
    });
  }

  it("loses neither login while the old file cannot be moved", async () => {
    const files = new TroubledFiles();
    const clock = new SimulatedClock(START);
    await vaultIn(files, generateVaultKey()).save(tokens);
    const content = await files.content(FILE);
    const vault = vaultIn(files, null, clock);
    const late: SavedLogin[] = [];
    await vault.load((saved) => late.push(saved));
    files.trouble("rename", "EACCES");
    const fresh = generateVaultKey();
    vault.rekey(fresh);
    assert.equal(await vault.save(tokens), false);
    assert.equal(await vault.save(OTHER), false);
    assert.deepEqual(await files.content(FILE), content);
    files.mend();
    await clock.advance(120_000);
    assert.equal(files.names().filter((name) => name.includes(".locked-")).length, 1);
    assert.deepEqual((await vaultIn(files, fresh).load()).tokens, OTHER);
  });

  it("opens a file of before keys had names, and leaves it alone while it cannot", async () => {
    const files = new TroubledFiles();
    const key = generateVaultKey();
    await vaultIn(files, key).save(tokens);
    const file = JSON.parse(String(await files.content(FILE))) as { data: { key?: string } };
    delete file.data.key;
    await files.write(FILE, JSON.stringify(file));
    assert.equal((await vaultIn(files, generateVaultKey()).load()).problem?.code, "vault_key_missing");
    assert.deepEqual(files.names(), [FILE]);
    assert.deepEqual((await vaultIn(files, key).load()).tokens, tokens);
  });

  it("keeps a file aside that is no saved login, whatever the key", async () => {
    for (const key of [null, generateVaultKey()]) {
      const files = new TroubledFiles();
      await files.write(FILE, JSON.stringify({ version: 1, data: { iv: "", tag: 1 } }));
      assert.deepEqual(await vaultIn(files, key).load(), { tokens: null, problem: { code: "vault_unreadable" } });
      assert.deepEqual(files.names(), [ASIDE.replace("locked", "bad")]);
    }
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
