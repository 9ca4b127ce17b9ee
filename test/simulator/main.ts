import { parseArgs } from "node:util";
import { startSimulator, type Simulator, type SimulatorOptions } from "./index.js";

const FIXED_PORTS = {
  oauthPort: 18_080,
  apiPort: 18_081,
  streamPort: 18_883,
  traccarPort: 18_082,
  controlPort: 18_089,
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "auto-approve": { type: "boolean", default: false } } });
  const simulator = await start({ autoApprove: values["auto-approve"] });
  console.log(describe(simulator, values["auto-approve"]));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void simulator.stop().then(() => process.exit(0)));
}

/** The usual ports where they are free, so that an account may keep its settings; others where not. */
async function start(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator({ ...options, ...FIXED_PORTS });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startSimulator(options);
  }
}

function describe(simulator: Simulator, autoApprove: boolean): string {
  return `The simulated BMW is running. Point a CarData account at it, under "Advanced":

  Servers          Other addresses (simulator)
  Login server     ${simulator.oauthUrl}
  REST server      ${simulator.apiUrl}
  Stream server    ${simulator.streamUrl}
  CA file          ${simulator.caFile}

and under "Connection":

  Client ID        ${simulator.clientId}

A cardata traccar node has

  Traccar address  ${simulator.traccarUrl}
  Token            ${simulator.traccar.token}

${autoApprove ? "Logins are approved by themselves." : `Confirm a login at ${simulator.oauthUrl}/link`}
Cars: ${simulator.cars.map(({ model, vin }) => `${model} (${vin})`).join(", ")}
Control (faults, truth): ${simulator.controlUrl}
Ctrl-C ends it.`;
}

void main();
