import type { NodeStatus, RedNode } from "./red.js";

const SHORTEST_INTERVAL_MS = 1000;

/**
 * Sets the status of a node: each change goes to all open editors, so at most one per second, and none after close. Nor
 * is it made up more often: that takes as long as several messages.
 */
export class StatusLine {
  #shown = "";
  #next: (() => NodeStatus) | null = null;
  #pause: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly node: Pick<RedNode, "status">) {}

  /** @param status returns the status; asked when it can be shown */
  set(status: () => NodeStatus): void {
    if (this.#closed) return;
    this.#next = status;
    if (this.#pause === null) this.#show();
  }

  close(): void {
    this.#closed = true;
    if (this.#pause !== null) clearTimeout(this.#pause);
  }

  #show(): void {
    this.#pause = null;
    if (this.#next === null) return;
    const status = this.#next();
    this.#next = null;
    const key = JSON.stringify(status);
    if (key !== this.#shown) this.node.status(status);
    this.#shown = key;
    this.#pause = setTimeout(() => {
      this.#show();
    }, SHORTEST_INTERVAL_MS);
  }
}
