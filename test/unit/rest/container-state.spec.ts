import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeContainerState,
  NO_CONTAINER,
  type ContainerState,
} from "../../../src/rest/containers/container-state.js";
import { runs } from "../../helpers/random.js";

const STATE: ContainerState = {
  container: { id: "G00B025F732UD", accepted: ["a", "b"], missing: ["c"], triedAt: 1000 },
  creations: [1, 2, 3],
  refused: { code: "cu_403", until: 2000, wanted: "signature", list: "" },
  doubtedAt: 500,
};

describe("saved state of the data container", () => {
  it("comes back as it was", () => {
    assert.deepEqual(decodeContainerState(JSON.parse(JSON.stringify(STATE))), STATE);
    assert.deepEqual(decodeContainerState(JSON.parse(JSON.stringify(NO_CONTAINER))), NO_CONTAINER);
  });

  for (const data of [undefined, null, 7, "x", [], {}])
    it(`is empty from ${JSON.stringify(data)}`, () => {
      assert.deepEqual(decodeContainerState(data), NO_CONTAINER);
    });

  for (const [title, changes, expected] of [
    ["a container without a usable id", { container: { ...STATE.container, id: "../x" } }, { container: null }],
    ["a container that is none", { container: 7 }, { container: null }],
    ["a refusal of another kind", { refused: { ...STATE.refused, code: "toString" } }, { refused: null }],
    ["a refusal without an end", { refused: { ...STATE.refused, until: "soon" } }, { refused: null }],
    ["times that are none", { creations: [null, "x", 1, {}], doubtedAt: [] }, { creations: [1], doubtedAt: 0 }],
    ["more creations than ever happened", { creations: Array(200).fill(1) }, { creations: Array(100).fill(1) }],
  ] as const)
    it(`does without ${title}`, () => {
      assert.deepEqual(decodeContainerState({ ...STATE, ...changes }), { ...STATE, ...expected });
    });

  it("has bounded lists of proper descriptors", () => {
    const accepted = [7, null, "", "x".repeat(201), ...Array.from({ length: 2000 }, (_, index) => `d${index}`)];
    const { container } = decodeContainerState({ container: { ...STATE.container, accepted, missing: "x" } });
    assert.equal(container?.accepted.length, 1000);
    assert.equal(container.accepted[0], "d0");
    assert.deepEqual(container.missing, []);
  });

  it("is usable whatever the file holds (property)", () => {
    const members = fc.constantFrom(
      "container",
      "creations",
      "refused",
      "doubtedAt",
      "id",
      "accepted",
      "code",
      "until",
    );
    const data = fc.oneof(
      fc.anything(),
      fc.dictionary(members, fc.oneof(fc.jsonValue(), fc.dictionary(members, fc.jsonValue()))),
    );
    fc.assert(
      fc.property(data, (saved) => {
        const state = decodeContainerState(saved);
        assert.ok(state.creations.every(Number.isFinite));
        // JSON knows no -0.
        const written = JSON.stringify(state);
        assert.equal(JSON.stringify(decodeContainerState(JSON.parse(written))), written);
      }),
      { numRuns: runs(2000) },
    );
  });
});
