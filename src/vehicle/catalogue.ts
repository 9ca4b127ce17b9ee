import catalogueFile from "../../resources/catalogue.json";
import { descriptorTopic } from "../support/topic.js";

/** Defines one descriptor. The definitions lie in `resources/catalogue.json`, which the editor reads as well. */
export interface DescriptorDefinition {
  readonly id: string;
  /** Short English name, unique, never changed once released. */
  readonly name: string;
  readonly category: string;
  /** BMW's data type, `null` where BMW names none. */
  readonly type: DataType | null;
  /** Canonical unit if there is exactly one. */
  readonly unit: string | null;
  /** Whether the stream may carry it; `null`: unknown. */
  readonly streamable: boolean | null;
  /** The value is JSON inside a string. */
  readonly structured?: boolean;
  /** BMW's literals of a boolean, beyond the usual spellings. */
  readonly on?: readonly string[];
  readonly off?: readonly string[];
  /** Numbers by which BMW says "no value". */
  readonly unknown?: readonly number[];
  /** Possible percentages, where that is not 0 to 100. */
  readonly range?: readonly number[];
}

export type DataType =
  | "boolean"
  | "string"
  | "float"
  | "double"
  | "uint8"
  | "uint16"
  | "uint32"
  | "int8"
  | "int16"
  | "int32";

const DEFINITIONS: ReadonlyMap<string, DescriptorDefinition> = new Map(
  (catalogueFile as unknown as readonly DescriptorDefinition[]).map((definition) => [definition.id, definition]),
);

/** Returns the definition of a descriptor; `undefined` for one that BMW added later. */
export function definitionOf(descriptor: string): DescriptorDefinition | undefined {
  return DEFINITIONS.get(descriptor);
}

const IDS_BY_UNDERSCORES: ReadonlyMap<string, string> = new Map(
  [...DEFINITIONS.keys()].map((id) => [descriptorTopic(id, "underscores"), id]),
);

/** Returns the descriptor that is written with underscores in place of its dots; BMW's own have none. */
export function idInUnderscores(written: string): string {
  return IDS_BY_UNDERSCORES.get(written) ?? written.replaceAll("_", ".");
}

/** Returns the definitions of all descriptors. */
export function allDefinitions(): Iterable<DescriptorDefinition> {
  return DEFINITIONS.values();
}
