import assert from "node:assert/strict";
import fc from "fast-check";
import { OAuthClient } from "../../../src/auth/oauth-client.js";
import { TokenManager } from "../../../src/auth/token-manager.js";
import { generateVaultKey, TokenVault } from "../../../src/auth/token-vault.js";
import { acceptLogin, type TokenSet } from "../../../src/auth/tokens.js";
import { memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { Store } from "../../../src/store/store.js";
import { toCarDataError } from "../../../src/support/errors.js";
import { HttpFailure, type HttpSend } from "../../../src/support/http.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { CLIENT_ID, evenRandom, START, tokenAnswer } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

/** Something that is begun, and how much of what is under way goes on before the next thing. */
interface RaceStep {
  readonly act: "login" | "logout" | "refresh" | "failing refresh";
  readonly turns: number;
}

const steps = fc.array(
  fc.record<RaceStep>({
    act: fc.constantFrom("login", "logout", "refresh", "refresh", "failing refresh"),
    turns: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 1, maxLength: 10 },
);

/** Files and BMW behind a scheduler: each write, removal and answer takes as long as it says. */
class RaceWorld {
  readonly clock = new SimulatedClock(START);
  readonly #disk = memoryFiles();
  readonly #key = generateVaultKey();
  /** Refresh tokens that BMW accepts: one for each login, `<login>.<renewals>`. */
  readonly #valid = new Map<string, number>();
  #logins = 0;
  #failing = 0;
  #killed = false;
  manager: TokenManager;

  constructor(private readonly scheduler: fc.Scheduler) {
    this.manager = this.#create();
    this.manager.start();
  }

  /** Begins something; what comes of it shows in memory and on the disk. */
  begin(act: RaceStep["act"]): Promise<unknown> {
    return this.#act(act).catch((error: unknown) => {
      const { code } = toCarDataError(error);
      const expected = ["login_superseded", "not_logged_in", "refresh_unreachable", "rest_aborted"];
      assert.ok(expected.includes(code), code);
    });
  }

  /** Name of the last login that was begun. */
  get lastLogin(): string {
    return `login${this.#logins}`;
  }

  /** The machine loses power: nothing more gets to the disk. */
  kill(): void {
    this.#killed = true;
  }

  /** Returns the login that Node-RED finds when it starts again. */
  async onDisk(): Promise<string | null> {
    const again = this.#create();
    await again.load(CLIENT_ID);
    return again.tokens?.refreshToken ?? null;
  }

  isValid(refreshToken: string): boolean {
    const [login = "", renewals] = refreshToken.split(".");
    return this.#valid.get(login) === Number(renewals);
  }

  async #act(act: RaceStep["act"]): Promise<unknown> {
    switch (act) {
      case "login":
        this.#valid.set(`login${++this.#logins}`, 0);
        return this.manager.login({ tokens: this.#tokens(`${this.lastLogin}.0`), vaultKey: this.#key });
      case "logout":
        return this.manager.logout();
      case "failing refresh":
        this.#failing++;
        return this.manager.force({ byUser: true });
      case "refresh":
        return this.manager.force({ byUser: true });
    }
  }

  #create(): TokenManager {
    return new TokenManager(
      { clock: this.clock, random: evenRandom },
      {
        oauth: new OAuthClient(this.#send, "https://auth.example", new AbortController().signal),
        vault: new TokenVault(new Store("/a", this.#slowDisk(), this.clock, () => undefined), this.#key),
        onTokens: () => undefined,
        onRenamed: () => undefined,
        onRegained: () => undefined,
        onLoginNeeded: () => undefined,
        onUnsaved: () => undefined,
        onHealth: () => undefined,
      },
    );
  }

  #slowDisk(): Files {
    const later = async (name: string, act: () => Promise<void>) => {
      await this.scheduler.schedule(Promise.resolve(), name);
      // A process that was killed does not go on.
      if (this.#killed) await new Promise(() => undefined);
      await act();
    };
    return {
      ...this.#disk,
      write: (path, content) => later("write", () => this.#disk.write(path, content)),
      remove: (path) => later("remove", () => this.#disk.remove(path)),
    };
  }

  /** BMW acts when the request arrives; its answer takes its time. */
  readonly #send: HttpSend = async ({ body = "" }) => {
    const [login = "", renewals = ""] = (new URLSearchParams(body).get("refresh_token") ?? "").split(".");
    const isFailing = this.#failing > 0;
    if (isFailing) this.#failing--;
    const isKnown = this.#valid.get(login) === Number(renewals);
    const next = `${login}.${Number(renewals) + 1}`;
    if (!isFailing && isKnown) this.#valid.set(login, Number(renewals) + 1);
    await this.scheduler.schedule(Promise.resolve(), "answer");
    if (isFailing) throw new HttpFailure("network", "ENOTFOUND");
    const answer = isKnown ? this.#answer(next) : { error: "invalid_request" };
    return { status: isKnown ? 200 : 400, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
  };

  #tokens(refreshToken: string): TokenSet {
    return acceptLogin(this.#answer(refreshToken), CLIENT_ID, START);
  }

  #answer(refreshToken: string) {
    return tokenAnswer(START, { refresh_token: refreshToken });
  }
}

/** Lets some of what is under way go on. */
async function turn(scheduler: fc.Scheduler, turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) {
    await settle();
    if (scheduler.count() > 0) await scheduler.waitNext(1);
  }
}

/** Lets everything end that is under way. */
async function end(scheduler: fc.Scheduler): Promise<void> {
  await settle();
  while (scheduler.count() > 0) {
    await scheduler.waitNext(1);
    await settle();
  }
}

/** The intention of the steps: the last login, unless a logout came after it. */
function isLoggedIn(done: readonly RaceStep[]): boolean {
  return done.map(({ act }) => act).lastIndexOf("login") > done.map(({ act }) => act).lastIndexOf("logout");
}

describe("login, refresh and logout at once, with slow files and slow answers", () => {
  it("end with the newest intention, in memory and on the disk, and with a token that BMW takes (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, acts) => {
        const world = new RaceWorld(scheduler);
        const begun: Promise<unknown>[] = [];
        for (const { act, turns } of acts) {
          begun.push(world.begin(act));
          await turn(scheduler, turns);
        }
        await end(scheduler);
        await Promise.all(begun);
        const inUse = world.manager.tokens?.refreshToken ?? null;
        assert.equal(await world.onDisk(), inUse);
        if (!isLoggedIn(acts)) assert.equal(inUse, null);
        else assert.ok(inUse?.startsWith(`${world.lastLogin}.`) && world.isValid(inUse), String(inUse));
      }),
      { numRuns: runs(500) },
    );
  }).timeout(120_000);

  it("are finished by a close at any moment, and found so at the next start (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, acts) => {
        const world = new RaceWorld(scheduler);
        for (const { act, turns } of acts) {
          void world.begin(act);
          await turn(scheduler, turns);
        }
        // Node-RED may end as soon as the close has.
        const closed = world.manager.close().then(() => {
          world.kill();
        });
        await end(scheduler);
        await closed;
        const found = await world.onDisk();
        if (!isLoggedIn(acts)) assert.equal(found, null);
        else assert.ok(found?.startsWith(`${world.lastLogin}.`) && world.isValid(found), String(found));
      }),
      { numRuns: runs(500) },
    );
  }).timeout(120_000);

  it("leave on the disk what was finished when the power goes (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, steps, async (scheduler, finished, begun) => {
        const world = new RaceWorld(scheduler);
        for (const { act } of finished) {
          const done = world.begin(act);
          await end(scheduler);
          await done;
        }
        const before = world.manager.tokens?.refreshToken ?? null;
        const former = world.lastLogin;
        for (const { act, turns } of begun) {
          void world.begin(act);
          await turn(scheduler, turns);
        }
        world.kill();
        const found = await world.onDisk();
        const mayBeOut = before === null || begun.some(({ act }) => act === "logout");
        if (found === null) assert.ok(mayBeOut);
        else {
          const [login = ""] = found.split(".");
          assert.ok(Number(login.slice(5)) >= Number(former.slice(5)), found);
          // No step backwards: what was in use before is there, or something newer.
          if (login === former)
            assert.ok(before === null || Number(found.split(".")[1]) >= Number(before.split(".")[1]));
          if (login === former && before === null) assert.fail("a login that was over has come back");
        }
      }),
      { numRuns: runs(300) },
    );
  }).timeout(120_000);
});
