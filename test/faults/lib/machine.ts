/*
 * Describes the faults of the machine under a Node-RED, in the messages between the runner of the faults and
 * `preload.ts` in Node-RED's process.
 */

/** State of a machine's clock and its speed: at the real time `real` it shows `shown` [ms]. */
export interface TimeScale {
  readonly real: number;
  readonly shown: number;
  /** 1: as fast as the real one. Timers run as fast as the clock. */
  readonly speed: number;
}

/** Calls that fail below a folder, as long as this is set. */
export interface FileTrouble {
  readonly folder: string;
  /** Error code of the system, such as `EIO`. */
  readonly code: string;
  readonly calls: "read" | "write";
}

export interface MachineState {
  readonly time: TimeScale;
  /** Whether limits of requests run on the machine's clock, too; else on the real one, because their servers do. */
  readonly impatient: boolean;
  /** Whether no host name is found. */
  readonly nameless: boolean;
  readonly files: FileTrouble | null;
}

export const SOUND_MACHINE: MachineState = {
  time: { real: 0, shown: 0, speed: 1 },
  impatient: false,
  nameless: false,
  files: null,
};

/** Environment variable with the state at the start, as JSON. */
export const MACHINE_VARIABLE = "CARDATA_FAULTS_MACHINE";

/** The requests of the runner to the process. */
export type MachineOrder =
  | { readonly order: "change"; readonly id: number; readonly changes: Partial<MachineState> }
  | { readonly order: "measure"; readonly id: number };

/** The messages of the process to the runner, beside Node-RED's output. */
export type MachineNews =
  | { readonly machine: "done"; readonly id: number; readonly measurement: Measurement | null }
  /** An unhandled rejection, an uncaught exception, or a warning of Node.js. */
  | { readonly machine: "complaint"; readonly text: string };

/** The resources that the process holds at a moment. */
export interface Measurement {
  /** Heap after a collection of garbage. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Sockets, servers, timers and whatever else keeps the process alive, by type. */
  readonly handles: Readonly<Record<string, number>>;
  /** Open files and sockets; `null` where the system does not list them. */
  readonly descriptors: number | null;
  /** Listeners of Node-RED's events and of the process. */
  readonly listeners: number;
  /** The longest time for which the event loop was blocked by work since the last measurement. */
  readonly blockedMs: number;
}

export function shownTime({ real, shown, speed }: TimeScale, now: number): number {
  return shown + (now - real) * speed;
}
