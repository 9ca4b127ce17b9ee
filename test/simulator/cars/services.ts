/** Holds what BMW's servers know about a car besides its values. */
export interface Services {
  /** Default: yes. */
  readonly hasImage?: boolean;
  /** So much larger is the picture than it need be, for BMW's have hundreds of kilobytes; default 0. */
  readonly imageBytes?: number;
  /** Default `good`; `unknown`: an answer without tyres. */
  readonly tyres?: "good" | "worn" | "unknown";
  /** Places with charging settings; default 1 for a car with a plug. */
  readonly chargingPlaces?: number;
}
