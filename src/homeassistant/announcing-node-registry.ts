/** Describes a running cardata-homeassistant node. */
export interface AnnouncingNode {
  /** Prefix and VIN of each announced car. */
  readonly cars: readonly string[];
  /** Returns whether it uses a topic. */
  holds(topic: string): boolean;
  /** Called when another node has changed what it announces. */
  onOther(): void;
}

/** Registers all running cardata-homeassistant nodes of this Node-RED, of any account: their topics may coincide. */
export class AnnouncingNodeRegistry {
  readonly #atWork = new Map<string, AnnouncingNode>();

  /** Registers a node; returns a function that unregisters it. */
  register(node: string, publisher: AnnouncingNode): () => void {
    this.#atWork.set(node, publisher);
    return () => {
      // After a deploy the new instance may have registered already.
      if (this.#atWork.get(node) === publisher) this.#atWork.delete(node);
    };
  }

  /** Returns whether a node other than `node` uses a topic. */
  isHeldByOther(node: string, topic: string): boolean {
    return this.#others(node).some((other) => other.holds(topic));
  }

  /** Returns whether another node announces a car of `node`: each overwrites the other. */
  isShared(node: string): boolean {
    const cars = new Set(this.#atWork.get(node)?.cars);
    return this.#others(node).some((other) => other.cars.some((car) => cars.has(car)));
  }

  /** Notifies all other nodes that `node` has changed what it announces. */
  notifyOthers(node: string): void {
    for (const other of this.#others(node)) other.onOther();
  }

  #others(node: string): AnnouncingNode[] {
    return [...this.#atWork].flatMap(([key, publisher]) => (key === node ? [] : publisher));
  }
}
