import type { HaPart } from "../homeassistant/ha-part.js";
import type { CapacitySource, EstimateMode, LearnedCondition, PhaseSource, PowerSource } from "../soc/estimate.js";
import type { Bracket } from "../soc/driving/driven-trip.js";
import type { ChargingMethod } from "../vehicle/vehicle-event.js";

/** Describes how an estimated state of charge was obtained; `null` where unknown. Times are ISO 8601 UTC. */
export interface EstimatePart extends Partial<ChargePart>, Partial<DrivePart> {
  mode: EstimateMode;
  /** Standard deviation in percentage points. */
  sigma: number;
  /** 90 % interval [%], unrounded. */
  band90: [low: number, high: number];
  /** BMW's last value [%]. */
  bmwSoc: number | null;
  bmwSocTimestamp: string | null;
  bmwSocDescriptor: string | null;
  capacityKwh: number | null;
  capacitySource: CapacitySource | null;
}

/** Only while the car charges. */
export interface ChargePart {
  method: ChargingMethod;
  /** Power before losses [kW]. */
  powerKw: number | null;
  powerSource: PowerSource;
  phases: number | null;
  phasesSource: PhaseSource;
  /** Share of the energy that reaches the battery. */
  efficiency: number | null;
  /** Percent. */
  targetSoc: number | null;
  minutesToTarget: number | null;
  /** Energy since the start of the charge [kWh]. */
  energyKwh: number;
  startedAt: string;
}

/** Holds the members of Magic SOC only; some names are those of its predecessor in Home Assistant. */
export interface DrivePart {
  consumptionKwhPerKm: number | null;
  tripKm: number | null;
  speed_bracket: Bracket | null;
  /** One decimal. */
  traccar_speed_kmh: number | null;
  /** Learned; kWh/km with three decimals. */
  speed_bucket_consumption: Partial<Record<Bracket, { kwh_per_km: number; trip_count: number }>>;
}

/** Reports what was learned of a car (third output of cardata-predicted-soc). */
export interface LearningMessage {
  payload: LearningPayload;
  /** `<base>/<vin>/learning` */
  topic: string;
  vin: string;
  /** ISO 8601 UTC: the moment of the report. */
  timestamp: string;
  /** For Home Assistant: a text whose attributes are the report. */
  ha: HaPart;
}

export interface FixedLossEntry {
  /** What tells the power: the user's meter, or the car. */
  source: "meter" | "car";
  /** Loss, or error of a meter, that no power changes [kW]. */
  lossKw: number;
  /** Share of the rest that reaches the battery. */
  efficiency: number;
  samples: number;
}

export interface LearningPayload {
  /** Efficiency by condition of the charge; phases, volts and amps are those of `key`, `null` for direct current. */
  efficiency: EfficiencyEntry[];
  /** What is lost whatever the power, told apart from what is lost of each kWh; empty until charges of different powers told. */
  fixedLoss: FixedLossEntry[];
  consumption: {
    /** Used until one is learned. */
    defaultKwhPerKm: number;
    overall: LearnedRate | null;
    /** By number of the month, 1 to 12. */
    months: Record<string, LearnedRate>;
    brackets: Partial<Record<Bracket, LearnedRate>>;
  };
  /** Last charge or trip that was evaluated, with or without learning from it. */
  lastDecision: DecisionEntry | null;
}

interface EfficiencyEntry extends LearnedCondition {
  method: ChargingMethod;
  phases: number | null;
  volts: number | null;
  amps: number | null;
}

interface LearnedRate {
  kwhPerKm: number;
  trips: number;
}

export interface DecisionEntry {
  /** ISO 8601 UTC. */
  at: string;
  what: "ac" | "dc" | "driving";
  accepted: boolean;
  /** Fixed code; `text` says it in a sentence. */
  reason: string;
  text: string;
  /** Measured efficiency of a charge, or kWh/km of a trip. */
  value: number | null;
  /** Percentage points gained by a charge or used by a trip. */
  socChange: number | null;
  energyKwh: number | null;
  /** Key of the condition of a charge. */
  condition: string | null;
}

/** Reports a tracker (cardata-traccar). */
export interface TraccarMessage {
  /**
   * Speed [km/h], one decimal: the tracker's own, or on a trip the mean since the previous poll if the tracker sends
   * none, or one in another unit. `null` while the tracker is silent or its speed unknown.
   */
  payload: number | null;
  /** `<base>/<vin>/traccar` */
  topic: string;
  vin: string;
  unit: "km/h";
  /** ISO 8601 UTC: time of the poll. */
  timestamp: string;
  /** Bracket of the speed. */
  bracket: Bracket | null;
  /** Degrees and metres; also an old or invalid one. `null` if the server has none. */
  position: TraccarPosition | null;
  /** As the node names it. */
  device: string;
  /** For Home Assistant: the speed. */
  ha: HaPart;
}

interface TraccarPosition {
  latitude: number;
  longitude: number;
  /** `null` also if the tracker sends none and Traccar shows 0. */
  altitude: number | null;
  course: number | null;
  /** ISO 8601 UTC: time of the fix. */
  fixTime: string | null;
  valid: boolean;
}
