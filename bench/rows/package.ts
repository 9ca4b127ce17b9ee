import packageFile from "../../package.json";
import { tarball } from "../../test/helpers/packed.js";
import type { Result } from "../lib/result.js";

const KB = 1000;

/** Limits the download of users: readable code with maps, so that the limits only catch what got in by mistake. */
export async function measure(): Promise<Result[]> {
  const { size, unpackedSize } = tarball();
  const dependencies = Object.keys(packageFile.dependencies).length;
  return [
    atMost("tarball", size / KB, 1500, " kB"),
    atMost("unpacked", unpackedSize / KB, 8000, " kB"),
    atMost("direct dependencies", dependencies, 6, ""),
  ];
}

function atMost(what: string, value: number, limit: number, unit: string): Result {
  return { what, measured: `${Math.ceil(value)}${unit}`, budget: `<= ${limit}${unit}`, isMet: value <= limit };
}
