/** Less than the limits of the common brokers: EMQX has 1,048,576 bytes, Mosquitto 2,000,000 since 2.1. */
export const USUAL_PACKET_SIZE = 1_000_000;
export const LEAST_PACKET_SIZE = 10_000;
/** Of MQTT. */
export const MOST_PACKET_SIZE = 268_435_460;
