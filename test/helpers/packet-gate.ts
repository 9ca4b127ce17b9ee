/** The bytes of one MQTT connection, as far as it takes to see how large each packet is. */
export class PacketGate {
  /** Bytes of the packet under way that are still to come. */
  #left = 0;
  /** Bytes of its fixed header so far, and what they say of its length. */
  #header = 0;
  #length = 0;

  constructor(private readonly maximumPacketSize: number) {}

  /**
   * Takes the next bytes; false as soon as one packet is too large by its header. Seen at Mosquitto 2.0.11 with
   * `max_packet_size 2000000` (which is the default of 2.1) on 2026-11-29: as soon as it has read the header it logs
   * "disconnected due to oversize packet" and resets the connection; a client of MQTT 5 gets DISCONNECT with reason
   * code 149 before.
   */
  lets(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      } else if (!this.#readsHeader(chunk[at++] ?? 0)) return false;
    }
    return true;
  }

  /** The first byte is the kind of the packet; then come seven bits of its length in each, the lowest first. */
  #readsHeader(byte: number): boolean {
    this.#header++;
    if (this.#header === 1) return true;
    this.#length += (byte & 0x7f) * 128 ** (this.#header - 2);
    if (byte >= 0x80) return true;
    const [header, length] = [this.#header, this.#length];
    this.#header = 0;
    this.#length = 0;
    this.#left = length;
    return header + length <= this.maximumPacketSize;
  }
}
