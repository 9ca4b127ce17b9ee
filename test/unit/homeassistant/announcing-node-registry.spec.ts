import assert from "node:assert/strict";
import { AnnouncingNodeRegistry } from "../../../src/homeassistant/announcing-node-registry.js";

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
    const publishers = new AnnouncingNodeRegistry();
    publishers.register("a", node([], ["x"]));
    const leave = publishers.register("b", node([], ["y"]));
    const held = () => ["x", "y"].map((topic) => publishers.isHeldByOther("a", topic));
    assert.deepEqual(held(), [false, true]);
    leave();
    assert.deepEqual(held(), [false, false]);
  });

  it("share a car with whoever announces it under the same prefix, and hear when another one has changed", () => {
    const publishers = new AnnouncingNodeRegistry();
    const [a, b, c] = [node(["ha/1"], []), node(["ha/1", "ha/2"], []), node(["other/1"], [])];
    for (const [name, one] of Object.entries({ a, b, c })) publishers.register(name, one);
    assert.deepEqual(
      ["a", "b", "c", "unknown"].map((name) => publishers.isShared(name)),
      [true, true, false, false],
    );
    publishers.notifyOthers("a");
    assert.deepEqual([a.told, b.told, c.told], [0, 1, 1]);
  });

  it("stay when a former instance of theirs leaves late", () => {
    const publishers = new AnnouncingNodeRegistry();
    const leave = publishers.register("a", node([], ["x"]));
    publishers.register("a", node([], ["y"]));
    leave();
    assert.equal(publishers.isHeldByOther("b", "y"), true);
  });
});
