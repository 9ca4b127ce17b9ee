import { codecOf } from "../store/codec.js";
import type { Document } from "../store/document.js";
import type { Random } from "../support/random.js";
import { shortHash } from "../support/short-hash.js";

/** Longest client id that every broker of MQTT 3.1.1 has to take. */
const LONGEST_CLIENT_ID = 23;
const ID = /^[0-9a-f]{16}$/;

/** `broker.json`: a random text, because an account that is copied to another machine must not have the same one. */
export const brokerIdentityCodec = codecOf<string>({
  initial: () => "",
  read: (data) => (typeof data === "string" && ID.test(data) ? data : ""),
});

/** Names this reader to the user's broker, the same after each restart: the broker keeps for it what comes meanwhile. */
export class BrokerIdentity {
  #id: string;

  constructor(
    private readonly document: Document<string>,
    random: Random,
  ) {
    this.#id = random.bytes(8).toString("hex");
  }

  async load(): Promise<void> {
    const saved = await this.document.load((late) => {
      if (late !== "") this.#id = late;
    });
    if (saved !== "") this.#id = saved;
    // Before anything connects: after a power cut the session would be nobody's. A disk that fails stops nothing.
    else await this.document.save(this.#id);
  }

  /** Returns the client id for a subscription: another one has a session of its own, because the old one stays subscribed. */
  clientId(subscription: string): string {
    return `cardata-${shortHash(`${this.#id} ${subscription}`)}`.slice(0, LONGEST_CLIENT_ID);
  }
}
