import type { TokenSet } from "../auth/tokens.js";
import type { AccountContext } from "../context/account-context.js";
import { AccountLogger } from "../context/account-logger.js";
import { RestService } from "../rest/rest-service.js";
import type { PrefixWatch } from "../stream/prefix-watch.js";
import type { StreamManager } from "../stream/stream-manager.js";
import type { Problem } from "../support/errors.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { AccountFiles } from "./account-files.js";
import { AccountLogin } from "./account-login.js";
import { AliasClaims } from "./aliases.js";
import { createPrefixWatch, createStream } from "./create-stream.js";
import { AccountEmitter } from "./account-events.js";
import { EventLog } from "./event-log.js";
import { Fleet } from "./fleet.js";
import { eventsCodec } from "./logged-event.js";
import { PassedOn } from "./passed-on.js";
import type { OwnershipRegistry } from "./ownership-registry.js";
import type { AccountSettings } from "./settings.js";

/** Holds the parts of which an account consists. */
export interface AccountParts {
  readonly context: AccountContext;
  /** Aborts requests that only read. */
  readonly reads: AbortController;
  /** Aborts requests that change something at BMW, of which the answer must not be lost. */
  readonly changes: AbortController;
  readonly ownership: OwnershipRegistry;
  readonly emitter: AccountEmitter;
  readonly files: AccountFiles;
  readonly login: AccountLogin;
  readonly eventLog: EventLog;
  readonly fleet: Fleet;
  readonly rest: RestService;
  readonly stream: StreamManager;
  readonly passedOn: PassedOn;
  /** `null` where BMW is the source. */
  readonly prefixWatch: PrefixWatch | null;
  readonly aliases: AliasClaims;
}

/** Receives the changes that decide whether the account works. */
export interface AccountPartsListener {
  ready(): Promise<void>;
  useTokens(tokens: TokenSet): void;
  renameCustomer(tokens: TokenSet): void;
  useRegainedLogin(): void;
  begin(): void;
  end(refusal: Problem): void;
  loginNeeded(problem: Problem): void;
  folderChanged(): void;
}

/**
 * Creates the parts of an account and connects them.
 * @param listener called only after this has returned
 * @throws Error if the certificate of custom endpoints cannot be read
 */
export function createParts(
  settings: AccountSettings,
  dependencies: AccountDependencies,
  listener: AccountPartsListener,
): AccountParts {
  const { log, ownership, vaultKey } = dependencies;
  const logger = new AccountLogger(log, settings.debug, () => fleet.registry.cars.keys());
  logger.hide("settings", [settings.clientId, settings.broker.password, vaultKey ?? ""]);
  const emitter = new AccountEmitter(logger);
  const [reads, changes] = [new AbortController(), new AbortController()];
  const files = new AccountFiles(dependencies, settings, logger, () => {
    listener.folderChanged();
  });
  const context: AccountContext = {
    clock: dependencies.clock,
    random: dependencies.random,
    send: logger.logged(dependencies.createSend(settings.endpoints.caFile)),
    endpoints: settings.endpoints,
    store: files.store,
    logger,
    reads: reads.signal,
    changes: changes.signal,
  };
  const login = createLogin(context, settings, dependencies, emitter, listener);
  const eventLog = new EventLog(files.store.document("events", eventsCodec), emitter);
  const fleet: Fleet = new Fleet(context, {
    settings,
    ownership,
    emitter,
    journalStore: files.journal,
    levels: files.levels,
    eventLog,
    isInNeed: () => login.isInNeed,
    onUpdate: (update) => {
      rest.follow(update);
    },
    onLook: files.recorder.fix.bind(files.recorder),
  });
  const rest = createRest(context, { files, emitter, login, fleet }, listener);
  const passedOn = createPassedOn(context, emitter, fleet, rest);
  const { openStream: open } = dependencies;
  const prefixWatch = createPrefixWatch(context, { settings, open, emitter });
  const stream = createStream(context, {
    settings,
    manager: login.manager,
    identity: files.brokerIdentity,
    open,
    prefixWatch,
    emitter,
    onMessage: (topic, payload, receivedAt, retained) => {
      logger.protocol(() => `stream message of ${payload.length} bytes`);
      logger.guarded(() => {
        if (settings.source === "broker" && passedOn.take(topic, payload, receivedAt)) return;
        files.recorder.message(topic, payload, retained);
        fleet.registry.receive(topic, payload, receivedAt, retained);
      });
    },
  });
  const aliases = new AliasClaims(login, settings.vehicles, ownership, (problem) => {
    logger.warn(problem);
  });
  return {
    context,
    reads,
    changes,
    ownership,
    emitter,
    files,
    login,
    eventLog,
    fleet,
    rest,
    stream,
    passedOn,
    prefixWatch,
    aliases,
  };
}

function createLogin(
  context: AccountContext,
  settings: AccountSettings,
  { ownership, vaultKey }: AccountDependencies,
  emitter: AccountEmitter,
  listener: AccountPartsListener,
): AccountLogin {
  return new AccountLogin(context, settings, ownership, vaultKey, {
    onTokens: (tokens) => {
      listener.useTokens(tokens);
    },
    onRenamed: (tokens) => {
      listener.renameCustomer(tokens);
    },
    onRegained: () => {
      listener.useRegainedLogin();
    },
    onAdmitted: () => {
      listener.begin();
    },
    onRefused: (refusal) => {
      listener.end(refusal);
    },
    onLoginNeeded: (problem) => {
      listener.loginNeeded(problem);
    },
    onChange: () => {
      emitter.changed();
    },
  });
}

function createPassedOn(
  { clock, logger }: AccountContext,
  emitter: AccountEmitter,
  { registry }: Fleet,
  rest: RestService,
): PassedOn {
  return new PassedOn({
    owns: (vin) => registry.owns(vin),
    onPicture: (vin, picture) => {
      void rest.keepImage(vin, picture).then((isNew) => {
        if (isNew) emitter.emit("pictured", vin, picture);
      });
    },
    onOwner: (problem) => {
      if (problem === null) emitter.emit("event", { name: "connected" }, clock.now());
      else {
        const name = problem.code === "owner_needs_login" ? "loginRequired" : "disconnected";
        logger.warn(problem);
        emitter.emit("event", { name, reason: problem.code, problem }, clock.now());
      }
      emitter.changed();
    },
  });
}

function createRest(
  context: AccountContext,
  { files, emitter, login, fleet }: Pick<AccountParts, "files" | "emitter" | "login" | "fleet">,
  listener: AccountPartsListener,
): RestService {
  return new RestService(context, {
    document: files.state,
    tokens: login.accessTokens,
    vehicles: fleet.registry,
    ready: () => listener.ready(),
    rejection: () => login.rejection,
    chargeEndOf: (vin) => fleet.soc.chargeEndOf(vin),
    onResponse: (call, response) => {
      files.recorder.response(call, response);
    },
    onAnswer: (node, answer) => {
      emitter.emit("answer", node, answer);
    },
    onHistory: (vin, sessions) => {
      context.logger.guarded(() => {
        fleet.journal.history(vin, sessions);
      });
    },
    onQuotaLow: (remaining, resetsAt) => {
      emitter.emit("event", { name: "quotaLow", remaining, resetsAt }, context.clock.now());
    },
    onChange: () => {
      emitter.changed();
    },
  });
}
