import { connectAsync, type MqttClient } from "mqtt";
import { textOf } from "./bytes.js";

/** A client that listens to a broker: the last message of each topic. */
export class Reader {
  readonly texts = new Map<string, string>();
  /** Topics that the broker had kept when it came. */
  readonly kept = new Set<string>();

  private constructor(private readonly client: MqttClient) {
    client.on("message", (topic, payload, { retain }) => {
      this.texts.set(topic, textOf(payload));
      if (retain) this.kept.add(topic);
    });
  }

  static async of({ port }: { readonly port: number }, filter = "#"): Promise<Reader> {
    const client = await connectAsync({ host: "127.0.0.1", port });
    const reader = new Reader(client);
    await client.subscribeAsync(filter, { qos: 0 });
    return reader;
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }
}
