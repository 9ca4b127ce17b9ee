/** Describes a device of the user's Traccar server. */
export interface TrackerDevice {
  readonly id: number;
  readonly name: string;
  /** Identifier that the tracker itself sends. */
  readonly uniqueId: string;
}

/** Holds the newest position of a device that the server knows, however old. */
export interface TrackerPosition {
  /** Speed as the tracker sends it [km/h]; 0 also if it sends none. */
  readonly speedKmh: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Altitude [m]. */
  readonly altitude: number | null;
  /** Course [degrees], 0 is north. */
  readonly course: number | null;
  /** Time of the fix [ms]; `null` if missing. */
  readonly fixTime: number | null;
  /** Whether the tracker considers it valid. */
  readonly valid: boolean;
  /** Total distance of the device, counted by the server [m]; absent if not counted. */
  readonly totalMetres?: number;
}

/** Holds the result of one poll of a tracker. */
export interface TrackerFix {
  /**
   * Speed [km/h]; `null` while the tracker is silent (no position, an old or invalid one, or no usable answer), or
   * while the speed of one that sends none is not known yet.
   */
  readonly speedKmh: number | null;
  /** Position, also an old or invalid one, if the server has any. */
  readonly position: TrackerPosition | null;
  /** Time of the poll [ms]. */
  readonly at: number;
}
