import { announcing, type AnnouncingOptions } from "./announcing.js";
import { CoreMqttOut } from "./core-mqtt-out.js";

/**
 * A node that announces, wired to core's `mqtt out` and to a status node.
 * @param maximumPacketSize what the broker takes, in bytes
 * @param broker what it keeps already
 * @param receiveMaximum messages that it takes without having answered them
 */
export function wiredAnnouncer(
  maximumPacketSize: number,
  options: AnnouncingOptions = {},
  broker = new Map<string, string | Buffer>(),
  receiveMaximum?: number,
) {
  // The one needs the other; nothing is sent before both are there.
  const out: { node?: CoreMqttOut } = {};
  const work = announcing({ send: (messages) => out.node?.send(messages), ...options });
  const report = (message: object) => work.take(message);
  const core = new CoreMqttOut(work.clock, maximumPacketSize, report, broker, receiveMaximum);
  out.node = core;
  core.connect();
  const pass = (ms: number) => {
    work.clock.runTo(work.clock.now() + ms);
  };
  return { ...work, core, pass };
}
