/** A payload as a text that can be compared, byte by byte, whatever it is. */
export function textOf(bytes: Buffer): string {
  return bytes.toString("latin1");
}

interface SentBuffer {
  readonly type: "Buffer";
  readonly data: readonly number[];
}

/** The same of a payload that core's `mqtt out` got: it sends nothing of what is unknown, and objects as JSON. */
export function sentText(payload: unknown): string {
  if (payload === null || payload === undefined) return "";
  if (isSentBuffer(payload)) return textOf(Buffer.from(payload.data));
  return textOf(Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)));
}

/** A buffer as it comes from the process of Node-RED. */
function isSentBuffer(payload: unknown): payload is SentBuffer {
  return typeof payload === "object" && payload !== null && "type" in payload && payload.type === "Buffer";
}
