import { settle } from "../../src/support/simulated-clock.js";

/** The names of the warnings that Node.js emits while `act` runs; each kind is emitted once for one emitter. */
export async function warningsOf(act: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const listener = ({ name }: Error) => {
    names.push(name);
  };
  process.on("warning", listener);
  try {
    await act();
    await settle();
  } finally {
    process.off("warning", listener);
  }
  return names;
}
