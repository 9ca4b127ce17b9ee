import type { Backend } from "./backend.js";
import type { HttpFaults } from "./http-faults.js";
import type { StreamServer } from "./stream-server.js";

/** Injects faults of logins and REST, over sockets as well as in process. */
export class AccountFaults {
  readonly oauth: HttpFaults;
  readonly api: HttpFaults;

  constructor(protected readonly backend: Backend) {
    this.oauth = backend.oauthFaults;
    this.api = backend.apiFaults;
  }

  revokeTokens(): void {
    this.backend.logins.revoke();
  }

  /** The stream refuses the present id token until a new one is issued. */
  rejectIdToken(): void {
    this.backend.logins.rejectIdToken();
  }

  /** Another client of the account uses up calls. */
  burnQuota(calls: number): void {
    this.backend.rest.quota.burn(calls);
  }

  /** The calls of a new day are there. */
  renewQuota(): void {
    this.backend.rest.quota.renew();
  }

  /** Adds a `Retry-After` header to the refusal of a used-up quota; `null`: none, as usual. */
  retryAfter(seconds: number | null): void {
    this.backend.rest.quota.retryAfterS = seconds;
  }

  /** CU-104 for a car although it is mapped as primary. */
  refuseCar(vin: string, refused = true): void {
    this.backend.rest.vehicles.refuse(vin, refused);
  }

  /** All containers of the account vanish. */
  loseContainers(): void {
    this.backend.rest.containers.lose();
  }

  /** The newest active own container answers CU-105 from now on; the list says `state` of it. */
  invalidateContainer(state: "ACTIVE" | "DELETED" = "DELETED"): void {
    this.backend.rest.containers.invalidate(state);
  }

  /** Other programs create containers; returns their ids. */
  foreignContainers(count: number): string[] {
    return this.backend.rest.containers.addForeign(count);
  }

  /** Descriptors that count as unknown when a container is created; replaces those of before. */
  rejectDescriptors(descriptors: readonly string[]): void {
    this.backend.rest.containers.rejected = new Set(descriptors);
  }

  /** CU-403 for each new container. */
  refuseContainers(refused: boolean): void {
    this.backend.rest.containers.refuses = refused;
  }

  /** Lists that go over several pages name the page just read as the next one. */
  repeatPageToken(repeat = true): void {
    this.backend.rest.pages.repeats = repeat;
  }

  /** All page tokens that were given so far. */
  expirePageTokens(): void {
    this.backend.rest.pages.expire();
  }
}

/** Injects all faults, from tests and over the control API. */
export class Faults extends AccountFaults {
  constructor(
    backend: Backend,
    private readonly streamServer: StreamServer,
    private readonly publish: (payload: unknown) => void,
  ) {
    super(backend);
  }

  /** Refuses the next connections with a CONNACK code. */
  refuseConnect(count: number, returnCode: number): void {
    this.streamServer.faults.refusals.push(...Array.from({ length: count }, () => returnCode));
  }

  /** Accepts the login and refuses the subscription. */
  refuseSubscribe(count: number): void {
    this.streamServer.faults.deafSubscriptions += count;
  }

  /** Accepts TLS and says nothing. */
  hangConnect(count: number): void {
    this.streamServer.faults.silentConnects += count;
  }

  streamDown(down: boolean): void {
    this.streamServer.faults.isDown = down;
    if (down) this.streamServer.kick();
  }

  cut(): void {
    this.streamServer.kick();
  }

  cutMidMessage(): void {
    this.streamServer.cutMidMessage();
  }

  kickEvery(ms: number | null): void {
    this.streamServer.kickEvery(ms);
  }

  garbage(): void {
    this.publish("\u0000not json{");
  }

  huge(): void {
    this.publish(`{"vin":"${"x".repeat(300 * 1024)}"}`);
  }
}
