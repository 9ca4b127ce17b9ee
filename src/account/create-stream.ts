import type { TokenManager } from "../auth/token-manager.js";
import { splitScopes } from "../auth/tokens.js";
import { STREAM_SCOPE } from "../support/scopes.js";
import type { AccountContext } from "../context/account-context.js";
import type { StreamCredentials } from "../stream/stream-session.js";
import { StreamManager, type StreamManagerOptions } from "../stream/stream-manager.js";
import { PrefixWatch } from "../stream/prefix-watch.js";
import type { OpenStream, StreamTarget } from "../stream/transport.js";
import type { Endpoints } from "../support/endpoints.js";
import { CarDataError } from "../support/errors.js";
import type { AccountEmitter } from "./account-events.js";
import type { BrokerIdentity } from "./broker-identity.js";
import type { AccountSettings, BrokerSettings } from "./settings.js";

interface AccountStreamOptions extends Pick<StreamManagerOptions, "onMessage"> {
  readonly settings: AccountSettings;
  readonly manager: TokenManager;
  /** Of the user's own broker; `null` where BMW is the source. */
  readonly identity: BrokerIdentity | null;
  readonly open: OpenStream;
  readonly emitter: AccountEmitter;
  /** Of the user's own broker; `null` where BMW is the source. */
  readonly prefixWatch: PrefixWatch | null;
}

/** Creates the stream of an account, from BMW or from the user's own broker; emits its events to the nodes. */
export function createStream(context: AccountContext, options: AccountStreamOptions): StreamManager {
  const { clock, logger } = context;
  const { settings, manager, identity, open, emitter, prefixWatch, onMessage } = options;
  const { endpoints, broker } = settings;
  return new StreamManager(context, {
    login: identity === null ? bmwStreamLogin(manager, endpoints) : brokerStreamLogin(broker, identity),
    open,
    onMessage: (...message) => {
      prefixWatch?.heard();
      onMessage(...message);
    },
    onState: (state) => {
      prefixWatch?.follow(state);
      const code = "problem" in state && state.problem ? `: ${state.problem.code}` : "";
      logger.protocol(() => `stream ${state.kind}${code}`);
    },
    onConnected: () => {
      logger.info("Stream connected");
      emitter.emit("event", { name: "connected" }, clock.now());
    },
    onDisconnected: (problem) => {
      logger.warn(problem, "Stream disconnected: ");
      emitter.emit("event", { name: "disconnected", reason: problem.code, problem }, clock.now());
    },
    onChange: () => {
      emitter.changed();
    },
  });
}

/** Connects to BMW's stream: user is the customer id, password the id token, one topic for all cars. */
function bmwStreamLogin(manager: TokenManager, endpoints: Endpoints): StreamCredentials {
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
        keepsSession: false,
        topic: `${tokens.gcid}/+`,
        verifyCertificate: true,
        ...(endpoints.streamUrl.startsWith("mqtts:") && { minVersion: "TLSv1.3" as const }),
        ...(endpoints.caFile !== undefined && { caFile: endpoints.caFile }),
      };
    },
    renewAfterRefusal: async (password) => (await manager.force({ rejected: password })).idToken !== password,
  };
}

/** Creates the watch of an account that reads the user's own broker. */
export function createPrefixWatch(
  { clock, random, logger }: AccountContext,
  { settings, open, emitter }: Pick<AccountStreamOptions, "settings" | "open" | "emitter">,
): PrefixWatch | null {
  const { source, broker } = settings;
  if (source === "bmw") return null;
  const watch = new PrefixWatch(clock, {
    open,
    prefix: broker.prefix,
    target: () => {
      const clientId = `cardata-${random.bytes(4).toString("hex")}`;
      return { ...connectionTo(broker), clientId, keepsSession: false, topic: "#" };
    },
    onChange: () => {
      if (watch.problem !== null) logger.warn(watch.problem);
      emitter.changed();
    },
  });
  return watch;
}

/** Connects to the user's own broker, to which a bridge publishes what BMW's stream sends, under topics of its own. */
function brokerStreamLogin(broker: BrokerSettings, identity: BrokerIdentity): StreamCredentials {
  const topic = `${broker.prefix}#`;
  return {
    source: "broker",
    target: async () => ({
      ...connectionTo(broker),
      clientId: identity.clientId(topic),
      keepsSession: true,
      readsKept: true,
      topic,
    }),
    renewAfterRefusal: async () => false,
  };
}

function connectionTo(broker: BrokerSettings): Omit<StreamTarget, "clientId" | "keepsSession" | "topic"> {
  const scheme = broker.tls === "off" ? "mqtt" : "mqtts";
  const host = broker.host.includes(":") ? `[${broker.host}]` : broker.host;
  return {
    url: `${scheme}://${host}:${broker.port}`,
    verifyCertificate: broker.tls !== "tls-insecure",
    ...(broker.user !== "" && { username: broker.user, password: broker.password }),
    ...(broker.caFile !== "" && { caFile: broker.caFile }),
  };
}
