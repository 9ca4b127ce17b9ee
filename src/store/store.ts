import { join } from "node:path";
import type { Clock } from "../support/clock.js";
import { Document, type Codec, type DocumentProblem } from "./document.js";
import { tidyFolder, type Files } from "./files.js";

/** The durable documents of one account, all in one folder. */
export class Store {
  readonly #documents: { flush(): Promise<boolean> }[] = [];

  constructor(
    readonly folder: string,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly report: (problem: DocumentProblem) => void,
  ) {}

  /** Call once before loading documents from a real folder. */
  async tidy(): Promise<void> {
    await tidyFolder(this.folder).catch(() => undefined);
  }

  /** The document `<name>.json`; ask for each name once. */
  document<T>(name: string, codec: Codec<T>): Document<T> {
    const path = join(this.folder, `${name}.json`);
    const document = new Document(name, path, codec, this.files, this.clock, this.report);
    this.#documents.push(document);
    return document;
  }

  /** Writes everything that is not written yet; never rejects. */
  async flush(): Promise<void> {
    await Promise.all(this.#documents.map((document) => document.flush()));
  }
}
