import { chmod, mkdir, open, readFile, readdir, rename, rm, stat, truncate, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { systemCodeOf } from "../support/errors.js";
import { parseJson } from "../support/json.js";

/** Tells whether a file has changed since. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Time of the last change [ms]. */
  readonly modified: number;
}

/** Lists the file operations that the store needs; injected, so that a test can fill the disk. */
export interface Files {
  /** Returns the content; `null` if there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** Returns the stamp of a file; `null` if there is no such file. */
  stamp(path: string): Promise<FileStamp | null>;
  /** Replaces the file atomically and durably, readable by its owner only. */
  write(path: string, content: string | Buffer): Promise<void>;
  /**
   * Appends whole lines to a text file atomically, readable by its owner only. Creates a missing file; first removes a
   * last line that a killed process cut off.
   * @returns the size of the file afterwards [bytes]
   */
  append(path: string, lines: string): Promise<number>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /**
   * Restricts the permissions of a folder and removes what a killed process left half written in it or below, where
   * possible.
   */
  tidy?(folder: string): Promise<void>;
}

export const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const diskFiles: Files = {
  read: (path) => ifThere(readFile(path)),
  stamp: async (path) => {
    const found = await ifThere(stat(path));
    return found && { size: found.size, modified: found.mtimeMs };
  },
  write: async (path, content) => {
    await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    // Writes a temporary file, syncs it to the disk, then renames it over the old one.
    const { writeFile } = await import("atomically");
    // As a stream, because a full disk may accept part of a single write without an error, which a stream notices.
    await writeFile(path, Readable.from([bytesOf(content)]), { mode: FILE_MODE, timeout: 2000 });
  },
  append: async (path, lines) => {
    await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    const file = await open(path, "a+", FILE_MODE);
    try {
      return await appendLines(file, path, Buffer.from(lines));
    } finally {
      await file.close();
    }
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true }),
  tidy: async (folder) => {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    if (names.length > 0) await chmod(folder, FOLDER_MODE);
    const leftOver = names.filter((name) => /\.tmp-\d/.test(basename(name)));
    await Promise.all(leftOver.map((name) => rm(join(folder, name), { force: true })));
  },
};

/** Returns what was found; `null` if there is no such file. */
async function ifThere<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

const NEW_LINE = 0x0a;
const LINE_END = Buffer.from([NEW_LINE]);
const READ_BACK_BYTES = 64 * 1024;

async function appendLines(file: FileHandle, path: string, lines: Buffer): Promise<number> {
  const { size } = await file.stat();
  const ended = await endOfLines(file, size);
  const { buffer: rest } = await file.read(Buffer.alloc(size - ended), 0, size - ended, ended);
  const added = isWholeLine(rest) ? Buffer.concat([LINE_END, lines]) : lines;
  const end = added === lines ? ended : size;
  // By path, because Windows does not truncate a file that is open for appending.
  if (end < size) await truncate(path, end);
  try {
    await file.writeFile(added);
  } catch (error) {
    // A full disk accepts a part; half a line would make the whole file unreadable.
    await truncate(path, end).catch(() => undefined);
    throw error;
  }
  return end + added.length;
}

/** Returns whether the rest of a file is a line of JSON that only lacks its end: what a kill has torn is none. */
export function isWholeLine(rest: Buffer): boolean {
  const value = parseJson(rest.toString());
  return typeof value === "object" && value !== null;
}

/** Returns the end of the last whole line of a file of `size` bytes. */
async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const last = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  if (size === 0 || last.buffer[0] === NEW_LINE) return size;
  for (let end = size; end > 0; end -= READ_BACK_BYTES) {
    const start = Math.max(0, end - READ_BACK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const found = buffer.subarray(0, bytesRead).lastIndexOf(NEW_LINE);
    if (found >= 0) return start + found + 1;
  }
  return 0;
}

const bytesOf = (content: string | Buffer) => (typeof content === "string" ? Buffer.from(content) : content);

/** Creates files that live in memory: for the replay command, and where Node-RED has no user folder. */
export function memoryFiles(): Files {
  const files = new Map<string, { readonly content: Buffer; readonly modified: number }>();
  let changes = 0;
  const set = (path: string, content: Buffer) => files.set(path, { content, modified: ++changes });
  return {
    read: async (path) => {
      const file = files.get(path);
      return file === undefined ? null : Buffer.from(file.content);
    },
    stamp: async (path) => {
      const file = files.get(path);
      return file === undefined ? null : { size: file.content.length, modified: file.modified };
    },
    write: async (path, content) => {
      set(path, bytesOf(content));
    },
    append: async (path, lines) => {
      const former = files.get(path)?.content ?? Buffer.alloc(0);
      const ended = former.lastIndexOf(NEW_LINE) + 1;
      const kept = isWholeLine(former.subarray(ended)) ? [former, LINE_END] : [former.subarray(0, ended)];
      const content = Buffer.concat([...kept, Buffer.from(lines)]);
      set(path, content);
      return content.length;
    },
    rename: async (from, to) => {
      const file = files.get(from);
      if (file !== undefined) files.set(to, file);
      files.delete(from);
    },
    remove: async (path) => {
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
  };
}
