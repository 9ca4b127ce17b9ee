import type { Files } from "../store/atomic-files.js";
import type { FolderLock } from "../store/folder-lock.js";
import type { OpenStream } from "../stream/transport.js";
import type { Clock } from "../support/clock.js";
import type { HttpSend } from "../support/http.js";
import type { Logger } from "../support/logger.js";
import type { Random } from "../support/random.js";
import type { OwnershipRegistry } from "./ownership-registry.js";

/** Connects an account to the outside world; its settings are passed separately. */
export interface AccountDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** May throw if `caFile` cannot be read. */
  readonly createSend: (caFile?: string) => HttpSend;
  readonly openStream: OpenStream;
  readonly files: Files;
  /** Folder of this account's files. */
  readonly folder: string;
  readonly ownership: OwnershipRegistry;
  /** Keeps other processes out of the folder; none by default. */
  readonly lock?: FolderLock;
  readonly log: Logger;
  /** Key of the token vault, from Node-RED's credentials. */
  readonly vaultKey: string | null;
}
