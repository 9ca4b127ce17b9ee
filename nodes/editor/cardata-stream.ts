import type { DescriptorView, VehicleView } from "../lib/admin-contract.js";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { get, getResource, messageOf } from "./widgets/api.js";
import { DescriptorPicker, type CatalogueEntry } from "./widgets/descriptor-picker.js";
import { streamText } from "./widgets/text.js";
import { checkDescriptors, checkVin, validator } from "./widgets/validators.js";
import { VehiclePicker } from "./widgets/vehicle-picker.js";

/** No descriptor of BMW, but what a node has to choose for positions. */
const LOCATION: CatalogueEntry = { id: "location", name: "Location", category: "Vehicle status" };

let descriptors: DescriptorPicker | null = null;
/** Counts requests, so that a slow answer for an account chosen before is dropped. */
let request = 0;

/** Cars and descriptors that the runtime knows of the chosen account; asks BMW nothing. */
async function load(account: string, vehicles: VehiclePicker, picker: DescriptorPicker): Promise<void> {
  const mine = ++request;
  const hint = $("#cardata-stream-hint");
  vehicles.show([]);
  if (account === "" || account === "_ADD_") {
    hint.text(streamText("hint.noAccount"));
    return;
  }
  try {
    const path = `account/${encodeURIComponent(account)}`;
    const [cars, seen] = await Promise.all([
      get<VehicleView[]>(`${path}/vehicles`),
      get<DescriptorView[]>(`${path}/descriptors`),
    ]);
    if (mine !== request) return;
    vehicles.show(cars);
    picker.showSeen(seen);
    hint.text(cars.length === 0 ? streamText("hint.noCars") : "");
  } catch (error) {
    if (mine === request) hint.text(messageOf(error));
  }
}

RED.nodes.registerType("cardata-stream", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-stream.svg",
  inputs: 1,
  outputs: 2,
  paletteLabel: "cardata stream",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "cardata-account", required: true },
    vehicle: { value: "", validate: validator((value) => checkVin(value, streamText("invalid.vin"))) },
    descriptors: {
      value: [],
      validate: validator((value) => checkDescriptors(value, streamText("invalid.descriptor"))),
    },
    form: { value: "each" },
    onlyChanges: { value: false },
    restore: { value: false },
    values: { value: false },
  },
  label() {
    const vehicle = String(this.vehicle ?? "");
    if (this.name) return this.name;
    // Labels are in every screenshot that people share, so no full VIN.
    return vehicle === "" || vehicle.startsWith("$") ? "cardata stream" : `cardata …${vehicle.slice(-4)}`;
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => streamText("port.command"),
  outputLabels: (index) => streamText(index === 0 ? "port.values" : "port.events"),
  oneditprepare() {
    const vehicles = new VehiclePicker("#node-input-vehicle");
    const picker = new DescriptorPicker(this.descriptors);
    descriptors = picker;
    if (!this.form) $("#node-input-form").val("each");
    const account = $("#node-input-account");
    let shown = String(account.val() ?? "");
    const reload = () => {
      // Node-RED also tells of a change when it opens the dialog.
      const chosen = String(account.val() ?? "");
      if (chosen === shown) return;
      shown = chosen;
      void load(chosen, vehicles, picker);
    };
    const catalogue = getResource<CatalogueEntry[]>(`resources/${PACKAGE_NAME}/catalogue.json`);
    const loaded = load(shown, vehicles, picker);
    account.on("change", reload);
    Promise.all([catalogue, loaded]).then(
      ([entries]) => {
        picker.showCatalogue([...entries, LOCATION]);
      },
      (error: unknown) => {
        $("#cardata-stream-hint").text(messageOf(error));
      },
    );
  },
  oneditsave() {
    this.descriptors = descriptors?.value ?? [];
    request++;
  },
  oneditcancel() {
    request++;
  },
});
