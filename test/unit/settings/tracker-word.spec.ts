import assert from "node:assert/strict";
import { labelOfTracker, wordOfTracker } from "../../../src/settings/tracker-word.js";

const listed = [
  { name: "i4", uniqueId: "864893030000000" },
  { name: "phone", uniqueId: "anna" },
  { name: " phone ", uniqueId: "ben" },
  { name: " ", uniqueId: " 77 " },
  { name: " 330e ", uniqueId: "864893030000001" },
];

describe("what a row stores for a tracker", () => {
  it("is its name, without the blanks at its ends, or its unique id where the name tells no single one", () => {
    assert.deepEqual(
      listed.map((tracker) => wordOfTracker(tracker, listed)),
      ["i4", "anna", "ben", "77", "330e"],
    );
  });

  it("is shown beside a name that several have", () => {
    assert.deepEqual(
      listed.map((tracker) => labelOfTracker(tracker, listed)),
      ["i4", "phone (anna)", "phone (ben)", "77", "330e"],
    );
  });
});
