/** Matches what a published MQTT topic must not contain: wildcards and the character 0. */
// oxlint-disable-next-line no-control-regex -- brokers refuse it
export const NOT_IN_TOPICS = /[+#\u0000]/;

/** Lists what may stand between the parts of a descriptor in topics; the first one is usual. */
export const TOPIC_SEPARATORS = ["dots", "slashes", "underscores"] as const;
export type TopicSeparator = (typeof TOPIC_SEPARATORS)[number];

const CHARACTERS: Readonly<Record<TopicSeparator, string>> = { dots: ".", slashes: "/", underscores: "_" };

/** Returns a descriptor, or the end of a topic that begins with one, as it is written in topics. */
export function descriptorTopic(descriptor: string, separator: TopicSeparator = TOPIC_SEPARATORS[0]): string {
  // As it is, because each message of a value has a topic.
  return separator === "dots" ? descriptor : descriptor.replaceAll(".", CHARACTERS[separator]);
}
