import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { accountFolder } from "../../../src/store/account-folder.js";
import { folderName } from "../../../src/store/folder-name.js";

const NOBODY = () => false;
const NOW = Date.parse("2026-11-29T12:00:00Z");

describe("the folder of an account that an earlier version named otherwise", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "cardata-folders-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const lookUp = (id: string, isOthers: (name: string) => boolean = NOBODY) => accountFolder(root, id, isOthers, NOW);
  /** Files by name with their age in minutes; the content is the name of the folder. */
  const make = (folder: string, files: Record<string, number>) => {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, minutes] of Object.entries(files)) {
      const at = NOW / 1000 - minutes * 60;
      writeFileSync(join(root, folder, name), folder);
      utimesSync(join(root, folder, name), at, at);
    }
  };
  const loginOf = (folder: string) => readFileSync(join(folder, "tokens.json"), "utf8");

  for (const [id, former] of [
    ["Account-A", "Account-A"],
    ["ABC.DEF", "ABC.DEF"],
    ["_x", "_x"],
    ["a b/c", "a_b_c"],
    ["x".repeat(70), "x".repeat(70)],
  ] as const)
    it(`is taken over once (${id})`, () => {
      make(former, { "tokens.json": 5, "vehicles.json": 5 });
      const found = lookUp(id);
      assert.equal(found.folder, join(root, folderName(id)));
      assert.equal(found.problem, null);
      assert.equal(loginOf(found.folder), former);
      assert.deepEqual(readdirSync(root), [folderName(id)]);
      assert.deepEqual(lookUp(id), found);
    });

  it("is not looked for where the id is its name", () => {
    make("abc", { "tokens.json": 5 });
    assert.deepEqual(lookUp("abc"), { folder: join(root, "abc"), problem: null });
    assert.deepEqual(readdirSync(root), ["abc"]);
  });

  it("stays where it is the folder of another account", () => {
    make("a_b", { "tokens.json": 5 });
    assert.deepEqual(
      lookUp("a b", (name) => name === "a_b"),
      { folder: join(root, folderName("a b")), problem: null },
    );
    assert.deepEqual(readdirSync(root), ["a_b"]);
    make("abc", { "tokens.json": 5 });
    assert.ok(!existsSync(lookUp("ABC").folder), "that of the small letters is another's");
  });

  it("leads nowhere else, and is no file", () => {
    make("keep", { "tokens.json": 5 });
    writeFileSync(join(root, "A.json"), "{}");
    for (const id of ["", ".", "..", "../..", "/", "A.json", "\0", "__proto__"]) {
      assert.equal(lookUp(id).folder, join(root, folderName(id)));
      assert.deepEqual(readdirSync(root).sort(), ["A.json", "keep"]);
    }
  });

  it("is nothing where there is no folder at all", () => {
    rmSync(root, { recursive: true });
    assert.deepEqual(lookUp("ABC"), { folder: join(root, folderName("ABC")), problem: null });
    assert.ok(!existsSync(root));
  });

  it("is not known where nobody can look for it, and nothing is moved then", () => {
    rmSync(root, { recursive: true });
    writeFileSync(root, "");
    assert.throws(() => lookUp("ABC"), { code: "ENOTDIR" });
    rmSync(root);
    make("ABC", {});
    make(folderName("ABC"), { "tokens.json": 5 });
    symlinkSync("tokens.json", join(root, "ABC", "tokens.json"));
    assert.throws(() => lookUp("ABC"), { code: "ELOOP" });
    assert.deepEqual(readdirSync(root).sort(), ["ABC", folderName("ABC")]);
  });

  it("is used where it is if it cannot be moved", () => {
    make("ABC", { "tokens.json": 5 });
    const move = () => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    };
    assert.deepEqual(accountFolder(root, "ABC", NOBODY, NOW, move), { folder: join(root, "ABC"), problem: null });
    assert.equal(loginOf(join(root, "ABC")), "ABC");
  });

  it("is that of the other process which moved it at the same moment", () => {
    make("ABC", { "tokens.json": 5 });
    const move = () => {
      rmSync(join(root, "ABC"), { recursive: true });
      throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    };
    assert.equal(accountFolder(root, "ABC", NOBODY, NOW, move).folder, join(root, folderName("ABC")));
  });

  const NEW = folderName("ABC");
  type Files = Record<string, number>;
  for (const [title, former, present, winner] of [
    ["a later login in the present one", { "tokens.json": 9 }, { "tokens.json": 1 }, NEW],
    ["a later login in the former one", { "tokens.json": 1 }, { "tokens.json": 9 }, "ABC"],
    ["a login in the former one only", { "tokens.json": 9 }, { "account.json": 1 }, "ABC"],
    ["a login in the present one only", { "account.json": 1 }, { "tokens.json": 9 }, NEW],
    ["no login, and the former one newer", { "account.json": 1 }, { "vehicles.json": 9 }, "ABC"],
    ["no login, and the present one newer", { "account.json": 9 }, { "vehicles.json": 1 }, NEW],
    ["nothing in the present one but a lock", { "vehicles.json": 9 }, { lock: 1 }, "ABC"],
    ["an empty present one", { "tokens.json": 9 }, {}, "ABC"],
    ["an empty former one", {}, { "tokens.json": 9 }, NEW],
  ] satisfies [string, Files, Files, string][])
    it(`beside a present one: the newest login counts, and the other is kept and reported (${title})`, () => {
      make("ABC", former);
      make(NEW, present);
      const { folder, problem } = lookUp("ABC");
      assert.equal(folder, join(root, NEW));
      const some = readdirSync(folder)[0] ?? "";
      assert.equal(readFileSync(join(folder, some), "utf8"), winner);
      const names = readdirSync(root);
      const aside = names.find((name) => name !== NEW);
      if (aside === undefined) {
        assert.equal(problem, null, "nothing was lost");
        assert.ok([former, present].some((files) => Object.keys(files).length === 0));
        return;
      }
      assert.equal(names.length, 2);
      assert.equal(problem?.code, "folder_twice");
      assert.equal(basename(String(problem.params?.["aside"])), aside);
      assert.ok(readdirSync(join(root, aside)).length > 0);
      assert.deepEqual(lookUp("ABC"), { folder, problem: null }, "once");
    });

  it("beside a present one, where neither can be moved: the newest login counts all the same", () => {
    const move = () => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    };
    make("ABC", { "tokens.json": 1 });
    make(NEW, { "tokens.json": 9 });
    const found = accountFolder(root, "ABC", NOBODY, NOW, move);
    assert.equal(found.folder, join(root, "ABC"));
    assert.equal(found.problem?.code, "folder_twice");
  });
});
