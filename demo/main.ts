import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { linkPackage, startNodeRed, type LogLine, type RunningNodeRed } from "../test/helpers/node-red.js";
import { startBroker, type PlainBroker } from "../test/helpers/plain-broker.js";
import { startSimulator, type Simulator } from "../test/simulator/index.js";
import demoFlow from "./flow.json";
import { DemoReport } from "./report.js";
import { deployFlow, logIn, tellCharges } from "./set-up.js";

const USUAL_PORT = 1880;
const PORTS_TRIED = 20;
const WARN_LEVEL = 30;
/** After the first values, as if Home Assistant had been started a little later. */
const BIRTH_AFTER_MS = 15_000;

/**
 * Runs a simulated BMW, an MQTT broker, real Node-RED and the demo flow, all on loopback, until Ctrl-C or for
 * `--seconds`. Sets the exit code.
 */
async function demo(args: string[]): Promise<void> {
  const seconds = parseSeconds(args);
  if (seconds === null) return;
  const userDir = mkdtempSync(join(tmpdir(), "cardata-demo-"));
  const simulator = await startSimulator({ autoApprove: true });
  const broker = await startBroker();
  const report = new DemoReport(demoFlow, simulator.cars);
  let red: RunningNodeRed | null = null;
  const stopped = stopSignal();
  try {
    linkPackage(userDir);
    red = await startOnFreePort(userDir, report);
    const page = `${red.url}/cardata`;
    console.log(`The cars: ${page}\nNode-RED ${red.version} with the flow of the demo: ${red.url}`);
    console.log("Logging in at the simulated BMW ...");
    const accountId = "demo-account";
    await logIn(red.url, accountId, simulator);
    await deployFlow(red.url, accountId, simulator, demoFlow.map(atBroker(broker)));
    console.log(`Logged in. Open ${page} to see one car charge and one drive; Ctrl-C ends the demo.\n`);
    report.begin();
    void tellCharges(simulator);
    setTimeout(() => {
      broker.publish("homeassistant/status", Buffer.from("online"));
    }, BIRTH_AFTER_MS);
    await Promise.race([stopped, ...(seconds === undefined ? [] : [passed(seconds)])]);
    process.exitCode = summarise(report, simulator, seconds !== undefined);
  } catch (error) {
    console.error(`The demo could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    await red?.stop();
    await broker.stop();
    await simulator.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
  // Node-RED leaves a few timers behind.
  process.exit();
}

/** The broker of the flow is that of the demo. */
function atBroker({ port }: PlainBroker): (node: object) => object {
  return (node) => ("type" in node && node.type === "mqtt-broker" ? { ...node, port: String(port) } : node);
}

/** `undefined`: until Ctrl-C; `null`: unusable. */
function parseSeconds(args: string[]): number | undefined | null {
  try {
    const { values } = parseArgs({ args, options: { seconds: { type: "string" } } });
    if (values.seconds === undefined) return undefined;
    if (/^\d{1,6}$/.test(values.seconds) && Number(values.seconds) > 0) return Number(values.seconds);
  } catch {
    // Reported below.
  }
  console.error("Usage: npm start [-- --seconds N]");
  process.exitCode = 2;
  return null;
}

async function startOnFreePort(userDir: string, report: DemoReport): Promise<RunningNodeRed> {
  // Node-RED itself also warns about what every new user folder lacks.
  const onLog = ({ level, id, msg }: LogLine) => {
    if (id !== undefined && level <= WARN_LEVEL) console.log(`! ${String(msg)}`);
  };
  const port = await freePort();
  return startNodeRed({ userDir, port, onLog, onSend: report.take });
}

async function freePort(): Promise<number> {
  for (let port = USUAL_PORT; port < USUAL_PORT + PORTS_TRIED; port++) if (await isFree(port)) return port;
  return 0;
}

async function isFree(port: number): Promise<boolean> {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => {
      resolve(false);
    });
    probe.listen(port, "127.0.0.1", () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    // Not `once`: a library raises the signal again, and without a listener that would be the end.
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        resolve();
      });
  });
}

function passed(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Prints what happened; returns the exit code. */
function summarise(report: DemoReport, simulator: Simulator, mustBeComplete: boolean): number {
  console.log(`\n${report.summary()}\nREST calls used: ${simulator.log.count("rest*")}`);
  const missing = report.missing();
  if (missing.length === 0 || !mustBeComplete) return 0;
  console.error(`Not everything was seen: ${missing.join("; ")}`);
  return 1;
}

void demo(process.argv.slice(2));
