// npm run test:homeassistant [-- --only catalogue,lives]: the package at a real Home Assistant and Mosquitto, on loopback alone.
// npm run test:homeassistant -- --pictures: the pictures of a car's page in docs/, drawn by it.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onceFor } from "./fingerprint.mjs";
import { installing, installPackage, runAlone, SYSTEM_PATH } from "./guests.mjs";
import { ensurePacked, run } from "./run.mjs";

const HOME_ASSISTANT = "2026.11.0";
/** What that version pins (`homeassistant/package_constraints.txt`). */
const FRONTEND = "home-assistant-frontend==20261028.4";
/** Home Assistant needs at least 3.14.2, which only Debian's `sid` has. */
const PACKAGES = ["ca-certificates", "mosquitto", "python3.14", "python3.14-venv"];
/** What its parts would install at their first start: MQTT and its dialog, and the recorder. */
const REQUIREMENTS = [
  "paho-mqtt==2.1.0",
  "aiohasupervisor==0.8.1",
  "fnv-hash-fast==2.0.3",
  "psutil-home-assistant==0.0.1",
];
const PIP = ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"];

/** Outside the clone, so that nothing is ever committed of it and a second run is quick. */
const home = join(tmpdir(), "cardata-homeassistant");
const debian = join(home, "sid");
/** Beside its environment, so that only those houses have it that want it. */
const FRONTEND_FOLDER = "/opt/frontend";
const PYTHON = "/opt/homeassistant/bin/python";
const wantsPictures = process.argv.includes("--pictures");

const problem = await install();
if (problem === null) process.exitCode = await test();
else console.log(`Home Assistant ${HOME_ASSISTANT} cannot be had here: ${problem}\n0 passed, 0 failed, 1 skipped`);

/** Resolves to why it is impossible, or `null`. */
async function install() {
  if (process.platform !== "linux" || process.getuid() !== 0) return "a Debian beside this system needs root on Linux.";
  try {
    const print = [HOME_ASSISTANT, ...PACKAGES, ...REQUIREMENTS].join(" ");
    await onceFor(join(home, "stamp"), join(debian, "opt/homeassistant/pyvenv.cfg"), print, build);
    await onceFor(join(home, "frontend"), join(debian, FRONTEND_FOLDER), FRONTEND, addFrontend);
    return null;
  } catch (error) {
    return error.message;
  }
}

async function build() {
  mkdirSync(home, { recursive: true });
  rmSync(debian, { recursive: true, force: true });
  const part = `${debian}.part`;
  rmSync(part, { recursive: true, force: true });
  if ((await run("debootstrap", ["--version"], { quiet: true })).code !== 0) await installPackage("debootstrap");
  const include = `--include=${PACKAGES.join(",")}`;
  await step("Debian's sid", "debootstrap", ["--variant=minbase", include, "sid", part]);
  // A proxy of this machine may have its own authority.
  const authorities = "/etc/ssl/certs/ca-certificates.crt";
  if (existsSync(authorities)) cpSync(authorities, join(part, authorities), { dereference: true });
  const within = (title, ...command) => step(title, "chroot", [part, ...command]);
  await within("Python's environment", "python3.14", "-m", "venv", "/opt/homeassistant");
  await within(`Home Assistant ${HOME_ASSISTANT}`, PYTHON, ...PIP, `homeassistant==${HOME_ASSISTANT}`, ...REQUIREMENTS);
  renameSync(part, debian);
}

async function addFrontend() {
  rmSync(join(debian, FRONTEND_FOLDER), { recursive: true, force: true });
  const command = [PYTHON, ...PIP, "--no-deps", "--target", FRONTEND_FOLDER, FRONTEND];
  await step("the frontend", "chroot", [debian, ...command]);
}

async function step(title, command, args) {
  // What the environment says of pip belongs to this machine's Python, not to that one.
  const PIP_CERT = "/etc/ssl/certs/ca-certificates.crt";
  const env = { PATH: SYSTEM_PATH, LANG: "C.UTF-8", PIP_CERT, PIP_FIND_LINKS: "", PYTHONPATH: "" };
  await installing(title, command, args, { env });
}

async function test() {
  await ensurePacked();
  // Node.js before 22 has `WebSocket` only behind this flag.
  const options = ["--experimental-websocket", "--disable-warning=ExperimentalWarning"];
  const first = [`mount -t proc proc "$CARDATA_DEBIAN/proc"`];
  const main = `test/homeassistant/${wantsPictures ? "pictures" : "main"}.js`;
  return runAlone(main, { options, env: { CARDATA_DEBIAN: debian }, first });
}
