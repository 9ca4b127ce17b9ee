import type { CockpitChange, CockpitMessage, CockpitSnapshot } from "../../src/cockpit/contract.js";
import { eventually } from "./eventually.js";

/** The live stream of the cockpit as a page reads it. */
export class PageStream {
  readonly messages: CockpitMessage[] = [];
  isOver = false;

  private constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {}

  /** @param url up to the path of the stream, with what stands behind its `?` */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<PageStream> {
    const controller = new AbortController();
    const response = await fetch(url, { headers, signal: controller.signal });
    const stream = new PageStream(response, controller);
    if (response.ok) void stream.#read();
    return stream;
  }

  get snapshot(): Promise<CockpitSnapshot> {
    return this.message((one) => one.kind === "snapshot").then((one) => {
      if (one.kind !== "snapshot") throw new Error("no snapshot");
      return one.snapshot;
    });
  }

  get changes(): CockpitChange[] {
    return this.messages.flatMap((one) => (one.kind === "changes" ? one.changes : []));
  }

  /** The first message, past or to come, that fits. */
  message(fits: (message: CockpitMessage) => boolean): Promise<CockpitMessage> {
    return eventually("a message of the stream", () => this.messages.find(fits));
  }

  change(fits: (change: CockpitChange) => boolean): Promise<CockpitChange> {
    return eventually("a change in the stream", () => this.changes.find(fits));
  }

  over(): Promise<unknown> {
    return eventually("the end of the stream", () => this.isOver);
  }

  close(): void {
    this.controller.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const bytes of this.response.body ?? []) {
        const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events)
          if (event.startsWith("data: "))
            this.messages.push(JSON.parse(event.slice("data: ".length)) as CockpitMessage);
      }
    } catch {
      // The page has closed it.
    }
    this.isOver = true;
  }
}
