/** A cardata-homeassistant node at work. */
export interface Publisher {
  /** Prefix and VIN of each car that it announces. */
  readonly cars: readonly string[];
  /** Whether it keeps something at a topic. */
  holds(topic: string): boolean;
  /** What another one announces is something else by now. */
  onOther(): void;
}

/** All cardata-homeassistant nodes of this Node-RED, of whatever account: their topics may be the same. */
export class Publishers {
  readonly #atWork = new Map<string, Publisher>();

  /** A node begins its work; returns what ends it. */
  enter(node: string, publisher: Publisher): () => void {
    this.#atWork.set(node, publisher);
    return () => {
      // After a deploy the new instance may have entered already.
      if (this.#atWork.get(node) === publisher) this.#atWork.delete(node);
    };
  }

  /** Whether a node other than `node` keeps something at a topic. */
  isHeldByOther(node: string, topic: string): boolean {
    return this.#others(node).some((other) => other.holds(topic));
  }

  /** Whether another node announces a car of `node`: each writes over what the other has announced. */
  isShared(node: string): boolean {
    const cars = new Set(this.#atWork.get(node)?.cars);
    return this.#others(node).some((other) => other.cars.some((car) => cars.has(car)));
  }

  /** Tells all others that `node` announces something else by now. */
  tell(node: string): void {
    for (const other of this.#others(node)) other.onOther();
  }

  #others(node: string): Publisher[] {
    return [...this.#atWork].flatMap(([key, publisher]) => (key === node ? [] : publisher));
  }
}
