import assert from "node:assert/strict";
import fc from "fast-check";
import { readPages, type Page } from "../../../src/rest/paging.js";
import { CarDataError } from "../../../src/support/errors.js";
import { refusal } from "../../helpers/rest.js";
import { runs } from "../../helpers/random.js";

const expired = refusal("cu_125", 400, "CU-125");
const down = new CarDataError("rest_network", { reason: "ECONNRESET" });

/** A list of which each page is `[number of its items, token of the next page]`, or an error. */
function list(...script: (readonly [number, string | null] | Error)[]) {
  const asked: (string | null)[] = [];
  let read = 0;
  const fetchPage = async (token: string | null): Promise<Page> => {
    asked.push(token);
    const next = script.shift();
    if (next === undefined) throw new Error("no more pages scripted");
    if (next instanceof Error) throw next;
    const [count, nextToken] = next;
    return { items: Array.from({ length: count }, () => ({ number: ++read })), nextToken };
  };
  return { fetchPage, asked };
}

const numbers = (items: readonly Record<string, unknown>[]) => items.map(({ number }) => number);

describe("lists in pages", () => {
  it("are followed to their end", async () => {
    const { fetchPage, asked } = list([2, "a"], [0, "b"], [1, null]);
    const { items, ...rest } = await readPages(fetchPage);
    assert.deepEqual(numbers(items), [1, 2, 3]);
    assert.deepEqual(rest, { truncated: false, pages: 3, failure: null });
    assert.deepEqual(asked, [null, "a", "b"]);
  });

  it("end where the caller wants it", async () => {
    const { fetchPage, asked } = list([1, "a"], [1, "b"], [1, null]);
    const { truncated, pages } = await readPages(fetchPage, 2);
    assert.deepEqual({ truncated, pages, calls: asked.length }, { truncated: true, pages: 2, calls: 2 });
  });

  it("never cost more than ten calls", async () => {
    const { fetchPage, asked } = list(...Array.from({ length: 20 }, (_, page) => [1, `t${page}`] as const));
    const { truncated, pages } = await readPages(fetchPage, 1000);
    assert.deepEqual({ truncated, pages, calls: asked.length }, { truncated: true, pages: 10, calls: 10 });
  });

  for (const [title, script] of [
    [
      "that was just used",
      [
        [1, "a"],
        [1, "a"],
      ],
    ],
    [
      "of an earlier page",
      [
        [1, "a"],
        [1, "b"],
        [1, "a"],
      ],
    ],
  ] as const)
    it(`end at a token ${title}, as they would go in circles`, async () => {
      const { fetchPage, asked } = list(...script);
      const { truncated, pages } = await readPages(fetchPage);
      assert.deepEqual({ truncated, pages }, { truncated: true, pages: script.length });
      assert.equal(asked.length, script.length);
    });

  it("are read once more when BMW lets them run out", async () => {
    const { fetchPage, asked } = list([1, "a"], expired, [1, "b"], [1, null]);
    const { items, ...rest } = await readPages(fetchPage);
    assert.deepEqual(numbers(items), [2, 3]);
    assert.deepEqual(rest, { truncated: false, pages: 2, failure: null });
    assert.deepEqual(asked, [null, "a", null, "b"]);
  });

  for (const [title, second] of [
    ["runs out again", [[1, "c"], expired]],
    ["cannot be begun again", [down]],
    ["runs out at once", [expired]],
  ] as const)
    it(`keep the longer part when the list ${title}`, async () => {
      const { fetchPage } = list([1, "a"], [1, "b"], expired, ...second);
      const { items, truncated, pages } = await readPages(fetchPage);
      assert.deepEqual({ items: numbers(items), truncated, pages }, { items: [1, 2], truncated: true, pages: 2 });
    });

  it("keep what was read when a later page fails, and say why", async () => {
    const { fetchPage, asked } = list([1, "a"], down);
    const { items, ...rest } = await readPages(fetchPage);
    assert.deepEqual(numbers(items), [1]);
    assert.deepEqual(rest, { truncated: true, pages: 1, failure: down });
    assert.equal(asked.length, 2);
  });

  for (const failure of [down, expired])
    it(`fail when the first page fails with ${failure.code}`, async () => {
      const { fetchPage, asked } = list(failure);
      await assert.rejects(readPages(fetchPage), failure);
      assert.equal(asked.length, 1);
    });

  it("do not hide mistakes of ours", async () => {
    await assert.rejects(readPages(list([1, "a"], new TypeError("oops")).fetchPage), TypeError);
    await assert.rejects(readPages(list([1, "a"], expired, new TypeError("oops")).fetchPage), TypeError);
  });

  it("never cost more than two readings, whatever BMW answers (property)", async () => {
    const page = fc.oneof(
      fc.tuple(fc.nat(3), fc.option(fc.constantFrom("a", "b", "c", "d", "e"))),
      fc.constantFrom(expired, down),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 25, maxLength: 25 }),
        fc.integer({ min: 1, max: 10 }),
        async (script, most) => {
          const { fetchPage, asked } = list(...script);
          const pages = await readPages(fetchPage, most).catch((error: unknown) => {
            assert.ok(error instanceof CarDataError);
            return null;
          });
          assert.ok(asked.length <= 2 * most);
          assert.ok(pages === null || (pages.pages >= 1 && pages.pages <= most));
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
