import type { TokenManager } from "../auth/token-manager.js";
import { splitScopes, STREAM_SCOPE } from "../auth/tokens.js";
import type { Endpoints } from "../support/endpoints.js";
import { CarDataError } from "../support/errors.js";
import type { StreamLogin } from "../stream/session.js";
import type { BrokerSettings } from "./settings.js";

/** BMW's stream: user is the customer id, password the id token, one topic for all cars. */
export function bmwStreamLogin(manager: TokenManager, endpoints: Endpoints): StreamLogin {
  return {
    source: "bmw",
    target: async () => {
      const tokens = await manager.fresh();
      if (splitScopes(tokens).missing.includes(STREAM_SCOPE)) throw new CarDataError("scope_stream_missing");
      return {
        url: endpoints.streamUrl,
        clientId: tokens.gcid,
        username: tokens.gcid,
        password: tokens.idToken,
        topic: `${tokens.gcid}/+`,
        verifyCertificate: true,
        ...(endpoints.streamUrl.startsWith("mqtts:") && { minVersion: "TLSv1.3" as const }),
        ...(endpoints.caFile !== undefined && { caFile: endpoints.caFile }),
      };
    },
    renewAfterRefusal: async (password) => (await manager.force({ rejected: password })).idToken !== password,
  };
}

/** The user's own broker, to which a bridge publishes what BMW's stream sends: under topics that it chooses itself. */
export function brokerStreamLogin(broker: BrokerSettings, clientId: string): StreamLogin {
  const scheme = broker.tls === "off" ? "mqtt" : "mqtts";
  const host = broker.host.includes(":") ? `[${broker.host}]` : broker.host;
  return {
    source: "broker",
    target: async () => ({
      url: `${scheme}://${host}:${broker.port}`,
      clientId,
      topic: `${broker.prefix}#`,
      verifyCertificate: broker.tls !== "tls-insecure",
      ...(broker.user !== "" && { username: broker.user, password: broker.password }),
      ...(broker.caFile !== "" && { caFile: broker.caFile }),
    }),
    renewAfterRefusal: async () => false,
  };
}
