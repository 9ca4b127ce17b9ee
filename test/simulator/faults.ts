import type { HttpFaults } from "./http-faults.js";
import type { Logins } from "./logins.js";
import type { RestApi } from "./rest-server.js";
import type { StreamServer } from "./stream-server.js";

/** Everything that can be made to go wrong, by tests and over the control API. */
export class Faults {
  constructor(
    readonly oauth: HttpFaults,
    readonly api: HttpFaults,
    private readonly streamServer: StreamServer,
    private readonly logins: Logins,
    private readonly rest: RestApi,
    private readonly publish: (payload: unknown) => void,
  ) {}

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

  revokeTokens(): void {
    this.logins.revoke();
  }

  /** The stream refuses the present id token until a new one is issued. */
  rejectIdToken(): void {
    this.logins.rejectIdToken();
  }

  /** Another client of the account uses up calls. */
  burnQuota(calls: number): void {
    this.rest.burnQuota(calls);
  }
}
