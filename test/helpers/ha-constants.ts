import fs from "node:fs";

/** Home Assistant's constants, and how the rules look at what they are given. */
export type Json = Record<string, unknown>;

export interface PlatformConstants {
  required?: string[];
  requiredAnyOf?: string[];
  requiredExactlyOneOf?: string[];
  optional: string[];
  entityCategoryForbidden?: string[];
}

interface Constants {
  discovery: {
    topicRegex: string;
    minHomeAssistant: Record<string, string>;
    deviceRoot: { required: string[]; optional: string[] };
    sharedOptionsMergedIntoComponents: string[];
    device: { atLeastOneOf: string[]; optional: string[] };
    origin: { required: string[]; optional: string[] };
    availabilityItem: { required: string[]; optional: string[] };
    availabilityModes: string[];
    entityCommonKeys: string[];
    removedKeys: Record<string, string>;
    deprecatedKeys: Record<string, string[]>;
    entityPlatforms: string[];
  };
  platforms: Record<string, PlatformConstants>;
  sensor: {
    deviceClasses: string[];
    nonNumericDeviceClasses: string[];
    stateClasses: string[];
    unitsByDeviceClass: Record<string, (string | null)[]>;
    stateClassesByDeviceClass: Record<string, string[]>;
    unitsByStateClass: Record<string, string[]>;
  };
  binary_sensor: { deviceClasses: string[] };
  button: { deviceClasses: string[] };
  device_tracker: { sourceTypes: string[] };
  entityCategories: string[];
  blockedJsonAttributes: string[];
  blockedSensorJsonAttributes: string[];
}

export const HA_CONSTANTS = JSON.parse(fs.readFileSync("test/fixtures/ha-constants.json", "utf8")) as Constants;

/** `undefined` if it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isFilled(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

export function isFilledList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

/** Returns any value as text. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
