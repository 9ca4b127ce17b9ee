import { companionsOf } from "./companions.js";
import type { ShownInput, ToldValue } from "./content.js";
import { entityOf, subjectOf, type Subject } from "./entities.js";
import { FIXED_ENTITIES } from "./fixed-entities.js";
import type { News, ShownCar } from "./shown-car.js";
import { onOff, stateOf } from "./state.js";
import { attributesTopic, stateTopic } from "./topics.js";

/** Holds the effect of an input. */
interface Put {
  readonly news: News | null;
  /** Time of the newest value from the car itself [ms]; 0 for none. */
  readonly at: number;
  /** Why part of it was ignored. */
  readonly reason: string | null;
}

/** Lists the sources of live values; other values were known before or are derived. */
const OF_CAR: ReadonlySet<string> = new Set(["stream", "rest"]);
const IMPORTANCE: readonly News[] = ["same", "new", "changed"];

/** Applies an input to what is shown of its car. */
export function putInto(car: ShownCar, input: ShownInput): Put {
  switch (input.kind) {
    case "values":
      return joined(input.values.map((value) => putValue(car, value)));
    case "position":
      return done(putPlace(car, "location", input.place));
    case "traccar":
      return done(...putTracker(car, input));
    case "report": {
      const { key, text, details } = input;
      const news = car.fix(key);
      car.put(stateTopic(key), stateOf(FIXED_ENTITIES[key], text) ?? "None");
      car.put(attributesTopic(key), attributesText(details));
      return done(news);
    }
    case "image": {
      const news = car.fix("image", input.contentType);
      car.put("image", input.image);
      return done(news);
    }
  }
}

/** Applies whether the stream of the account is live. */
export function putConnected(car: ShownCar, isConnected: boolean): News {
  const news = car.fix("connectivity");
  car.put(stateTopic("connectivity"), onOff(isConnected));
  return news;
}

/**
 * Applies the time of the last update.
 * @param at time [ms]
 */
export function putLastUpdate(car: ShownCar, at: number): News {
  const news = car.fix("last_update");
  car.put(stateTopic("last_update"), new Date(at).toISOString());
  return news;
}

function putValue(car: ShownCar, value: ToldValue): Put {
  const { descriptor, payload, source, timestamp, estimate } = value;
  const subject = subjectIn(car, value);
  const state = stateOf(entityOf(subject), payload);
  if (state === null) return { news: null, at: 0, reason: `the value of ${descriptor} is none of its kind` };
  const news = car.learn(subject);
  if (news === null) return { news, at: 0, reason: "the car has too many values" };
  car.put(stateTopic(descriptor), state);
  for (const companion of companionsOf(descriptor))
    car.put(stateTopic(`${descriptor}/${companion.suffix}`), companion.stateOf(payload));
  const time = new Date(timestamp).toISOString();
  putAttributes(car, descriptor, { ...estimate, timestamp: time, descriptor });
  return { news, at: OF_CAR.has(source) ? timestamp : 0, reason: null };
}

/** Returns the subject of a value; an unknown value, or one without its unit, keeps the known subject. */
function subjectIn(car: ShownCar, value: ToldValue): Subject {
  const subject = subjectOf(value);
  const known = car.subject(value.descriptor);
  if (known === undefined) return subject;
  if (value.payload === null) return { ...known, name: subject.name };
  return subject.type === "number" ? { ...subject, unit: subject.unit ?? known.unit } : subject;
}

function putPlace(car: ShownCar, key: "location" | "traccar_location", place: object): News {
  const news = car.fix(key);
  car.put(key, attributesText(place));
  return news;
}

function putTracker(car: ShownCar, input: Extract<ShownInput, { kind: "traccar" }>): News[] {
  const { kmh, timestamp, bracket, place } = input;
  const news = car.fix("traccar");
  car.put(stateTopic("traccar"), stateOf(FIXED_ENTITIES.traccar, kmh) ?? "None");
  putAttributes(car, "traccar", { timestamp: new Date(timestamp).toISOString(), bracket });
  return place === null ? [news] : [news, putPlace(car, "traccar_location", place)];
}

function putAttributes(car: ShownCar, subject: string, attributes: object): void {
  const text = attributesText(attributes);
  const topic = attributesTopic(subject);
  // Unchanged attributes are not sent again.
  if (car.last(topic) !== text) car.put(topic, text);
}

function done(...news: News[]): Put {
  return { news: mostOf(news), at: 0, reason: null };
}

function joined(puts: readonly Put[]): Put {
  return {
    news: mostOf(puts.flatMap(({ news }) => news ?? [])),
    at: puts.reduce((latest, { at }) => Math.max(latest, at), 0),
    reason: puts.find(({ reason }) => reason !== null)?.reason ?? null,
  };
}

function mostOf(news: readonly News[]): News | null {
  return news.reduce<News | null>((most, one) => {
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
  "entity_picture",
  "entity_registry_enabled_default",
  "extra_state_attributes",
  "force_update",
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

/** Returns the JSON text of attributes. */
function attributesText(attributes: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(attributes).filter(([name]) => !BLOCKED.has(name))));
}
