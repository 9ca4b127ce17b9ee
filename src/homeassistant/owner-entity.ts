import type { Language } from "../settings/homeassistant-schema.js";
import { ALL_CLOSED, BETWEEN_NAMES } from "../vehicle/source-priority.js";
import { wordOf } from "../vehicle/words.js";
import { wordListOf } from "./word-lists.js";
import type { InputValue } from "./car-input.js";
import { entityOf, type Subject } from "./entity-rules.js";
import { shortened, stateOf } from "./entity-state.js";
import type { Entity } from "./ha-part.js";
import { nameIn, wordIn } from "./languages/translate.js";
import { inUnit } from "./quantity-unit.js";

/*
 * How a value is announced to an owner: in units that people read, and with words in place of BMW's own. `msg.ha`
 * describes the payload of a message as it is instead.
 */

type Payload = InputValue["payload"];

/** Accepts so many words that BMW does not list; with more, a value is a text like any other. */
const MOST_OTHER_WORDS = 20;

/** Returns the entity of a value as an owner sees it. */
export function ownerEntity(subject: Subject, language: Language): Entity {
  const entity = entityOf({ ...subject, unit: ownerUnit(subject.unit) });
  const options = optionsOf(subject, language);
  return options === null ? entity : { ...entity, device_class: "enum", options };
}

/**
 * Returns the MQTT state of a value as an owner sees it; `null` if the payload cannot be a state of it.
 * @param payload in the unit of the subject
 */
export function ownerState(subject: Subject, language: Language, payload: Payload): string | null {
  if (typeof payload === "number" && subject.type === "number")
    return stateOf(entityOf(subject), inUnit(payload, subject.unit, ownerUnit(subject.unit)));
  if (subject.descriptor === "openings" && payload !== null) return openingsText(language, String(payload));
  const isWord = payload !== null && subject.type === "string" && wordListOf(subject.descriptor) !== null;
  return stateOf(entityOf(subject), isWord ? wordText(language, payload) : payload);
}

/** Returns the subject with a word that is in no list yet, so that Home Assistant takes it as a state. */
export function withWord(subject: Subject, payload: Payload): Subject {
  const words = wordsOf(subject);
  const word = payload === null ? "" : shortened(String(payload).trim());
  if (words === null || word === "" || words.some((known) => wordOf(known) === wordOf(word))) return subject;
  return { ...subject, words: [...(subject.words ?? []), word] };
}

function optionsOf(subject: Subject, language: Language): string[] | null {
  const words = wordsOf(subject);
  return words === null ? null : [...new Set(words.map((word) => wordText(language, word)))];
}

/** Returns all words of a value that is shown by its words; `null` for others. */
function wordsOf({ descriptor, type, words = [] }: Subject): readonly string[] | null {
  const listed = type === "string" && words.length <= MOST_OTHER_WORDS ? wordListOf(descriptor) : null;
  return listed === null ? null : [...listed, ...words];
}

/** Returns what is open by the names that its entities have. */
function openingsText(language: Language, payload: string): string {
  if (payload === ALL_CLOSED) return wordText(language, payload);
  const names = payload.split(BETWEEN_NAMES).map((name) => nameIn(language, name));
  return shortened(names.join(BETWEEN_NAMES));
}

/** Returns the text of a word as it is an option and a state. */
function wordText(language: Language, word: string | number | boolean): string {
  return shortened(wordIn(language, String(word)).trim()).trimEnd();
}

/** People read the power of a car in kW. */
function ownerUnit(unit: string | null): string | null {
  return unit === "W" ? "kW" : unit;
}
