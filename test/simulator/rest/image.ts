import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { SimulatedCar } from "../cars/car.js";
import type { ServerAnswer } from "../http.js";
import { refused } from "./refused.js";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const WIDTH = 48;
const HEIGHT = 24;

/** A picture of the car: a field in a colour of its own. */
export function imageAnswer({ vin, design }: SimulatedCar): ServerAnswer {
  if (design.services?.hasImage === false) return refused("CU-126");
  const colour = createHash("sha256").update(vin).digest().subarray(0, 3);
  return { status: 200, body: png(colour, design.services?.imageBytes), type: "image/png" };
}

/**
 * 8 bits per channel, RGB; a gradient, so that it does not compress to nothing.
 * @param padding bytes that make it as large as BMW's, in a chunk that nobody shows
 */
function png(colour: Buffer, padding = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const pixels = Array.from({ length: WIDTH }, (_, x) => [...colour].map((part) => (part + x * y) % 256));
    return Buffer.from([0, ...pixels.flat()]);
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    ...(padding === 0 ? [] : [chunk("paDd", Buffer.alloc(padding, colour))]),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
