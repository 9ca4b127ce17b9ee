import assert from "node:assert/strict";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { DASHBOARD, playDashboard } from "../helpers/dashboard-scene.js";
import { SOC, type FlowNode } from "../helpers/flow.js";
import { EXAMPLE_FILES } from "../helpers/examples.js";
import type { Preparation } from "../helpers/example-at-work.js";
import { Stage } from "../helpers/example-stage.js";
import { linkPackage, ROOT } from "../helpers/node-red.js";
import { temporaryFolder } from "../helpers/red-process.js";

const CAR = "WBY1Z2C30N7A00031";
const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const ODOMETER = "vehicle.vehicle.travelledDistance";
const DOOR = "vehicle.cabin.door.row1.driver.isOpen";

const SERVER: FlowNode = {
  ...{ id: "ha-server", type: "server", name: "Home Assistant", version: 7, addon: false, connectionDelay: false },
  ...{ rejectUnauthorizedCerts: true, ha_boolean: "y|yes|true|on|home|open", cacheJson: false, heartbeat: false },
  credentials: { host: "http://127.0.0.1:9", access_token: "none" },
};
/** Folders that may hold the modules of others: that of the variable (as `npm install` leaves it), and this clone. */
const SHELVES = [process.env["CARDATA_EXAMPLE_MODULES"], ROOT].filter((folder) => folder !== undefined);

interface Guest extends Preparation {
  readonly module: string;
  /** Modules that cannot be installed here. */
  readonly excused?: RegExp;
  readonly play: (stage: Stage) => Promise<void>;
}

type Message = Record<string, unknown>;

/** The purpose of each of these examples, where its module is installed. */
const GUESTS: Readonly<Record<string, Guest>> = {
  "FlowFuse Dashboard": {
    module: "@flowfuse/node-red-dashboard",
    ...DASHBOARD,
    play: playDashboard,
  },
  "Home Assistant nodes": {
    module: "node-red-contrib-home-assistant-websocket",
    // The user chooses a server; here nobody listens at its address.
    change: (node) => (node.type === "ha-entity-config" ? { ...node, server: SERVER.id } : node),
    more: [SERVER],
    excused: /ECONNREFUSED|connect|Home Assistant/i,
    play: async (stage) => {
      stage.publish(CAR, { [SOC]: 63, [RANGE]: 240, [DOOR]: "CLOSED" });
      const timestamp = new Date().toISOString();
      const data = { [ODOMETER]: { value: 1000, unit: "km", timestamp } };
      stage.simulator.publish(CAR, { vin: CAR, entityId: "entity", topic: CAR, timestamp, data });
      for (const [name, payload] of [
        ["battery level", 63],
        ["range", 240],
        ["driver's door", false],
      ] as const)
        await stage.message(stage.node("cardata-stream", name), (message) => message["payload"] === payload);
      const id = `bmw_cardata_${CAR.toLowerCase()}_vehicle_travelledDistance`;
      const { text } = await stage.arrival(`homeassistant/sensor/own_${CAR}/vehicle_travelledDistance/config`);
      const config = JSON.parse(text) as Message;
      assert.deepEqual(
        [config["unique_id"], config["device_class"], config["unit_of_measurement"], config["state_class"]],
        [`own_${id}`, "distance", "km", "total_increasing"],
      );
      assert.ok(!("key" in config) && !("platform" in config));
      await stage.arrival(String(config["state_topic"]), "1000");
    },
  },
};

const shelfOf = (module: string) => SHELVES.find((folder) => existsSync(join(folder, "node_modules", module)));

/** A user folder with this package and that of somebody else. */
function folderWith(module: string, shelf: string): string {
  const userDir = temporaryFolder("guest");
  linkPackage(userDir);
  const target = join(userDir, "node_modules", module);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(shelf, "node_modules", module), target, "dir");
  return userDir;
}

describe("examples with nodes of others", () => {
  it("are all played", () => {
    const folders = new Set(EXAMPLE_FILES.filter((file) => file.includes("/")).map((file) => file.split("/")[0]));
    assert.deepEqual(Object.keys(GUESTS).sort(), [...folders].sort());
  });

  for (const [folder, { module, play, excused = /^$/, ...preparation }] of Object.entries(GUESTS)) {
    const shelf = shelfOf(module);
    const files = EXAMPLE_FILES.filter((file) => file.startsWith(`${folder}/`));
    const title =
      shelf === undefined ? `(not run: ${module} is not installed, see CONTRIBUTING.md)` : "do what they say";
    it(`in “${folder}” ${title}`, async function () {
      if (shelf === undefined) {
        this.skip();
        return;
      }
      const stage = await Stage.open(folderWith(module, shelf));
      try {
        for (const file of files) {
          await stage.play(file, preparation);
          await play(stage);
          assert.deepEqual(stage.strangers(), [], "values that were not chosen");
          const errors = stage.errors().filter((error) => !excused.test(error));
          assert.deepEqual(errors, [], file);
        }
      } finally {
        await stage.close();
      }
    });
  }
});
