/*
 * What programs that read MQTT make of a message, in a few rules: FHEM's MQTT2_DEVICE, Telegraf's mqtt_consumer with the
 * format `value`, openHAB's Home Assistant binding and ioBroker.mqtt 8.1, all of 2026. `docs/other-programs.md` says them
 * in words.
 */

/** Returns the device that a line `attr <bridge> bridgeRegexp <pattern> "<name>"` names for a message; `null` for none. */
export function fhemDevice(line: string, topic: string, text: string): string | null {
  const [, pattern = "", name = ""] = /^attr \S+ bridgeRegexp (\S+) "(\S+)"$/.exec(line) ?? [];
  const found = new RegExp(`^${pattern}$`, "s").exec(`${topic}:${text}`);
  return found === null ? null : name.replaceAll(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? "");
}

/** A point of a time series. */
interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number | string;
}

/** Parses a table of topics as Telegraf's `topic_parsing` does; `null`: the message makes no point. */
export function telegrafPoint(
  settings: Readonly<Record<"topic" | "measurement" | "tags", string>>,
  topic: string,
  text: string,
): Point | null {
  const word = text.trim().split(/\s+/).at(-1) ?? "";
  const levels = topic.split("/");
  const wanted = settings.topic.split("/");
  const [names, tags] = [settings.measurement.split("/"), settings.tags.split("/")];
  if ([names, tags].some(({ length }) => length !== wanted.length)) throw new Error("lengths differ");
  const isMeant = levels.length === wanted.length && wanted.every((one, at) => one === "+" || one === levels[at]);
  if (word === "" || !isMeant) return null;
  const number = Number(word);
  return {
    measurement: levels[names.findIndex((one) => one !== "_")] ?? "",
    tags: Object.fromEntries(tags.flatMap((one, at) => (one === "_" ? [] : [[one, levels[at] ?? ""]]))),
    value: Number.isNaN(number) ? word : number,
  };
}

/** The configuration topics that openHAB up to 5.1 reads: of one entity, in its last levels letters, digits, _ and -. */
export function isReadByOpenHab(topic: string): boolean {
  const [, component] = /^homeassistant\/(\w+)\/(?:[\w-]+\/)?[\w-]+\/config$/.exec(topic) ?? [];
  return component !== undefined && component !== "device";
}

/** Returns id and value of the state that ioBroker makes of a message. */
export function ioBrokerState(topic: string, text: string): { readonly id: string; readonly value: unknown } {
  const id = `mqtt.0.${topic.replaceAll("/", ".").replaceAll(/\s/g, "_")}`;
  const isNumber = Number.isFinite(Number(text.replace(",", ".")));
  if (isNumber) return { id, value: parseFloat(text.replace(",", ".")) };
  return { id, value: text === "true" ? true : text === "false" ? false : text };
}
