/** What may stand in no MQTT topic that is published to: wildcards and the character 0. */
// eslint-disable-next-line no-control-regex -- brokers refuse it
export const NOT_IN_TOPICS = /[+#\u0000]/;
