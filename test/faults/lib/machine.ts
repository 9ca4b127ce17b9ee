/*
 * What the machine under a Node-RED does wrong, as the runner of the faults and `preload.ts` in Node-RED's process say it
 * to each other.
 */

/** Where a machine's clock stands, and how fast it runs: at the real time `real` it shows `shown` (milliseconds). */
export interface TimeScale {
  readonly real: number;
  readonly shown: number;
  /** 1: as fast as the real one. Timers run as fast as the clock. */
  readonly speed: number;
}

/** Calls that fail below a folder, as long as this stands. */
export interface FileTrouble {
  readonly folder: string;
  /** Error code of the system, such as `EIO`. */
  readonly code: string;
  readonly calls: "read" | "write";
}

export interface MachineState {
  readonly time: TimeScale;
  /** Limits of requests run on the machine's clock, too; else on the real one, because their servers do. */
  readonly impatient: boolean;
  /** No host name is found. */
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

/** What the runner asks of the process. */
export type MachineOrder =
  | { readonly order: "change"; readonly id: number; readonly changes: Partial<MachineState> }
  | { readonly order: "measure"; readonly id: number };

/** What the process says to the runner beside what Node-RED says. */
export type MachineNews =
  | { readonly machine: "done"; readonly id: number; readonly measurement: Measurement | null }
  /** An unhandled rejection, an uncaught exception, or a warning of Node.js. */
  | { readonly machine: "complaint"; readonly text: string };

/** What the process holds at a moment. */
export interface Measurement {
  /** After a collection of garbage. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Sockets, servers, timers and what else keeps the process alive, by type. */
  readonly handles: Readonly<Record<string, number>>;
  /** Open files and sockets; `null` where the system does not tell. */
  readonly descriptors: number | null;
  /** Listeners of Node-RED's events and of the process. */
  readonly listeners: number;
  /** The longest time for which the event loop was blocked by work since the last measurement. */
  readonly blockedMs: number;
}

export function shownTime({ real, shown, speed }: TimeScale, now: number): number {
  return shown + (now - real) * speed;
}
