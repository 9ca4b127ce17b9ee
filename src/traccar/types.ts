/** A device of the user's Traccar server. */
export interface TrackerDevice {
  readonly id: number;
  readonly name: string;
  /** The identifier that the tracker itself sends. */
  readonly uniqueId: string;
}

/** The newest position of a device as the server knows it, however old. */
export interface TrackerPosition {
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
}

/** What one look at a tracker told. */
export interface TrackerFix {
  /** `null` while the tracker is silent: no position, an old or an invalid one, or no usable answer. */
  readonly speedKmh: number | null;
  /** Also an old or an invalid one, if the server has any. */
  readonly position: TrackerPosition | null;
  /** When it was looked, in milliseconds. */
  readonly at: number;
}
