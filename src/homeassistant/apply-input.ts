import type { Language } from "../settings/homeassistant-schema.js";
import { isoTime } from "../support/iso-time.js";
import type { JsonObject } from "../support/json.js";
import { companionsOf } from "./companion-entities.js";
import type { CarInput, InputPosition, InputValue } from "./car-input.js";
import { shownPayload } from "./charge-values.js";
import { hasDetails, STATE_ATTRIBUTE } from "./component.js";
import { subjectOf, type Subject } from "./entity-rules.js";
import { FIXED_ENTITIES } from "./fixed-entities.js";
import { ownerState, withWord } from "./owner-entity.js";
import { inUnit, isConvertible, sentUnit } from "./quantity-unit.js";
import type { AnnouncementChange, ShownCar } from "./shown-car.js";
import { onOff, stateOf, UNKNOWN_STATE } from "./entity-state.js";
import { wordListOf } from "./word-lists.js";
import { attributesTopic, IMAGE_TOPIC, stateTopic } from "./discovery-location.js";

/** Holds the effect of an input. */
interface InputEffect {
  readonly change: AnnouncementChange | null;
  /** Time of the newest value from the car itself [ms]; 0 for none. */
  readonly at: number;
  /** Why part of it was ignored. */
  readonly reason: string | null;
}

/** Lists the sources of live values; other values were known before or are derived. */
const CAR_SOURCES: ReadonlySet<string> = new Set(["stream", "rest"]);
const IMPORTANCE: readonly AnnouncementChange[] = ["same", "new", "changed"];

/** What determines how values are shown, besides themselves. */
export interface Presentation {
  readonly language: Language;
  /** Whether values have attributes. */
  readonly attributes: boolean;
  /** Whether the car charges; `null` if unknown. */
  readonly isCharging: boolean | null;
}

/** Applies an input to what is shown of its car. */
export function applyInput(car: ShownCar, input: CarInput, presentation: Presentation): InputEffect {
  switch (input.kind) {
    case "values":
      return joined(input.values.map((value) => applyValue(car, value, presentation)));
    case "position":
      return done(applyPosition(car, "location", input.place));
    case "traccar":
      return done(...applyTracker(car, input, presentation));
    case "report": {
      const { key, text, details } = input;
      const change = car.addFixed(key);
      applyState(car, key, stateOf(FIXED_ENTITIES[key], text) ?? UNKNOWN_STATE, details);
      return done(change);
    }
    case "image": {
      const change = car.addFixed("image", input.contentType);
      car.setState(IMAGE_TOPIC, input.image);
      return done(change);
    }
  }
}

/** Applies whether the stream of the account is live. */
export function applyConnected(car: ShownCar, isConnected: boolean): AnnouncementChange {
  const change = car.addFixed("connectivity");
  car.setState(stateTopic("connectivity"), onOff(isConnected));
  return change;
}

/**
 * Applies the time of the last update.
 * @param at time [ms]
 */
export function applyLastUpdate(car: ShownCar, at: number): AnnouncementChange {
  const change = car.addFixed("last_update");
  car.setState(stateTopic("last_update"), new Date(at).toISOString());
  return change;
}

function applyValue(car: ShownCar, value: InputValue, presentation: Presentation): InputEffect {
  const { language, isCharging } = presentation;
  const { descriptor, payload, source, timestamp } = value;
  const unit = sentUnit(descriptor, payload, value.unit);
  const subject = subjectIn(car, { ...value, unit });
  const shown = shownPayload(value, isCharging);
  const state = ownerState(subject, language, inUnit(shown, unit, subject.unit));
  if (state === null) return { change: null, at: 0, reason: `the value of ${descriptor} is none of its kind` };
  const isNewWord = hasNewWord(car, subject);
  const change = car.addSubject(subject);
  if (change === null) return { change, at: 0, reason: "the car has too many values" };
  if (isNewWord) car.states.hold([stateTopic(descriptor), attributesTopic(descriptor)]);
  const hasAttributes = presentation.attributes || hasDetails(descriptor);
  applyState(car, descriptor, state, hasAttributes ? attributesOf(value) : null);
  for (const companion of companionsOf(descriptor))
    car.setState(stateTopic(`${descriptor}/${companion.suffix}`), companion.stateOf(payload));
  return { change, at: CAR_SOURCES.has(source) ? timestamp : 0, reason: null };
}

function attributesOf({ descriptor, payload, timestamp, estimate, details }: InputValue): JsonObject {
  const attributes: JsonObject = { ...estimate, ...details };
  if (wordListOf(descriptor) !== null) attributes["word"] = payload;
  attributes["timestamp"] = isoTime(timestamp);
  attributes["descriptor"] = descriptor;
  return attributes;
}

