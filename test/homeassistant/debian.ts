import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The folder of the Debian that `scripts/homeassistant.mjs` has installed. */
const ROOT = process.env["CARDATA_DEBIAN"] ?? "";
/** With Home Assistant in it. */
export const PYTHON = "/opt/homeassistant/bin/python";

/** A temporary folder of that Debian, gone when the run ends. */
export interface InnerFolder {
  /** As this system sees it. */
  readonly outer: string;
  /** As the programs of that Debian see it. */
  readonly inner: string;
}

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function innerFolder(name: string): InnerFolder {
  const outer = mkdtempSync(join(ROOT, "tmp", `cardata-${name}-`));
  folders.push(outer);
  return { outer, inner: outer.slice(ROOT.length) };
}

/** Starts a program of that Debian; it dies with this process where the run has its own namespaces. */
export function startInner(program: string, args: readonly string[]): ChildProcess {
  const environment = ["PATH=/opt/homeassistant/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"];
  const command = [ROOT, "/usr/bin/env", "-i", ...environment, program, ...args];
  return spawn("chroot", command, { stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a program of that Debian; resolves to what it prints. */
export async function runInner(program: string, ...args: readonly string[]): Promise<string> {
  const child = startInner(program, args);
  let [output, errors] = ["", ""];
  child.stdout?.on("data", (chunk) => (output += String(chunk)));
  child.stderr?.on("data", (chunk) => (errors += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${code ?? "a signal"}: ${errors.slice(-500)}`);
  return output;
}

/** Ends a program as the system does at a shutdown. */
export async function stopInner(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
