import assert from "node:assert/strict";
import { Publishers } from "../../../src/homeassistant/publishers.js";

describe("the nodes that announce cars", () => {
  const node = (cars: string[], topics: string[]) => ({
    cars,
    told: 0,
    holds: (topic: string) => topics.includes(topic),
    onOther() {
      this.told++;
    },
  });

  it("know what another one keeps, as long as that one is at work", () => {
    const publishers = new Publishers();
    publishers.enter("a", node([], ["x"]));
    const leave = publishers.enter("b", node([], ["y"]));
    const held = () => ["x", "y"].map((topic) => publishers.isHeldByOther("a", topic));
    assert.deepEqual(held(), [false, true]);
    leave();
    assert.deepEqual(held(), [false, false]);
  });

  it("share a car with whoever announces it under the same prefix, and hear when another one has changed", () => {
    const publishers = new Publishers();
    const [a, b, c] = [node(["ha/1"], []), node(["ha/1", "ha/2"], []), node(["other/1"], [])];
    for (const [name, one] of Object.entries({ a, b, c })) publishers.enter(name, one);
    assert.deepEqual(
      ["a", "b", "c", "unknown"].map((name) => publishers.isShared(name)),
      [true, true, false, false],
    );
    publishers.tell("a");
    assert.deepEqual([a.told, b.told, c.told], [0, 1, 1]);
  });

  it("stay when a former instance of theirs leaves late", () => {
    const publishers = new Publishers();
    const leave = publishers.enter("a", node([], ["x"]));
    publishers.enter("a", node([], ["y"]));
    leave();
    assert.equal(publishers.isHeldByOther("b", "y"), true);
  });
});
