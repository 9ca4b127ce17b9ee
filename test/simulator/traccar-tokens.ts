import { createHmac } from "node:crypto";

/** What Traccar makes of a token: it is good, or the request ends with a status and the trace of an exception. */
export type TokenVerdict = "good" | { readonly status: number; readonly trace: string };

/** Invented. */
const KEY = "simulated key of a Traccar";
const SIGNATURE_HEAD = Buffer.from([0x30, 0x44, 0x02, 0x20]);
const SECOND_NUMBER = Buffer.from([0x02, 0x20]);

/** Makes a token of Traccar 6: the length of the signature, the signature, and JSON with user and expiry. */
export function traccarToken(expiresAt: number, key = KEY): string {
  const expiry = new Date(expiresAt).toISOString().replace("Z", "+00:00");
  const content = Buffer.from(JSON.stringify({ u: 1, e: expiry }));
  const signature = signatureOf(content, key);
  return Buffer.concat([Buffer.from([signature.length]), signature, content]).toString("base64url");
}

/** Reads a token as Traccar 6.14.5 does, which tells each way of failing by another status. */
export function verdictOn(token: string, now: number): TokenVerdict {
  const bytes = Buffer.from(token, "base64");
  const length = bytes.length === 0 ? -1 : bytes.readInt8(0);
  if (length < 0 || 1 + length > bytes.length) return unreadable(length, bytes.length);
  const signature = bytes.subarray(1, 1 + length);
  if (signature.length < 2 || signature[0] !== 0x30 || signature[1] !== length - 2) return BAD_SIGNATURE;
  const content = bytes.subarray(1 + length);
  if (!signature.equals(signatureOf(content, KEY))) return UNAUTHORISED;
  const { e } = JSON.parse(content.toString("utf8")) as { readonly e: string };
  return Date.parse(e) < now ? UNAUTHORISED : "good";
}

/** Shaped as an ECDSA signature in DER: two numbers of 32 bytes. */
function signatureOf(content: Buffer, key: string): Buffer {
  const [one, other] = ["r", "s"].map((name) => createHmac("sha256", key).update(name).update(content).digest());
  return Buffer.concat([SIGNATURE_HEAD, one!, SECOND_NUMBER, other!]);
}

function unreadable(length: number, size: number): TokenVerdict {
  const what = `arraycopy: last source index ${1 + length} out of bounds for byte[${size}]`;
  const where = "(... < CryptoManager:68 < TokenManager:74 < LoginService:77 < ...)";
  return { status: 400, trace: `${what} - ArrayIndexOutOfBoundsException ${where}` };
}

const BAD_SIGNATURE: TokenVerdict = {
  status: 500,
  trace:
    "Signature encoding error - SignatureException (... < CryptoManager:70 < TokenManager:74 < LoginService:77 < ...)",
};

export const UNAUTHORISED: Exclude<TokenVerdict, "good"> = {
  status: 401,
  trace: "HTTP 401 Unauthorized - WebApplicationException (SecurityRequestFilter:117 < ...)",
};
