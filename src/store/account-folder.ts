import { readdirSync, renameSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { newProblem, systemCodeOf, type Problem } from "../support/errors.js";
import { folderName } from "./folder-name.js";

/** Holds where an account keeps its files. `problem`: it has files elsewhere too. */
export interface AccountFolder {
  readonly folder: string;
  readonly problem: Problem | null;
}

/** Renames a folder, whole or not at all. */
type RenameFolder = (from: string, to: string) => void;

/**
 * Finds the folder of the account `id`. One that an earlier version named otherwise is moved to where it belongs, once;
 * where both exist, the one with the newer login is the account's, and the other is kept aside. What cannot be moved is
 * used where it is. Throws the system's error if that cannot be read: then nobody knows where the files are.
 * @param root folder of all accounts' folders
 * @param isOthers whether a name is that of the folder of another account
 * @param now milliseconds, for the name of what is kept aside
 */
export function accountFolder(
  root: string,
  id: string,
  isOthers: (name: string) => boolean,
  now: number,
  move: RenameFolder = renameSync,
): AccountFolder {
  const name = folderName(id);
  const folder = join(root, name);
  const formerName = id.replace(/[^\w.-]/g, "_");
  const names = name === formerName || isOthers(formerName) ? [] : foldersIn(root, [name, formerName]);
  // Looked up in a list: on a case-insensitive file system another account's folder would be found under this name.
  if (!names.includes(formerName)) return { folder, problem: null };
  const former = join(root, formerName);
  if (names.includes(name) && !removeIfEmpty(folder)) {
    const [used, other] = isNewer(former, folder) ? [former, folder] : [folder, former];
    const aside = `${folder}.former-${new Date(now).toISOString().replace(/[:.]/g, "-")}`;
    const isAside = removeIfEmpty(other) || moved(move, other, aside);
    const found = used === folder || !isAside ? used : moveOrStay(move, used, folder);
    const left = [aside, other].find((path) => isFolder(path) && path !== found);
    return { folder: found, problem: left === undefined ? null : newProblem("folder_twice", { aside: left }) };
  }
  return { folder: moveOrStay(move, former, folder), problem: null };
}

function moveOrStay(move: RenameFolder, from: string, to: string): string {
  // Another process may have moved it meanwhile.
  return moved(move, from, to) || !isFolder(from) ? to : from;
}

function moved(move: RenameFolder, from: string, to: string): boolean {
  try {
    move(from, to);
    return true;
  } catch {
    return false;
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** Compares two folders by their login, without any by the last save. */
function isNewer(one: string, other: string): boolean {
  const [login, otherLogin] = [one, other].map((folder) => savedAt(join(folder, "tokens.json")));
  if (login !== otherLogin) return (login ?? 0) > (otherLogin ?? 0);
  return lastSavedAt(one) > lastSavedAt(other);
}

function lastSavedAt(folder: string): number {
  const documents = namesIn(folder).filter((name) => name.endsWith(".json"));
  return Math.max(0, ...documents.map((name) => savedAt(join(folder, name))));
}

/** In milliseconds; 0: never. */
function savedAt(path: string): number {
  return unlessMissing(() => statSync(path).mtimeMs, 0);
}

/** Those of `wanted` that are there, in this spelling. */
function foldersIn(root: string, wanted: readonly string[]): string[] {
  return namesIn(root).filter((name) => wanted.includes(name) && isFolder(join(root, name)));
}

function namesIn(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder), []);
}

function isFolder(path: string): boolean {
  return unlessMissing(() => statSync(path).isDirectory(), false);
}

/** Any other error than that there is no such thing says nothing about what is there. */
function unlessMissing<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return otherwise;
    throw error;
  }
}
