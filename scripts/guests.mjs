// What `npm run test:homeassistant` and `npm run test:programs` share: bringing programs of others here, and running them alone.
import { join } from "node:path";
import { compiled, run } from "./run.mjs";

/** Debian keeps programs of the system apart. */
export const SYSTEM_PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Runs a part of an installation; throws the last line of what went wrong. */
export async function installing(title, command, args, how = {}) {
  console.log(`Installing ${title} ...`);
  const { code, output } = await run(command, args, { quiet: true, ...how });
  if (code !== 0) throw new Error(`${title}: ${output.trim().split("\n").at(-1)}`);
}

/** A package of this Debian. */
export async function installPackage(name) {
  const get = ["install", "--yes", "--no-install-recommends", name];
  if ((await run("apt-get", get, { quiet: true })).code === 0) return;
  await run("apt-get", ["update"], { quiet: true });
  await installing(name, "apt-get", get);
}

/**
 * Runs a compiled program where there is no network but loopback, if the system can do that; resolves to its exit code.
 * @param first shell commands that run there before it
 */
export async function runAlone(main, { options = [], env = {}, first = [] } = {}) {
  const args = ["--enable-source-maps", ...options, join(compiled, main), ...process.argv.slice(2)];
  const isolation = ["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const lone = ["ip link set lo up", ...first, `exec "$0" "$@"`].join(" && ");
  const all = { PATH: SYSTEM_PATH, ...env };
  const canIsolate =
    (await run("unshare", [...isolation, "sh", "-c", lone, "true"], { quiet: true, env: all })).code === 0;
  if (!canIsolate) console.log("The network cannot be shut out here; nothing but loopback is used all the same.");
  const [program, before] = canIsolate
    ? ["unshare", [...isolation, "sh", "-c", lone, process.execPath]]
    : [process.execPath, []];
  return (await run(program, [...before, ...args], { env: all })).code;
}
