/** The charge that a car is in. Times in milliseconds. */
export interface ChargeFacts {
  /** BMW's time. */
  readonly startedAt: number;
  /** An AC charge for which no number of phases has come. */
  readonly phasesMissing: boolean;
  /** When the charge ought to be over, by the car's or our own estimate; `null` without one. */
  readonly expectedEndAt: number | null;
}

/** The facts of a car that the scheduler needs. */
export interface CarFacts {
  readonly vin: string;
  /** At least 5 descriptors have come: not a car that exists on paper only. */
  readonly real: boolean;
  /** `weekly`: BMW refused it and is asked again once a week; `never`: ignored, or not readable over REST. */
  readonly access: "ok" | "weekly" | "never";
  /** When BMW refused the car last, in milliseconds. */
  readonly refusedAt: number | null;
  /** BMW's time of the newest charge level, whatever brought it, in milliseconds. */
  readonly socAt: number | null;
  /** Petrol or diesel only: there is no charging history. */
  readonly combustion: boolean;
  /** `null` while the car is not charging. */
  readonly charge: ChargeFacts | null;
}
