/** Holds what BMW's servers know about a car besides its values. */
export interface Services {
  /** Default: yes. */
  readonly hasImage?: boolean;
  /** Default `good`; `unknown`: an answer without tyres. */
  readonly tyres?: "good" | "worn" | "unknown";
  /** Places with charging settings; default 1 for a car with a plug. */
  readonly chargingPlaces?: number;
}
