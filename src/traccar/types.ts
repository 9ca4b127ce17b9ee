/** A device of the user's Traccar server. */
export interface TrackerDevice {
  readonly id: number;
  readonly name: string;
  /** The identifier that the tracker itself sends. */
  readonly uniqueId: string;
}

/** The newest position of a device as the server knows it, however old. */
export interface TrackerPosition {
  /** As the tracker tells it: 0 also if it sends none. */
  readonly speedKmh: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Metres. */
  readonly altitude: number | null;
  /** Degrees, 0 is north. */
  readonly course: number | null;
  /** When the satellites were seen, in milliseconds; `null` if the server does not say. */
  readonly fixTime: number | null;
  /** Whether the tracker trusts it. */
  readonly valid: boolean;
  /** All that the device has ever gone, counted by the server; absent if it does not. */
  readonly totalMetres?: number;
}

/** What one look at a tracker told. */
export interface TrackerFix {
  /**
   * `null` while the tracker is silent (no position, an old or an invalid one, or no usable answer), or while the speed
   * of one that sends none is not known yet.
   */
  readonly speedKmh: number | null;
  /** Also an old or an invalid one, if the server has any. */
  readonly position: TrackerPosition | null;
  /** When it was looked, in milliseconds. */
  readonly at: number;
}
