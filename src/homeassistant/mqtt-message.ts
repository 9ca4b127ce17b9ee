/** What cardata-homeassistant sends: ready for a core `mqtt out` node whose topic, QoS and retain are left blank. */
export interface MqttMessage {
  topic: string;
  /** Bytes of an image, else text; "" takes away what the broker keeps. */
  payload: string | Buffer;
  qos: 1;
  retain: true;
}

export function retained(topic: string, payload: MqttMessage["payload"]): MqttMessage {
  return { topic, payload, qos: 1, retain: true };
}

/** Takes away what the broker keeps of a topic. */
export function emptied(topic: string): MqttMessage {
  return retained(topic, "");
}
