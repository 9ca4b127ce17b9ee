import type { VehicleView } from "../lib/admin-contract.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { traccarText } from "./widgets/text.js";
import { TrackerList } from "./widgets/tracker-list.js";
import { checkTrackers, checkWebAddress, checkWholeNumber, validator } from "./widgets/validators.js";

const SECONDS_OF_DAY = 24 * 60 * 60;
const SHORTEST_INTERVAL_S = 10;

let account: AccountChoice | null = null;
let devices: TrackerList | null = null;

function field(name: string): string {
  return String($(`#node-input-${name}`).val() ?? "");
}

function finish(): void {
  account?.close();
  account = null;
  devices = null;
}

RED.nodes.registerType("cardata-traccar", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-traccar.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel: "cardata traccar",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "cardata-account", required: true },
    server: { value: "", validate: validator((value) => checkWebAddress(value, traccarText("invalid.server"))) },
    devices: { value: [], validate: validator((value) => checkTrackers(value, traccarText("invalid.devices"))) },
    interval: {
      value: "60",
      validate: validator((value) =>
        checkWholeNumber(value, traccarText("invalid.interval"), SHORTEST_INTERVAL_S, SECONDS_OF_DAY),
      ),
    },
    mode: { value: "trips" },
  },
  credentials: { token: { type: "password" } },
  label() {
    return this.name || "cardata traccar";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => traccarText("port.input"),
  outputLabels: () => traccarText("port.speed"),
  oneditprepare() {
    // What an older version did not store would leave a list without a choice.
    if (!this.mode) $("#node-input-mode").val("trips");
    const list = new TrackerList(this.devices, () => ({
      node: this.id,
      server: field("server"),
      token: field("token"),
    }));
    devices = list;
    account = new AccountChoice({
      hint: "#cardata-traccar-hint",
      onCars: (_account: string | null, cars: readonly VehicleView[]) => {
        list.showCars(cars);
      },
    });
  },
  oneditsave() {
    this.devices = devices?.value ?? [];
    finish();
  },
  oneditcancel: finish,
});
