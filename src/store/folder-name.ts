import { shortHash } from "../support/short-hash.js";

/** Ids as Node-RED makes them, and the like: small letters, so that no file system takes two of them for one. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
const LONGEST_PLAIN = 60;
const LONGEST_HINT = 30;
/** Windows has devices by these names, whatever follows a dot; the last one is a file beside the folders. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^unused\.json$/;

/**
 * The name of an account's folder: its id where that makes a good name, else one that is made of it. Two ids never share a
 * folder, also where letters of both sizes are the same, and none leads out of the folder of all accounts.
 */
export function folderName(id: string): string {
  if (PLAIN.test(id) && id.length <= LONGEST_PLAIN && !RESERVED.test(id)) return id;
  const hint = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, LONGEST_HINT);
  // No plain id begins like that.
  return `_${hint}_${shortHash(id)}`;
}
