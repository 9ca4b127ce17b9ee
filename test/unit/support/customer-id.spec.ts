import assert from "node:assert/strict";
import { withoutCustomerId } from "../../../src/support/customer-id.js";

describe("copies without the customer's id", () => {
  const parsed = (text: string) => JSON.parse(text) as object;

  it("lack its members at any depth and in any spelling, and are the same text otherwise", () => {
    const told = '{"vin":"V","GCID":"1","data":{"a":{"value":[{"entityid":"2","b":null}],"unit":"%"}},"gcid":"3"}';
    assert.equal(
      JSON.stringify(withoutCustomerId(parsed(told))),
      '{"vin":"V","data":{"a":{"value":[{"b":null}],"unit":"%"}}}',
    );
  });

  it("keep members that are as long as its names", () => {
    const told = '{"unit":"km","entityNo":1,"fourteenletters00":2}';
    assert.equal(JSON.stringify(withoutCustomerId(parsed(told))), told);
  });

  it("keep a member with the name of the prototype as a member", () => {
    const told = '{"__proto__":{"gcid":"1","isAdmin":true},"b":1}';
    const copy = withoutCustomerId(parsed(told));
    assert.equal(JSON.stringify(copy), '{"__proto__":{"isAdmin":true},"b":1}');
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  });

  it("share nothing with what they are made of", () => {
    const told = { data: { value: [1, { at: 2 }] } };
    const copy = withoutCustomerId(told);
    copy.data.value.length = 0;
    assert.deepEqual(told, { data: { value: [1, { at: 2 }] } });
  });
});
