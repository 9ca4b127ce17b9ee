/** Classes of what is on or off. `lock` is on while it is unlocked; every other class is on as its name says. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\.cabin\.door\..*\.isOpen$/, "door"],
  [/\.body\.(trunk|hood)\.(.*\.)?isOpen$|\.flap\.isOpen$/, "opening"],
  [/\.isPlugged$|^plugged$/, "plug"],
  [/\.body\.(flap|trunk)\.isLocked$|^locked$/, "lock"],
  [/^vehicle\.isMoving$/, "moving"],
  [/^charging$/, "battery_charging"],
];

/** `undefined`: simply on or off. */
export function binaryClassOf(descriptor: string): string | undefined {
  return CLASSES.find(([pattern]) => pattern.test(descriptor))?.[1];
}