/** Returns whether a subject has a word that Home Assistant does not know yet. */
function hasNewWord(car: ShownCar, { descriptor, words = [] }: Subject): boolean {
  return car.announcement !== null && words.length > (car.subject(descriptor)?.words?.length ?? 0);
}

/** Returns the subject of a value; an unknown value keeps the known subject, and a number its unit. */
function subjectIn(car: ShownCar, value: InputValue): Subject {
  const subject = subjectOf(value);
  const known = car.subject(value.descriptor);
  if (known === undefined) return withWord(subject, value.payload);
  if (value.payload === null) return { ...known, name: subject.name };
  if (subject.type === "number") return { ...subject, unit: steadyUnit(subject.unit, known.unit) };
  return withWord({ ...subject, ...(known.words !== undefined && { words: known.words }) }, value.payload);
}

/** Returns the known unit, unless a number has become another quantity. */
function steadyUnit(sent: string | null, known: string | null): string | null {
  if (sent === null || known === null) return sent ?? known;
  return isConvertible(sent, known) ? known : sent;
}

function applyPosition(car: ShownCar, key: "location" | "traccar_location", place: InputPosition): AnnouncementChange {
  const change = car.addFixed(key);
  const shown = shownAttributes(place);
  car.setState(attributesTopic(key), JSON.stringify(shown), contentOf(shown));
  return change;
}

function applyTracker(
  car: ShownCar,
  input: Extract<CarInput, { kind: "traccar" }>,
  { attributes }: Presentation,
): AnnouncementChange[] {
  const { kmh, timestamp, bracket, place: position } = input;
  const change = car.addFixed("traccar");
  const state = stateOf(FIXED_ENTITIES.traccar, kmh) ?? UNKNOWN_STATE;
  applyState(car, "traccar", state, attributes ? { timestamp: new Date(timestamp).toISOString(), bracket } : null);
  return position === null ? [change] : [change, applyPosition(car, "traccar_location", position)];
}

/**
 * Applies a state, and the same state together with its attributes: where an entity has attributes, both have to come in
 * one message, or Home Assistant writes a row for each.
 * @param attributes `null`: the entity has none
 */
function applyState(car: ShownCar, subject: string, state: string, attributes: object | null): void {
  car.setState(stateTopic(subject), state);
  if (attributes === null) return;
  const whole = shownAttributes(attributes, { [STATE_ATTRIBUTE]: state });
  car.setState(attributesTopic(subject), JSON.stringify(whole), contentOf(whole));
}

/** Lists members that say when something was so. */
const TIMES: ReadonlySet<string> = new Set(["timestamp", "at", "bmwSocTimestamp"]);

/** Returns what counts as a change of attributes: everything but when it was so. */
function contentOf(attributes: JsonObject): string {
  const lasting: JsonObject = {};
  let isFlat = true;
  for (const name of Object.keys(attributes)) {
    if (TIMES.has(name)) continue;
    const value = attributes[name];
    isFlat &&= typeof value !== "object" || value === null;
    lasting[name] = value;
  }
  // Being asked for each member takes several times as long, and only estimates and reports have times further down.
  return isFlat ? JSON.stringify(lasting) : JSON.stringify(lasting, withoutTimes);
}

function withoutTimes(name: string, value: unknown): unknown {
  return TIMES.has(name) ? undefined : value;
}

function done(...change: AnnouncementChange[]): InputEffect {
  return { change: mostOf(change), at: 0, reason: null };
}

function joined(puts: readonly InputEffect[]): InputEffect {
  return {
    change: mostOf(puts.flatMap(({ change }) => change ?? [])),
    at: puts.reduce((latest, { at }) => Math.max(latest, at), 0),
    reason: puts.find(({ reason }) => reason !== null)?.reason ?? null,
  };
}

function mostOf(change: readonly AnnouncementChange[]): AnnouncementChange | null {
  return change.reduce<AnnouncementChange | null>((most, one) => {
    return most === null || IMPORTANCE.indexOf(one) > IMPORTANCE.indexOf(most) ? one : most;
  }, null);
}

/** Lists attribute names that Home Assistant reserves and drops. */
const BLOCKED: ReadonlySet<string> = new Set([
  "assumed_state",
  "available",
  "device_class",
  "device_info",
  "entity_category",
  "entity_id",
  "entity_picture",
  "entity_registry_enabled_default",
  "extra_state_attributes",
  "force_update",
  "friendly_name",
  "group_entities",
  "icon",
  "name",
  "should_poll",
  "state",
  "supported_features",
  "unique_id",
  "unit_of_measurement",
  "last_reset",
  "state_class",
]);

/** Returns `shown` with the attributes that Home Assistant shows. */
function shownAttributes(attributes: object, shown: JsonObject = {}): JsonObject {
  for (const [name, value] of Object.entries(attributes)) if (!BLOCKED.has(name)) shown[name] = value;
  return shown;
}
