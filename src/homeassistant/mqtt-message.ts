/**
 * Holds a message of cardata-homeassistant, ready for a core `mqtt out` node whose topic, QoS and retain are left
 * blank.
 */
export interface MqttMessage {
  topic: string;
  /** Bytes of an image, else text; "" clears the retained message. */
  payload: string | Buffer;
  /** 0 for a message so large that a broker may refuse it. */
  qos: 0 | 1;
  /** `false` for what happens once. */
  retain: boolean;
}

/** Counts packet type and length, topic length, packet id, and MQTT 5 property length [bytes]. */
const MOST_HEADER_BYTES = 1 + 4 + 2 + 2 + 1;

export function retained(topic: string, payload: MqttMessage["payload"]): MqttMessage {
  return { topic, payload, qos: 1, retain: true };
}

/** Returns a message of what happens once: a broker that kept it would tell it again. */
export function passing(topic: string, payload: string): MqttMessage {
  return { topic, payload, qos: 1, retain: false };
}

/** Returns a message that clears a retained topic. */
export function emptied(topic: string): MqttMessage {
  return retained(topic, "");
}

/** Returns the packet size as a broker counts it [bytes]. */
export function packetSizeOf({ topic, payload }: Pick<MqttMessage, "topic" | "payload">): number {
  return MOST_HEADER_BYTES + Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
