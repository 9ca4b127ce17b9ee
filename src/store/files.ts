import { chmod, mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";

/** The few file operations that the store needs; injected, so that a test can fill the disk. */
export interface Files {
  /** The content, or `null` if there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** Replaces the file as a whole or not at all, durably, readable by its owner only. */
  write(path: string, content: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const diskFiles: Files = {
  read: async (path) => {
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  },
  write: async (path, content) => {
    await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    // Writes to a temporary file, syncs it to the disk, then renames it over the old one.
    const { writeFile } = await import("atomically");
    // As a stream, because a full disk may take part of a single write without an error, and a stream notices.
    await writeFile(path, Readable.from([Buffer.from(content)]), { mode: FILE_MODE, timeout: 2000 });
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true }),
};

/** Narrows the rights of `folder` and removes what a killed process left half written in it. Missing is fine. */
export async function tidyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length > 0) await chmod(folder, FOLDER_MODE);
  const leftOver = names.filter((name) => /\.tmp-\d/.test(name));
  await Promise.all(leftOver.map((name) => rm(join(folder, basename(name)), { force: true })));
}

/** Files that live as long as the object: for the replay command, and where Node-RED has no user folder. */
export function memoryFiles(): Files {
  const files = new Map<string, string>();
  return {
    read: async (path) => {
      const content = files.get(path);
      return content === undefined ? null : Buffer.from(content);
    },
    write: async (path, content) => {
      files.set(path, content);
    },
    rename: async (from, to) => {
      const content = files.get(from);
      if (content !== undefined) files.set(to, content);
      files.delete(from);
    },
    remove: async (path) => {
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
  };
}
