import { definitionOf } from "../vehicle/catalogue.js";
import { ALL_CLOSED } from "../vehicle/source-priority.js";
import { isLocked, isOpen, isPlugged } from "../vehicle/words.js";
import { keyOf, type Entity } from "./ha-part.js";
import { onOff, UNKNOWN_STATE } from "./entity-state.js";

/** Describes a second entity of a descriptor whose text says open or closed, plugged in or not, locked or not. */
export interface Companion {
  /** Suffix of the descriptor in topics and keys. */
  readonly suffix: "open" | "plugged" | "unlocked";
  readonly entity: Entity;
  /** Whether it says all that the text says, which then nobody needs. */
  readonly isSameFact: boolean;
  /** Returns `ON`, `OFF`, or `None` for words that mean neither. */
  readonly stateOf: (payload: unknown) => string;
}

interface CompanionKind {
  readonly suffix: Companion["suffix"];
  readonly deviceClass: string;
  /** Returns whether it is on; `null` if `payload` means neither. */
  readonly isOn: (payload: string | boolean) => boolean | null;
}

const OPEN: CompanionKind = { suffix: "open", deviceClass: "window", isOn: isOpen };
const PLUGGED: CompanionKind = { suffix: "plugged", deviceClass: "plug", isOn: isPlugged };
/** Names the value of which a companion says whether anything is open, and the text what. */
const OPENINGS = "openings";
const ANY_OPEN: CompanionKind = { suffix: "open", deviceClass: "opening", isOn: (payload) => payload !== ALL_CLOSED };
const UNLOCKED: CompanionKind = {
  suffix: "unlocked",
  deviceClass: "lock",
  isOn: (payload) => {
    const locked = isLocked(payload);
    return locked === null ? null : !locked;
  },
};

const KINDS: readonly (readonly [RegExp, CompanionKind])[] = [
  [/\.cabin\.window\..*\.status$|\.cabin\.sunroof\.(status|tiltStatus|overallStatus)$/, OPEN],
  [/\.chargingPort\.(status|combinedStatus|dcStatus|statusClearText)$|\.charging\.connectorStatus$/, PLUGGED],
  [/\.cabin\.door\.(lock\.)?status$/, UNLOCKED],
  [/^openings$/, ANY_OPEN],
];

const NONE: readonly Companion[] = [];
const cache = new Map<string, readonly Companion[]>();

/** Returns the companions of a descriptor of the catalogue and of `openings`; none for any other. */
export function companionsOf(descriptor: string): readonly Companion[] {
  const name = descriptor === OPENINGS ? "Doors and windows" : definitionOf(descriptor)?.name;
  if (name === undefined) return NONE;
  let companions = cache.get(descriptor);
  if (companions === undefined) {
    const kind = KINDS.find(([pattern]) => pattern.test(descriptor))?.[1];
    companions = kind === undefined ? NONE : [companion(descriptor, name, kind)];
    cache.set(descriptor, companions);
  }
  return companions;
}

function companion(descriptor: string, name: string, { suffix, deviceClass, isOn }: CompanionKind): Companion {
  const key = `${keyOf(descriptor)}_${suffix}`;
  return {
    suffix,
    isSameFact: descriptor !== OPENINGS,
    entity: { platform: "binary_sensor", key, name, device_class: deviceClass },
    stateOf: (payload) => {
      const on = typeof payload === "string" || typeof payload === "boolean" ? isOn(payload) : null;
      return on === null ? UNKNOWN_STATE : onOff(on);
    },
  };
}
