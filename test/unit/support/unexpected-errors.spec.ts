import assert from "node:assert/strict";
import { CarDataError, toCarDataError } from "../../../src/support/errors.js";
import { HttpFailure } from "../../../src/support/http.js";
import { sourceStack, UnexpectedErrors, unexpectedErrors } from "../../../src/support/unexpected-errors.js";
import { VIN } from "../../helpers/fakes.js";

describe("unexpected errors", () => {
  const noticing = () => {
    const reported: string[] = [];
    const errors = new UnexpectedErrors();
    errors.reportTo((stack) => reported.push(stack));
    return { errors, told: reported };
  };
  const mistake = (message: string) => {
    const error = new TypeError(message);
    error.stack = `TypeError: ${message}\n    at run (/home/somebody/.node-red/node_modules/mqtt/build/lib/client.js:12:34)`;
    return error;
  };

  it("are reported with their stack, once for each place", () => {
    const { errors, told: reported } = noticing();
    for (let time = 0; time < 3; time++) errors.notice(mistake("x is undefined"));
    assert.deepEqual(reported, ["TypeError: x is undefined\n    at run (mqtt/build/lib/client.js:12:34)"]);
  });

  it("are reported without secrets and full VINs", () => {
    const { errors, told: reported } = noticing();
    errors.notice(mistake(`no ${VIN} with Bearer abc123def456`));
    assert.match(reported.join(), /no …0001 with Bearer \[redacted\]/);
  });

  it("are reported a hundred times at most", () => {
    const { errors, told: reported } = noticing();
    for (let place = 0; place < 200; place++) errors.notice(mistake(`x${place} is undefined`));
    assert.equal(reported.length, 100);
  });

  for (const [title, thrown] of [
    ["a failure with a sentence of its own", new CarDataError("no_account")],
    ["a failure of the network", new HttpFailure("network", "ECONNRESET")],
    ["a system error", Object.assign(new TypeError("bad address"), { code: "ERR_INVALID_URL" })],
    ["what is no error", "a text"],
  ] as const)
    it(`are not ${title}`, () => {
      const { errors, told: reported } = noticing();
      errors.notice(thrown);
      assert.deepEqual(reported, []);
    });

  it("are noticed wherever an error becomes one of ours", () => {
    const reported: string[] = [];
    unexpectedErrors.reportTo((stack) => reported.push(stack));
    toCarDataError(new RangeError("noticed in a test"));
    unexpectedErrors.reportTo(() => undefined);
    assert.equal(reported.filter((stack) => stack.startsWith("RangeError: noticed in a test\n")).length, 1);
  });

  it("keep frames that have no file, and errors without a stack", () => {
    const error = new TypeError("x");
    error.stack = "TypeError: x\n    at async Promise.all (index 0)\n    at node:internal/timers:5:6";
    assert.equal(sourceStack(error), error.stack);
    delete error.stack;
    assert.equal(sourceStack(error), "TypeError: x");
  });

  it("name no folders of Windows and of ES modules either", () => {
    const error = new TypeError("x");
    const frames = [
      "    at C:\\Users\\somebody\\node_modules\\a\\b.js:1:2",
      "    at f (file:///home/somebody/x.mjs:3:4)",
    ];
    error.stack = ["TypeError: x", ...frames].join("\n");
    assert.equal(sourceStack(error), "TypeError: x\n    at a/b.js:1:2\n    at f (x.mjs:3:4)");
  });
});
