import type { Problem } from "../support/errors.js";

/** Holds everything needed to open one MQTT 3.1.1 connection and to subscribe to one topic filter. */
export interface StreamTarget {
  /** `mqtts://host:port`, or `mqtt://` where encryption is off. */
  readonly url: string;
  readonly clientId: string;
  /** Whether the broker keeps for this client what comes while it is away. */
  readonly keepsSession: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly topic: string;
  /**
   * Whether the broker may keep many messages below the topic: Mosquitto gives a subscription of QoS 1 only 1,020 of them, one
   * of QoS 0 all.
   */
  readonly readsKept?: boolean;
  readonly minVersion?: "TLSv1.3";
  /** PEM file of a certificate authority to trust instead of the system's. */
  readonly caFile?: string;
  /** False accepts any certificate (custom broker, `tls-insecure`). */
  readonly verifyCertificate: boolean;
}

/** Receives the events of a connection; none comes after `onClosed`. */
export interface TransportEvents {
  /** CONNACK 0. */
  onAccepted(): void;
  /** CONNACK 1 to 5. */
  onRefused(returnCode: number): void;
  onSubscribed(granted: boolean): void;
  onMessage(topic: string, payload: Buffer, retained: boolean): void;
  /** The socket is closed, with the reason if the network gave one. */
  onClosed(problem: Problem | null): void;
}

export interface StreamConnection {
  /** Sends DISCONNECT; resolves when the socket is closed, after two seconds at most. */
  close(): Promise<void>;
}

export type OpenStream = (target: StreamTarget, events: TransportEvents) => StreamConnection;
