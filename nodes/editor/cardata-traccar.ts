import { TRACCAR_SCHEMA } from "../../src/settings/traccar-schema.js";
import type { VehicleView } from "../lib/admin-contract.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { traccarText } from "./widgets/text.js";
import { TrackerList } from "./widgets/tracker-list.js";

let account: AccountChoice | null = null;
let devices: TrackerList | null = null;

function field(name: string): string {
  return String($(`#node-input-${name}`).val() ?? "");
}

function finish(): void {
  closeSettings(TRACCAR_SCHEMA);
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
    account: ACCOUNT_PROPERTY,
    ...settingsOf(TRACCAR_SCHEMA),
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
    openSettings(TRACCAR_SCHEMA, this);
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
    // What is saved can be asked for at once; the server does not answer users who may only read.
    const isSaved = field("server") !== "" && this.credentials?.has_token === true;
    if (isSaved && RED.user.hasPermission("cardata-account.write")) void list.load();
  },
  oneditsave() {
    this.devices = devices?.value ?? [];
    finish();
  },
  oneditcancel: finish,
});
