import { shortHash } from "../support/short-hash.js";

/** Matches ids as Node-RED generates them: lower case, so that no file system confuses two of them. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
const LONGEST_PLAIN = 60;
const LONGEST_HINT = 30;
/** Matches Windows device names, whatever follows a dot, and the file beside the folders. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^unused\.json$/;

/**
 * Returns the name of an account's folder: its id if that is a safe name, else one derived from it. Two ids never share
 * a folder, even on a case-insensitive file system, and none leads out of the folder of all accounts.
 */
export function folderName(id: string): string {
  if (PLAIN.test(id) && id.length <= LONGEST_PLAIN && !RESERVED.test(id)) return id;
  const hint = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, LONGEST_HINT);
  // No plain id begins like this.
  return `_${hint}_${shortHash(id)}`;
}
