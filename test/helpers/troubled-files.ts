import { memoryFiles, type Files, type FileStamp } from "../../src/store/atomic-files.js";
import type { Codec } from "../../src/store/codec.js";
import { Store, type StoreOptions } from "../../src/store/store.js";
import type { StoreEvent } from "../../src/store/trouble-reporter.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { START } from "./fakes.js";

type FileOperation = keyof Files;

/** Files in memory of which operations fail with the error codes of the system, or do not answer, until they are mended. */
export class TroubledFiles implements Files {
  /** Calls so far: operation and path. */
  readonly calls: string[] = [];
  readonly #files = memoryFiles();
  readonly #names = new Set<string>();
  #changesLeft = Infinity;
  #troubles: { readonly operation: FileOperation; readonly code: string; readonly path: RegExp }[] = [];
  readonly #hanging = new Map<FileOperation, { readonly path: RegExp; readonly end: Promise<void> }>();

  /** From now on `operation` fails with `code`, for all files or for some. */
  trouble(operation: FileOperation, code: string, path = /^/): void {
    this.#troubles.push({ operation, code, path });
  }

  /** Reading and writing fail. */
  block(code: string): void {
    for (const operation of ["read", "stamp", "write", "append", "rename", "remove"] as const)
      this.trouble(operation, code);
  }

  mend(): void {
    this.#troubles = [];
  }

  /** From now on `operation` does not answer until the result is called; then it is done. */
  hang(operation: FileOperation, path = /^/): () => void {
    let go: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (go = resolve));
    this.#hanging.set(operation, { path, end });
    return () => {
      this.#hanging.delete(operation);
      go();
    };
  }

  /** After so many more changes nothing is changed any more, as after a kill, until the result is called. */
  stopAfter(changes: number): () => void {
    this.#changesLeft = changes;
    return () => {
      this.#changesLeft = Infinity;
    };
  }

  /** Real content, whatever fails. */
  content(path: string): Promise<Buffer | null> {
    return this.#files.read(path);
  }

  names(): string[] {
    return [...this.#names].sort();
  }

  async read(path: string): Promise<Buffer | null> {
    await this.#begin("read", path);
    return this.#files.read(path);
  }

  async stamp(path: string): Promise<FileStamp | null> {
    await this.#begin("stamp", path);
    return this.#files.stamp(path);
  }

  async write(path: string, content: string | Buffer): Promise<void> {
    await this.#begin("write", path);
    this.#names.add(path);
    await this.#files.write(path, content);
  }

  async append(path: string, lines: string): Promise<number> {
    await this.#begin("append", path);
    this.#names.add(path);
    return this.#files.append(path, lines);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin("rename", from);
    this.#names.delete(from);
    this.#names.add(to);
    await this.#files.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await this.#begin("remove", path);
    this.#names.delete(path);
    await this.#files.remove(path);
  }

  async #begin(operation: FileOperation, path: string): Promise<void> {
    this.calls.push(`${operation} ${path}`);
    const isChange = operation !== "read" && operation !== "stamp";
    if (isChange && this.#changesLeft-- <= 0) await new Promise(() => undefined);
    const hanging = this.#hanging.get(operation);
    if (hanging?.path.test(path)) await hanging.end;
    const trouble = this.#troubles.find((one) => one.operation === operation && one.path.test(path));
    if (trouble !== undefined) throw Object.assign(new Error(`${trouble.code}: ${operation}`), { code: trouble.code });
  }
}

/** A document that holds a number. */
export const numberCodec: Codec<number> = {
  version: 1,
  initial: () => 0,
  encode: (value) => ({ value }),
  decode: (data) => {
    const { value } = data as { value: unknown };
    if (typeof value !== "number") throw new Error("no number");
    return value;
  },
};

/** A store with one document. */
export function storeAt(files: Files, folder = "/account", clock = new SimulatedClock(START), options?: StoreOptions) {
  const events: StoreEvent[] = [];
  const store = new Store(folder, files, clock, (one) => events.push(one), options);
  return { clock, news: events, store, document: store.document("number", numberCodec) };
}
