import { definitionOf } from "../vehicle/catalogue.js";
import { isLocked, isOpen, isPlugged } from "../vehicle/words.js";
import { keyOf, type Entity } from "./ha-part.js";
import { onOff, UNKNOWN_STATE } from "./entity-state.js";

/** Describes a second entity of a descriptor whose text says open or closed, plugged in or not, locked or not. */
export interface Companion {
  /** Suffix of the descriptor in topics and keys. */
  readonly suffix: "open" | "plugged" | "unlocked";
  readonly entity: Entity;
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
];

const NONE: readonly Companion[] = [];
const cache = new Map<string, readonly Companion[]>();

/** Returns the companions of a descriptor of the catalogue; none for any other. */
export function companionsOf(descriptor: string): readonly Companion[] {
  const name = definitionOf(descriptor)?.name;
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
    entity: { platform: "binary_sensor", key, name, device_class: deviceClass },
    stateOf: (payload) => {
      const on = typeof payload === "string" || typeof payload === "boolean" ? isOn(payload) : null;
      return on === null ? UNKNOWN_STATE : onOff(on);
    },
  };
}
