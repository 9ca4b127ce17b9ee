import assert from "node:assert/strict";
import { join, normalize, sep } from "node:path";
import fc from "fast-check";
import { folderName } from "../../../src/store/folder-name.js";
import { runs } from "../../helpers/random.js";

const ODD = [
  "",
  ".",
  "..",
  "../..",
  "...",
  "/",
  "\\",
  "a/b",
  "a\\b",
  "C:",
  "con",
  "NUL",
  "com1.a",
  "lpt9",
  "unused.json",
  "a.",
  "a ",
  " a",
];

describe("the folder of an account", () => {
  it("is called as its id, where Node-RED made that", () => {
    for (const id of ["f6f2187d.f17ca8", "0123456789abcdef", "a1", "account-1", "account_2"])
      assert.equal(folderName(id), id);
  });

  it("is one plain name on every system, whatever the id is (property)", () => {
    const root = join("user", "cardata");
    const id = fc.oneof(fc.constantFrom(...ODD), fc.string(), fc.string({ unit: "binary", maxLength: 400 }));
    fc.assert(
      fc.property(id, (one) => {
        const name = folderName(one);
        assert.match(name, /^[a-z0-9_.-]{1,100}$/);
        assert.doesNotMatch(name, /^\.|\.$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^unused\.json$/);
        assert.equal(normalize(join(root, name)), `${root}${sep}${name}`);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("is another for every id, also where large and small letters are the same", () => {
    const ids = [
      ...ODD,
      "abc",
      "ABC",
      "Abc",
      "aBc",
      "a_b",
      "a b",
      "a/b/",
      "a:b",
      "é",
      "É",
      "x".repeat(300),
      "x".repeat(301),
    ];
    ids.push(...ids.map(folderName));
    const names = [...new Set(ids)].map((id) => folderName(id).toLowerCase());
    assert.equal(new Set(names).size, new Set(ids).size);
  });

  it("is another for every two ids (property)", () => {
    const id = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom(...ODD), fc.stringMatching(/^[aAbB./_ -]{0,4}$/));
    fc.assert(
      fc.property(id, id, (one, other) => {
        assert.equal(folderName(one).toLowerCase() === folderName(other).toLowerCase(), one === other);
      }),
      { numRuns: runs(5000) },
    );
  });
});
