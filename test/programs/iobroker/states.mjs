// Prints the states of the MQTT adapter as JSON: `node states.mjs FOLDER`, FOLDER being that of ioBroker.
import console from "node:console";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const home = createRequire(join(process.argv[2], "package.json"));
const { Client } = home("@iobroker/db-states-redis");
const { states: connection } = home("./iobroker-data/iobroker.json");
const quiet = () => undefined;
const logger = { silly: quiet, debug: quiet, info: quiet, warn: console.error, error: console.error };

async function print() {
  const ids = await client.getKeys("mqtt.0.*");
  const states = await client.getStates(ids);
  const values = ids.map((id, index) => [id, states[index]?.val ?? null]);
  process.stdout.write(JSON.stringify(Object.fromEntries(values)), () => process.exit(0));
}

const client = new Client({
  connection,
  logger,
  hostname: "reader",
  namespace: "reader",
  connected: () => void print(),
});
