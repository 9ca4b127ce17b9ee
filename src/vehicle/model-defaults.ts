/** Holds the assumptions for a car without better information. */
interface ModelDefaults {
  /** Usable capacity; `null` for unknown models. */
  readonly capacityKwh: number | null;
  readonly kwhPerKm: number;
}

const UNKNOWN: ModelDefaults = { capacityKwh: null, kwhPerKm: 0.21 };

/** Lists capacity [kWh] and consumption [kWh/km] by prefix of the model name. */
const MODELS: readonly (readonly [prefix: string, capacityKwh: number, kwhPerKm: number])[] = [
  ["iX1 xDrive30", 64.7, 0.18],
  ["iX1", 64.7, 0.17],
  ["iX2 xDrive30", 64.7, 0.18],
  ["iX2", 64.7, 0.17],
  ["iX3 50 xDrive", 109, 0.19],
  ["iX3", 74, 0.2],
  ["iX M60", 105.2, 0.24],
  ["iX xDrive60", 105.2, 0.21],
  ["iX xDrive50", 105.2, 0.22],
  ["iX xDrive40", 71, 0.22],
  ["iX", 76.6, 0.22],
  ["i4 M50", 80.7, 0.21],
  ["i4 eDrive40", 80.7, 0.18],
  ["i4 eDrive35", 59.4, 0.17],
  ["i4", 80.7, 0.18],
  ["i5 M60", 81.2, 0.2],
  ["i5", 81.2, 0.18],
  ["i7 M70", 101.7, 0.23],
  ["i7 xDrive60", 101.7, 0.21],
  ["i7 eDrive50", 101.7, 0.2],
  ["i7", 101.7, 0.21],
];

/** Returns capacity and consumption by the longest matching prefix of BMW's model name. */
export function modelDefaults(model: string): ModelDefaults {
  const name = model.trim().toLowerCase();
  const fitting = MODELS.filter(([prefix]) => name.startsWith(prefix.toLowerCase()));
  const [best] = fitting.sort(([one], [other]) => other.length - one.length);
  return best === undefined ? UNKNOWN : { capacityKwh: best[1], kwhPerKm: best[2] };
}
