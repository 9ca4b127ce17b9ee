import {
  attributesTopic,
  availabilityTopic,
  deviceTopic,
  entityTopic,
  stateTopicRoot,
  stateTopic,
  type DiscoveryLocation,
} from "../../../src/homeassistant/discovery-location.js";
import { descriptorTopic, type TopicSeparator } from "../../../src/support/topic.js";
import { homeAssistantText } from "./text.js";

/** Topic of Home Assistant's birth message, unless changed in its MQTT integration. */
const BIRTH_TOPIC = "homeassistant/status";
const CAR = "<VIN>";

export interface TopicSettings extends Pick<DiscoveryLocation, "prefix" | "base" | "mode"> {
  readonly separator: TopicSeparator;
  readonly attributes: boolean;
  readonly availability: boolean;
  readonly buttons: boolean;
}

/** Returns the topics that result from the settings, so that nobody has to guess them. */
function topicsOf({
  prefix,
  base,
  mode,
  separator,
  attributes,
  availability,
  buttons,
}: TopicSettings): [string, string][] {
  const place: DiscoveryLocation = { prefix, base, mode, id: CAR };
  const subject = `${stateTopicRoot(place)}${separator === "dots" ? "<descriptor>" : descriptorTopic("vehicle.…", separator)}`;
  const topics: [string, string, isUsed?: boolean][] = [
    ["config", mode === "device" ? deviceTopic(place) : entityTopic(place, "<platform>", "<key>")],
    ["state", stateTopic(subject)],
    ["attributes", attributesTopic(subject), attributes],
    ["availability", availabilityTopic(base), availability],
    ["birth", BIRTH_TOPIC],
    ["buttons", `${stateTopicRoot({ base, id: "+" })}command/+`, buttons],
  ];
  return topics.filter(([, , isUsed = true]) => isUsed).map(([name, topic]) => [name, topic]);
}

/** Fills the list of topics in the dialog of cardata-homeassistant. */
export function showTopics(settings: TopicSettings): void {
  const list = $("#cardata-homeassistant-topics").empty();
  for (const [name, topic] of topicsOf(settings)) {
    $("<dt>", {})
      .text(homeAssistantText(`topics.${name}`))
      .appendTo(list);
    const value = $("<dd>", {}).appendTo(list);
    $("<code>", {}).text(topic).appendTo(value);
  }
}
