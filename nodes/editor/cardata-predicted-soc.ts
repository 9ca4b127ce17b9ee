import { PREDICTED_SOC_SCHEMA } from "../../src/settings/predicted-soc-schema.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { carLabel } from "./widgets/car-names.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { socText } from "./widgets/text.js";

let account: AccountChoice | null = null;

function finish(): void {
  closeSettings(PREDICTED_SOC_SCHEMA);
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
    account: ACCOUNT_PROPERTY,
    ...settingsOf(PREDICTED_SOC_SCHEMA),
  },
  label() {
    return this.name || `cardata ${carLabel(this)} predicted soc`.replace("  ", " ");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => socText("port.input"),
  outputLabels: (index) => socText(["port.predicted", "port.magic", "port.learning"][index] ?? "port.predicted"),
  oneditprepare() {
    openSettings(PREDICTED_SOC_SCHEMA, this);
    account = new AccountChoice({ hint: "#cardata-predicted-soc-hint" });
  },
  oneditsave: finish,
  oneditcancel: finish,
});
