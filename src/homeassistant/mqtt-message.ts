/** What cardata-homeassistant sends: ready for a core `mqtt out` node whose topic, QoS and retain are left blank. */
export interface MqttMessage {
  topic: string;
  /** Bytes of an image, else text; "" takes away what the broker keeps. */
  payload: string | Buffer;
  /** 0 for what is so large that a broker may refuse it. */
  qos: 0 | 1;
  retain: true;
}

/** Kind and length of the packet, length of the topic, packet id, and the length of the properties of MQTT 5. */
const MOST_HEADER_BYTES = 1 + 4 + 2 + 2 + 1;

export function retained(topic: string, payload: MqttMessage["payload"]): MqttMessage {
  return { topic, payload, qos: 1, retain: true };
}

/** Takes away what the broker keeps of a topic. */
export function emptied(topic: string): MqttMessage {
  return retained(topic, "");
}

/** Size of the packet as a broker counts it, in bytes. */
export function packetSizeOf({ topic, payload }: Pick<MqttMessage, "topic" | "payload">): number {
  return MOST_HEADER_BYTES + Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
