import { haPartOfValue } from "../homeassistant/entity-rules.js";
import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartOf } from "../homeassistant/ha-part.js";
import { descriptorTopic } from "../support/topic.js";
import type { LearningReport, SocEstimate } from "../soc/estimate.js";
import { carPart, type MessageOrigin } from "./descriptor-message.js";
import { drivePart, estimatePart, oneDecimal } from "./estimate-part.js";
import { isoText } from "./iso-text.js";
import { learningPayload } from "./learning-payload.js";
import type { DescriptorMessage, LearningMessage } from "./types.js";

interface SocOutputOptions extends Pick<MessageOrigin, "topicBase" | "topicSeparator" | "carName"> {
  /** VIN of the only car; "" for all. */
  readonly vehicle: string;
}

/** Holds the messages of outputs 1 and 2; `null`: none. */
type SocMessages = [predicted: DescriptorMessage | null, magic: DescriptorMessage | null];

/** Names the two shown values by the part of their descriptors after `vehicle.`. */
const NAMES = { predicted_soc: "Predicted SOC", magic_soc: "Magic SOC" } as const;
type SocOutputName = keyof typeof NAMES;

/** Holds what was sent last: the last known value, and everything visible of it, or that it is unknown by now. */
interface SentEstimate {
  readonly key: string | null;
  readonly value: number;
  readonly timestamp: string;
}

/** Builds the messages of one cardata-predicted-soc node; remembers what it sent until the next start. */
export class SocOutput {
  readonly #sent = { predicted_soc: new Map<string, SentEstimate>(), magic_soc: new Map<string, SentEstimate>() };

  constructor(private readonly options: SocOutputOptions) {}

  /**
   * Returns messages for changes of a car: shown value, mode or target, or a shown value that became unknown.
   * @param magic `null` while it is not wanted
   * @param at time of the estimates [ms]
   */
  estimate(vin: string, predicted: SocEstimate | null, magic: SocEstimate | null, at: number): SocMessages {
    return this.#messages(vin, predicted, magic, at, false);
  }

  /** Returns the cars of which something was sent since the start. */
  get vins(): readonly string[] {
    return [...this.#sent.predicted_soc.keys()];
  }

  /** Returns messages for all present values, changed or not, and for what has become unknown since the start. */
  current(vin: string, predicted: SocEstimate | null, magic: SocEstimate | null, at: number): SocMessages {
    return this.#messages(vin, predicted, magic, at, true);
  }

  /** Builds the learning report of a car. */
  learning(vin: string, report: LearningReport, at: number): LearningMessage {
    const topic = `${this.options.topicBase}/${vin}/learning`;
    const ha = haPartOf(vin, FIXED_ENTITIES.learning);
    return { payload: learningPayload(report), topic, vin, timestamp: isoText(at), ha };
  }

  #messages(vin: string, predicted: SocEstimate | null, magic: SocEstimate | null, at: number, all: boolean) {
    const { vehicle } = this.options;
    if (vehicle !== "" && vehicle !== vin) return [null, null] satisfies SocMessages;
    // While the level itself is known, Magic SOC can only be missing because nobody wants it.
    if (magic === null && predicted !== null) this.#sent.magic_soc.delete(vin);
    return [
      this.#message("predicted_soc", vin, predicted, at, all),
      this.#message("magic_soc", vin, magic, at, all),
    ] satisfies SocMessages;
  }

  #message(
    kind: SocOutputName,
    vin: string,
    estimate: SocEstimate | null,
    at: number,
    all: boolean,
  ): DescriptorMessage | null {
    const sent = this.#sent[kind];
    const last = sent.get(vin);
    if (estimate === null) {
      if (last === undefined || (last.key === null && !all)) return null;
      sent.set(vin, { ...last, key: null });
      return Object.assign(this.#head(kind, vin, at, null), { last: lastOf(last) });
    }
    const key = keyOf(estimate);
    if (!all && last?.key === key) return null;
    const value = oneDecimal(estimate.soc);
    const message = this.#head(kind, vin, at, value);
    message.estimate = partOf(kind, estimate);
    sent.set(vin, { key, value, timestamp: message.timestamp });
    return message;
  }

  #head(kind: SocOutputName, vin: string, at: number, payload: number | null): DescriptorMessage {
    const { topicBase, topicSeparator } = this.options;
    const descriptor = `vehicle.${kind}`;
    const name = NAMES[kind];
    const unit = "%";
    return {
      payload,
      topic: `${topicBase}/${vin}/${descriptorTopic(descriptor, topicSeparator)}`,
      vin,
      ...carPart(this.options.carName, vin),
      descriptor,
      name,
      unit,
      timestamp: isoText(at),
      source: "estimate",
      known: true,
      ha: haPartOfValue(vin, { descriptor, name, unit, payload: null }),
    };
  }
}

function keyOf({ soc, mode, charge }: SocEstimate): string {
  return `${oneDecimal(soc)} ${mode} ${charge?.targetSoc ?? ""}`;
}

function partOf(kind: SocOutputName, estimate: SocEstimate) {
  return kind === "predicted_soc"
    ? estimatePart(estimate)
    : { ...estimatePart(estimate), ...drivePart(estimate.drive) };
}

function lastOf({ value, timestamp }: SentEstimate): NonNullable<DescriptorMessage["last"]> {
  return { value, timestamp };
}
