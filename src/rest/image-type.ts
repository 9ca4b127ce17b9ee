/** Less is no picture of a car. */
const SMALLEST_IMAGE_BYTES = 100;

/** The first bytes of the kinds of pictures that BMW may send. */
const SIGNATURES: readonly (readonly [type: string, magic: Buffer])[] = [
  ["image/png", Buffer.from("89504e470d0a1a0a", "hex")],
  ["image/jpeg", Buffer.from("ffd8ff", "hex")],
];

/** What kind of picture the bytes are, `null` if they are none: BMW's word for it cannot be relied on. */
export function imageType(bytes: Buffer): string | null {
  if (bytes.length < SMALLEST_IMAGE_BYTES) return null;
  const found = SIGNATURES.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  return found?.[0] ?? null;
}
