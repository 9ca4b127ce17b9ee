import assert from "node:assert/strict";
import fc from "fast-check";
import { Admission } from "../../../src/account/admission.js";
import { OwnershipRegistry, type Owner } from "../../../src/account/ownership-registry.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { GCID, START, tokenAnswer } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const CLIENTS = ["11111111", "21111111"].map((start) => `${start}-2222-4333-8444-555555555555`);
const CUSTOMERS = ["1", "2"].map((start) => GCID.replace(/^9/, start));

/** An account as far as it claims: it reviews at each call. */
class Member implements Owner {
  readonly label: string;
  readonly #admission: Admission;
  #tokens: TokenSet | null = null;

  constructor(
    readonly id: string,
    private readonly ownership: OwnershipRegistry,
    readonly client: string,
  ) {
    this.label = id;
    this.#admission = new Admission(ownership, this, { source: "bmw", clientId: client });
    this.review();
  }

  get customer(): string | null {
    return this.#tokens?.gcid ?? null;
  }

  get isInNeed(): boolean {
    return this.#tokens !== null;
  }

  get refusedBy(): string | null {
    const { refusal } = this.#admission;
    return refusal === null ? null : String(refusal.params?.["other"]);
  }

  /** Who would keep a login of this customer from working. */
  judge(customer: string): string | null {
    const refusal = this.#admission.check(this.#tokensOf(customer));
    return refusal === null ? null : String(refusal.params?.["other"]);
  }

  logIn(customer: string): void {
    this.#tokens = this.#tokensOf(customer);
    this.review();
  }

  logOut(): void {
    this.#tokens = null;
    this.review();
    this.ownership.yield(this);
  }

  leave(): void {
    this.ownership.leave(this);
    this.ownership.free(this.id);
  }

  granted(): void {
    this.review();
  }

  lost(): void {
    this.review();
  }

  blocked(): void {
    this.review();
  }

  review(): void {
    this.#admission.review(this.#tokens);
  }

  #tokensOf(gcid: string): TokenSet {
    return acceptLogin(tokenAnswer(START, { gcid }), this.client, START);
  }
}

/**
 * The rule, in another way: who is in need goes before who is not; then who works already, then who has just changed, then
 * the others as they came. Each of them works unless one before it works that has its client id or customer.
 */
function whoWorks(members: readonly Member[], before: ReadonlySet<string>, actor: Member | null): Set<string> {
  const rank = (one: Member) => (one.isInNeed ? 0 : 10) + (one === actor ? 1 : before.has(one.id) ? 0 : 2);
  const works: Member[] = [];
  for (const one of [...members].sort((left, right) => rank(left) - rank(right)))
    if (!works.some((other) => collide(one, other))) works.push(one);
  return new Set(works.map(({ id }) => id));
}

function collide(one: Member, other: Member): boolean {
  return one.client === other.client || (one.customer !== null && one.customer === other.customer);
}

function carryOut(act: string, actor: Member | null, customer: string): void {
  if (act === "log in") actor?.logIn(customer);
  if (act === "log out") actor?.logOut();
  if (act === "go") actor?.leave();
}

const working = (members: readonly Member[]) =>
  new Set(members.filter(({ refusedBy }) => refusedBy === null).map(({ id }) => id));

describe("the admission of accounts", () => {
  it("lets one that is refused keep no third one from working, nor from logging in", () => {
    const ownership = new OwnershipRegistry();
    const [mine, yours] = [CLIENTS[0]!, CLIENTS[1]!];
    const third = new Member("c", ownership, yours);
    third.logIn(CUSTOMERS[0]!);
    const refused = new Member("a", ownership, mine);
    refused.logIn(CUSTOMERS[0]!);
    const second = new Member("b", ownership, mine);
    assert.deepEqual([refused.refusedBy, second.judge(CUSTOMERS[1]!)], ["c", null]);
    second.logIn(CUSTOMERS[1]!);
    assert.deepEqual([second.refusedBy, third.refusedBy], [null, null]);
    third.leave();
    assert.equal(refused.refusedBy, "b", "as it has its client id");
    second.leave();
    assert.equal(refused.refusedBy, null);
  });

  it("follows from who is there and in which order they came; one that does not work refuses nobody (property)", () => {
    const act = fc.record({
      act: fc.constantFrom("come", "come", "log in", "log in", "log out", "go"),
      who: fc.constantFrom("a", "b", "c", "d"),
      client: fc.constantFrom(...CLIENTS),
      customer: fc.constantFrom(...CUSTOMERS),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const ownership = new OwnershipRegistry();
        let members: Member[] = [];
        for (const { act, who, client, customer } of acts) {
          const before = working(members);
          if (act === "come" && !members.some(({ id }) => id === who)) members.push(new Member(who, ownership, client));
          const actor = members.find(({ id }) => id === who) ?? null;
          if (act === "go") members = members.filter((one) => one !== actor);
          carryOut(act, actor, customer);
          const works = working(members);
          assert.deepEqual(works, whoWorks(members, before, actor), `after ${act} of ${who}`);
          for (const one of members) {
            assert.ok(one.refusedBy === null || works.has(one.refusedBy), `${one.id} is refused by ${one.refusedBy}`);
            const others = CUSTOMERS.flatMap((login) => one.judge(login) ?? []);
            assert.ok(
              others.every((other) => works.has(other)),
              `logins of ${one.id} would be refused by ${others.join()}`,
            );
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("of one that has gone takes nothing more, whatever comes late", () => {
    const ownership = new OwnershipRegistry();
    const gone = new Member("a", ownership, CLIENTS[0]!);
    gone.leave();
    gone.review();
    gone.logIn(CUSTOMERS[0]!);
    const next = new Member("b", ownership, CLIENTS[0]!);
    assert.equal(next.refusedBy, null);
    gone.logOut();
    next.leave();
    assert.equal(ownership.other("client:x", "c"), null);
    assert.deepEqual([...ownership.awaited], []);
  });
});
