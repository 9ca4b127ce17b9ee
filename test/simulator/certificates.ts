import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate again, as the authority that clients have to trust. */
  readonly caFile: string;
  /** Removes the file. */
  remove(): void;
}

/** A certificate for this machine, good for a few days. */
export async function createCertificate(): Promise<Certificate> {
  const altNames = [
    { type: 2 as const, value: "localhost" },
    { type: 7 as const, ip: "127.0.0.1" },
  ];
  const extensions = [
    { name: "basicConstraints" as const, cA: true },
    { name: "subjectAltName" as const, altNames },
  ];
  const name = [{ name: "commonName", value: "Simulated BMW" }];
  // A day early, so that a test may set its clock back.
  const notBeforeDate = new Date(Date.now() - 24 * 3600 * 1000);
  const { private: key, cert } = await generate(name, {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate,
    extensions,
  });
  const folder = mkdtempSync(join(tmpdir(), "cardata-simulator-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, cert);
  return {
    key,
    cert,
    caFile,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
