import { codecOf } from "../store/codec.js";
import { text } from "../support/json.js";
import { byKey, isTrue, list, needed, object, oneOf, or, then, type Read } from "../support/stored.js";
import { NOT_IN_TOPICS } from "../support/topic.js";
import { parseVin } from "../support/vin.js";
import type { AnnouncedCar, AnnouncedPlace, AnnouncedState, AnnouncedSubject, StaleTopic } from "./announced.js";

const MOST_MEMBERS = 5000;
const LONGEST_TOPIC = 1000;
const NAME = /^[A-Za-z0-9_-]{1,300}$/;

const name: Read<string | null> = then<string, string>(text, (typed) => (NAME.test(typed) ? typed : null));

/** Its empty text is none. */
const topic: Read<string | null> = then<string, string>(text, (typed) =>
  typed.length <= LONGEST_TOPIC && !NOT_IN_TOPICS.test(typed) ? typed : null,
);

const place: Read<AnnouncedPlace | null> = object({
  mode: or<AnnouncedPlace["mode"]>(oneOf(["device", "entities"]), "device"),
  prefix: needed(topic),
  base: needed(topic),
  id: needed(then<string, string>(topic, name)),
});

const subject: Read<AnnouncedSubject | null> = object({
  descriptor: needed(topic),
  name: needed(text),
  unit: text,
  type: needed(oneOf(["number", "boolean", "string"])),
});

const car: Read<AnnouncedCar | null> = object({
  vin: needed(parseVin),
  place: needed(place),
  components: (stored) => Object.fromEntries(Object.entries(byKey(name, name)(stored)).slice(0, MOST_MEMBERS)),
  topics: list(topic, MOST_MEMBERS),
  subjects: list(subject, MOST_MEMBERS),
  fixed: list(text, MOST_MEMBERS),
  imageType: oneOf(["image/png", "image/jpeg"]),
});

const stale: Read<StaleTopic | null> = object({ topic: needed(topic), migrates: isTrue });

const nodes = list(
  object({ node: needed(text), availability: topic, cars: list(car), stale: list(stale, MOST_MEMBERS) }),
);

/** `announced.json` */
export const announcedCodec = codecOf<AnnouncedState>({
  initial: () => new Map(),
  encode: (state) => [...state].map(([node, announced]) => ({ node, ...announced })),
  read: (data) =>
    Array.isArray(data)
      ? new Map(
          nodes(data).map(({ node, stale, ...known }) => [node, { ...known, ...(stale.length > 0 && { stale }) }]),
        )
      : null,
});
