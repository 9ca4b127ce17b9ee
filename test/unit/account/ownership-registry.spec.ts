import assert from "node:assert/strict";
import fc from "fast-check";
import { OwnershipRegistry, type Owner } from "../../../src/account/ownership-registry.js";
import { runs } from "../../helpers/random.js";

const KEY = "client:x";

/** A claimant that records its calls. */
function claimant(id: string): Owner & { reported: string[]; isInNeed: boolean } {
  const reported: string[] = [];
  return {
    id,
    label: id.toUpperCase(),
    isInNeed: true,
    reported,
    granted: (key) => reported.push(`granted ${key}`),
    lost: (key) => reported.push(`lost ${key}`),
  };
}

describe("the registry of ownership", () => {
  it("give a thing to the first owner, and to the next in line when that lets go", () => {
    const claims = new OwnershipRegistry();
    const [a, b, c] = [claimant("a"), claimant("b"), claimant("c")];
    assert.deepEqual(
      [a, b, c].map((one) => claims.claim(KEY, one)),
      [null, "A", "A"],
    );
    claims.release(a, () => true);
    assert.deepEqual([b.reported, c.reported], [[`granted ${KEY}`], []]);
    assert.equal(claims.claim(KEY, a), "B");
  });

  it("keep what a closed owner had for its successor, whoever else waits", () => {
    const claims = new OwnershipRegistry();
    const [a, b, successor] = [claimant("a"), claimant("b"), claimant("a")];
    claims.claim(KEY, a);
    claims.claim(KEY, b);
    claims.leave(a);
    assert.deepEqual([...claims.awaited], ["a"]);
    assert.equal(claims.claim(KEY, claimant("c")), "A");
    assert.equal(claims.claim(KEY, successor), null);
    claims.free("a");
    assert.deepEqual(b.reported, []);
    claims.leave(successor);
    claims.free("a");
    assert.deepEqual(b.reported, [`granted ${KEY}`]);
  });

  it("let a successor have it although the former one is still closing", () => {
    const claims = new OwnershipRegistry();
    const [a, b, successor] = [claimant("a"), claimant("b"), claimant("a")];
    claims.claim(KEY, a);
    claims.claim(KEY, b);
    assert.equal(claims.claim(KEY, successor), null);
    claims.leave(a);
    claims.free("a");
    assert.deepEqual([b.reported, claims.claim(KEY, b)], [[], "A"]);
  });

  it("let others have what one has no use for at present, which then stands in line", () => {
    const claims = new OwnershipRegistry();
    const [a, b] = [claimant("a"), claimant("b")];
    claims.claim(KEY, a);
    claims.claim("vin:1", a);
    claims.claim(KEY, b);
    a.isInNeed = false;
    claims.yield(a);
    assert.deepEqual([a.reported, b.reported], [[`lost ${KEY}`], [`granted ${KEY}`]]);
    assert.equal(claims.claim("vin:1", a), null, "what nobody waits for stays");
    claims.release(b, () => true);
    assert.deepEqual(a.reported, [`lost ${KEY}`, `granted ${KEY}`]);
  });

  it("go at once from one that has no use for them to one that has", () => {
    const claims = new OwnershipRegistry();
    const [a, b, c] = [claimant("a"), claimant("b"), claimant("c")];
    a.isInNeed = false;
    b.isInNeed = false;
    for (const one of [a, b]) claims.claim(KEY, one);
    assert.deepEqual([claims.other(KEY, "c"), a.reported], [null, []]);
    assert.equal(claims.claim(KEY, c), null);
    assert.deepEqual([a.reported, b.reported, c.reported], [[`lost ${KEY}`], [], []]);
    assert.equal(claims.other(KEY, "a"), "C");
  });

  it("do not go back and forth between those that have no use for them", () => {
    const claims = new OwnershipRegistry();
    const [a, b] = [claimant("a"), claimant("b")];
    for (const one of [a, b]) {
      one.isInNeed = false;
      claims.claim(KEY, one);
    }
    claims.yield(a);
    assert.deepEqual([a.reported, b.reported, claims.claim(KEY, b)], [[], [], "A"]);
  });

  it("call nobody who has stopped waiting", () => {
    const claims = new OwnershipRegistry();
    const [a, b, c] = [claimant("a"), claimant("b"), claimant("c")];
    for (const one of [a, b, c]) claims.claim(KEY, one);
    claims.leave(b);
    claims.release(c, (key) => key === KEY);
    claims.release(a, () => true);
    assert.deepEqual([b.reported, c.reported], [[], []]);
    assert.equal(claims.other(KEY, "x"), null);
  });

  it("have one holder for each thing at any time, and nobody waits for what is free (property)", () => {
    const names = ["a", "b", "c"];
    const act = fc.record({
      act: fc.constantFrom("claim", "claim", "release", "log in", "log out", "redeploy", "remove"),
      who: fc.constantFrom(...names),
      key: fc.constantFrom("client:x", "gcid:y", "vin:z"),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const claims = new OwnershipRegistry();
        /** The keys that each believes to hold, and those that it wants. */
        const world = new Map(names.map((id) => [id, member(id)]));
        for (const { act, who, key } of acts) {
          const one = world.get(who)!;
          const next = carryOut(claims, act, one, key);
          world.set(who, next);
          for (const thing of ["client:x", "gcid:y", "vin:z"]) {
            const wanting = [...world.values()].filter(({ wanted }) => wanted.has(thing));
            const holders = wanting.filter(({ held }) => held.has(thing));
            assert.equal(holders.length, wanting.length > 0 ? 1 : 0, `${thing} after ${act}`);
            assert.equal(
              holders.some(({ isInNeed }) => isInNeed),
              wanting.some(({ isInNeed }) => isInNeed),
              `${thing} after ${act}`,
            );
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

function member(id: string, isInNeed = true) {
  const held = new Set<string>();
  const wanted = new Set<string>();
  const one = {
    id,
    label: id,
    isInNeed,
    held,
    wanted,
    granted: (key: string) => {
      assert.ok(wanted.has(key) && !held.has(key));
      held.add(key);
    },
    lost: (key: string) => {
      assert.ok(held.delete(key));
    },
    claim: (claims: OwnershipRegistry, key: string) => {
      wanted.add(key);
      if (claims.claim(key, one) === null) held.add(key);
    },
    release: (claims: OwnershipRegistry) => {
      held.clear();
      wanted.clear();
      claims.release(one, () => true);
    },
  };
  return one;
}

/** Returns who stands for `one` from now on. */
function carryOut(claims: OwnershipRegistry, act: string, one: Member, key: string): Member {
  switch (act) {
    case "claim":
      one.claim(claims, key);
      return one;
    case "release":
      one.release(claims);
      return one;
    case "log in":
      one.isInNeed = true;
      for (const wanted of one.wanted) one.claim(claims, wanted);
      return one;
    case "log out":
      one.isInNeed = false;
      claims.yield(one);
      return one;
    default: {
      const next = member(one.id, one.isInNeed);
      claims.leave(one);
      if (act === "redeploy") for (const wanted of one.wanted) next.claim(claims, wanted);
      claims.free(one.id);
      return next;
    }
  }
}

type Member = ReturnType<typeof member>;
