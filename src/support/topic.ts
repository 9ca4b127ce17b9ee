/** Matches what a published MQTT topic must not contain: wildcards and the character 0. */
// eslint-disable-next-line no-control-regex -- brokers refuse it
export const NOT_IN_TOPICS = /[+#\u0000]/;
