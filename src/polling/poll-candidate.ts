/** Describes the present charge of a car. Times in ms. */
export interface OngoingCharge {
  /** BMW's time. */
  readonly startedAt: number;
  /** Whether it is an AC charge without a known number of phases. */
  readonly phasesMissing: boolean;
  /** Expected end, by the car's or our own estimate; `null` without one. */
  readonly expectedEndAt: number | null;
}

/** Describes a car to the scheduler. */
export interface PollCandidate {
  readonly vin: string;
  /** Whether at least 5 descriptors were received; otherwise the car may exist on paper only. */
  readonly real: boolean;
  /** `weekly`: BMW refused it and is asked again once a week; `never`: ignored, or not readable over REST. */
  readonly access: "ok" | "weekly" | "never";
  /** Time of BMW's last refusal of the car [ms]. */
  readonly refusedAt: number | null;
  /** BMW's time of the newest battery level of any source [ms]. */
  readonly socAt: number | null;
  /** Whether it is a petrol or diesel car, which has no charging history. */
  readonly combustion: boolean;
  /** `null` while the car is not charging. */
  readonly charge: OngoingCharge | null;
}
