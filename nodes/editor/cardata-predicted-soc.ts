import { AccountChoice } from "./widgets/account-choice.js";
import { socText, streamText, vehicleMark } from "./widgets/text.js";
import { checkNumber, checkVin, validator } from "./widgets/validators.js";

const LEAST_EFFICIENCY = 0.4;
const MOST_EFFICIENCY = 0.98;
const MOST_AUX_KW = 20;
const SECONDS_OF_DAY = 24 * 60 * 60;

let account: AccountChoice | null = null;

function finish(): void {
  account?.close();
  account = null;
}

RED.nodes.registerType("cardata-predicted-soc", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-predicted-soc.svg",
  inputs: 1,
  outputs: 3,
  paletteLabel: "cardata predicted soc",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "cardata-account", required: true },
    vehicle: { value: "", validate: validator((value) => checkVin(value, streamText("invalid.vin"))) },
    magic: { value: false },
    minEfficiency: {
      value: "0.82",
      validate: validator((value) =>
        checkNumber(value, socText("invalid.minEfficiency"), LEAST_EFFICIENCY, MOST_EFFICIENCY),
      ),
    },
    meterUnit: { value: "kW" },
    meterPriority: {
      value: "120",
      validate: validator((value) => checkNumber(value, socText("invalid.meterPriority"), 0, SECONDS_OF_DAY)),
    },
    auxKw: {
      value: "0.3",
      validate: validator((value) => checkNumber(value, socText("invalid.auxKw"), 0, MOST_AUX_KW)),
    },
  },
  label() {
    return this.name || `cardata ${vehicleMark(this.vehicle)} predicted soc`.replace("  ", " ");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => socText("port.input"),
  outputLabels: (index) => socText(["port.predicted", "port.magic", "port.learning"][index] ?? "port.predicted"),
  oneditprepare() {
    // What an older version did not store would leave a list without a choice.
    if (!this.meterUnit) $("#node-input-meterUnit").val("kW");
    account = new AccountChoice({ hint: "#cardata-predicted-soc-hint" });
  },
  oneditsave: finish,
  oneditcancel: finish,
});
