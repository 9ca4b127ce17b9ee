import assert from "node:assert/strict";
import { codecOf } from "../../../src/store/codec.js";
import { isObject, nonEmptyText } from "../../../src/support/json.js";
import { storedList, needed, object } from "../../../src/support/stored-schema.js";

interface Car {
  readonly name: string;
}

/** Version 1 wrote names alone, version 2 objects with the name as `title`. */
const codec = codecOf<readonly Car[]>({
  initial: () => [],
  read: (data) => (Array.isArray(data) ? storedList(object({ name: needed(nonEmptyText) }))(data) : null),
  migrations: [
    (data) => (Array.isArray(data) ? data.map((title: unknown) => ({ title })) : data),
    (data) =>
      Array.isArray(data) ? data.map((car: unknown) => ({ name: isObject(car) ? car["title"] : null })) : data,
  ],
});

describe("a document with versions", () => {
  it("is written as the newest one", () => {
    assert.equal(codec.version, 3);
    assert.deepEqual(codec.encode([{ name: "Anna" }]), [{ name: "Anna" }]);
    assert.deepEqual(codec.initial(), []);
  });

  it("is read from every version that there was", () => {
    const read = [codec.decode(["Anna"], 1), codec.decode([{ title: "Anna" }], 2), codec.decode([{ name: "Anna" }], 3)];
    assert.deepEqual(read, [[{ name: "Anna" }], [{ name: "Anna" }], [{ name: "Anna" }]]);
    assert.deepEqual(codec.decode(["Anna"], 0), [{ name: "Anna" }]);
  });

  it("is refused as a whole where nothing can be made of it, so that the file is kept aside", () => {
    assert.throws(() => codec.decode({ Anna: true }, 3), /no such document/);
    assert.deepEqual(codec.decode([{ name: "" }, { name: "Anna" }, 7, null], 3), [{ name: "Anna" }]);
  });
});
