import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { CarDataError, newProblem, reasonOf, type Problem } from "../support/errors.js";
import { readCertificate } from "../support/http.js";
import type { OpenStream, StreamConnection, StreamTarget, TransportEvents } from "./transport.js";

/** Keepalive [s]; BMW's broker closes connections with 60 s. */
const KEEPALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 20_000;
const GOODBYE_MS = 2000;
const CERTIFICATE_PROBLEM = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_SSL|ERR_TLS/;

/** Opens real MQTT connections. The library's own reconnect is off: it would reuse the old password and open second sockets. */
export const openMqttStream: OpenStream = (target, events) => {
  let client: MqttClient;
  try {
    client = mqtt.connect(target.url, optionsFor(target));
  } catch (error) {
    setImmediate(() => {
      events.onClosed(problemOf(error));
    });
    return { close: async () => undefined };
  }
  return attach(client, target, events);
};

function attach(client: MqttClient, target: StreamTarget, events: TransportEvents): StreamConnection {
  let problem: Problem | null = null;
  let open = true;
  const gone = new Promise<void>((resolve) => {
    client.once("close", () => {
      open = false;
      resolve();
      events.onClosed(problem);
    });
  });
  // First of all: an `error` event without a listener would end the process.
  client.on("error", (error) => {
    const code = returnCodeOf(error);
    if (code !== null && open) events.onRefused(code);
    else problem = problemOf(error);
  });
  client.on("connect", () => {
    events.onAccepted();
    subscribe(client, target, (granted) => {
      if (open) events.onSubscribed(granted);
    });
  });
  client.on("message", (from, payload, packet) => {
    if (open) events.onMessage(from, payload, packet.retain);
  });
  // Each message is processed before the next one is read: a burst must neither fill the memory nor block others.
  client.handleMessage = (_packet, done) => setImmediate(done);
  return { close: () => sayGoodbye(client, gone) };
}

/** Requests QoS 1, where much may be kept after QoS 0; a downgrade by the broker is fine. */
function subscribe(client: MqttClient, { topic, readsKept = false }: StreamTarget, done: (granted: boolean) => void) {
  const request = (qos: 0 | 1, then: (granted: boolean) => void) => {
    client.subscribe(topic, { qos }, (error, granted) => {
      then(!error && granted?.[0] !== undefined && granted[0].qos < 128);
    });
  };
  if (!readsKept) request(1, done);
  else
    request(0, (granted) => {
      if (granted) request(1, done);
      else done(false);
    });
}

async function sayGoodbye(client: MqttClient, gone: Promise<void>): Promise<void> {
  const impatience = setTimeout(() => client.end(true), GOODBYE_MS);
  // A client that never connected needs no DISCONNECT.
  client.end(!client.connected);
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2 * GOODBYE_MS).unref())]);
  clearTimeout(impatience);
}

function optionsFor(target: StreamTarget): IClientOptions {
  return {
    clientId: target.clientId,
    protocolVersion: 4,
    clean: !target.keepsSession,
    keepalive: KEEPALIVE_S,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    resubscribe: false,
    rejectUnauthorized: target.verifyCertificate,
    ...(target.username !== undefined && { username: target.username, password: target.password ?? "" }),
    ...(target.minVersion && { minVersion: target.minVersion }),
    ...(target.caFile !== undefined && { ca: readCertificate(target.caFile) }),
  };
}

/** Returns the CONNACK return code of a refusal; `null` for other errors, which carry text codes. */
function returnCodeOf(error: Error): number | null {
  const code: unknown = "code" in error ? error.code : null;
  return typeof code === "number" && code >= 1 && code <= 5 ? code : null;
}

function problemOf(error: unknown): Problem {
  if (error instanceof CarDataError) return error.problem;
  const reason = reasonOf(error);
  return newProblem(CERTIFICATE_PROBLEM.test(reason) ? "stream_tls" : "stream_network", { reason });
}
