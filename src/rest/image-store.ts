import { join } from "node:path";
import type { AccountContext } from "../context/account-context.js";
import { toCarDataError } from "../support/errors.js";
import { shortHash } from "../support/short-hash.js";
import { maskVin } from "../support/vin.js";
import type { AnswerOfOperation } from "./operations.js";
import type { BinaryContent } from "./rest-call.js";
import { imageType } from "./requests.js";
import { rememberedRefusal } from "./remembered-refusal.js";

const ASK_AGAIN_AFTER_MS = 30 * 24 * 3600 * 1000;
/** Marks the file of a car of which BMW has no picture, before the time of the answer. */
const MARKER = "none ";

/** Stores the pictures of the cars: each is fetched once, and a missing one is remembered. */
export class ImageStore {
  constructor(private readonly context: Pick<AccountContext, "store" | "clock">) {}

  /**
   * Returns the picture of a car (PNG or JPEG), from the file if there is one.
   * @param fetch fetches it from BMW
   * @param force fetches it in any case
   * @throws CarDataError `cu_126`: BMW has none, by an answer of the last 30 days
   */
  async get(vin: string, fetch: () => Promise<BinaryContent>, force: boolean): Promise<BinaryContent> {
    const stored = force ? null : await this.#stored(vin);
    return stored ?? this.#fetch(vin, fetch);
  }

  /** Returns the picture of a car if there is one, without a call. */
  async kept(vin: string): Promise<BinaryContent | null> {
    return this.#stored(vin).catch(() => null);
  }

  /** Returns the pictures that there are of these cars, as answers. Never rejects. */
  async known(vins: readonly string[]): Promise<AnswerOfOperation<"image">[]> {
    const answers: AnswerOfOperation<"image">[] = [];
    for (const vin of vins) {
      const kept = await this.kept(vin);
      if (kept !== null) answers.push({ operation: "image", vin, payload: kept.bytes, contentType: kept.type });
    }
    return answers;
  }

  /** Keeps a picture; returns whether it was not known yet. */
  async keep(vin: string, { bytes }: BinaryContent): Promise<boolean> {
    const known = await this.kept(vin);
    if (known?.bytes.equals(bytes) === true) return false;
    await this.#store(vin, bytes);
    return true;
  }

  async #fetch(vin: string, fetch: () => Promise<BinaryContent>): Promise<BinaryContent> {
    try {
      const image = await fetch();
      await this.#store(vin, image.bytes);
      return image;
    } catch (error) {
      const now = new Date(this.context.clock.now()).toISOString();
      if (toCarDataError(error).code === "cu_126") await this.#store(vin, MARKER + now);
      throw error;
    }
  }

  /** `null`: BMW has to be asked. */
  async #stored(vin: string): Promise<BinaryContent | null> {
    // A file that cannot be read is fetched again, once: the answer replaces it, in memory until it can be written.
    const bytes = await this.context.store.writes.read(this.#path(vin)).catch(() => null);
    if (bytes === null) return null;
    const type = imageType(bytes);
    if (type !== null) return { bytes, type };
    const text = bytes.toString("utf8");
    const since = Date.parse(text.slice(MARKER.length));
    const age = this.context.clock.now() - since;
    if (text.startsWith(MARKER) && age >= 0 && age < ASK_AGAIN_AFTER_MS)
      throw rememberedRefusal("cu_126", { vin: maskVin(vin) }, since, since + ASK_AGAIN_AFTER_MS);
    return null;
  }

  /** A picture that cannot be saved is still returned; the write is retried by itself. */
  async #store(vin: string, content: string | Buffer): Promise<void> {
    await this.context.store.writes.write(this.#path(vin), content).catch(() => undefined);
  }

  #path(vin: string): string {
    return join(this.context.store.folder, "images", shortHash(vin));
  }
}
