import type { Files } from "../../store/atomic-files.js";

/**
 * Returns files that cannot be used while another process works with their folder: what both write would be lost, and what
 * this one has read would be out of date.
 */
export function ownedFiles(files: Files, isOurs: () => boolean): Files {
  const check = () => {
    if (!isOurs()) throw Object.assign(new Error("The folder is in use"), { code: "EBUSY" });
  };
  return {
    read: async (path) => {
      check();
      return files.read(path);
    },
    stamp: async (path) => {
      check();
      return files.stamp(path);
    },
    write: async (path, content) => {
      check();
      await files.write(path, content);
    },
    append: async (path, lines) => {
      check();
      return files.append(path, lines);
    },
    rename: async (from, to) => {
      check();
      await files.rename(from, to);
    },
    remove: async (path) => {
      check();
      await files.remove(path);
    },
  };
}
