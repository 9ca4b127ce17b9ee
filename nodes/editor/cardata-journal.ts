import { JOURNAL_SCHEMA } from "../../src/settings/journal-schema.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { carLabel } from "./widgets/car-names.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { journalText } from "./widgets/text.js";

let account: AccountChoice | null = null;

function finish(): void {
  closeSettings(JOURNAL_SCHEMA);
  account?.close();
  account = null;
}

RED.nodes.registerType("cardata-journal", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-journal.svg",
  inputs: 1,
  outputs: 2,
  paletteLabel: "cardata journal",
  defaults: {
    name: { value: "" },
    account: ACCOUNT_PROPERTY,
    ...settingsOf(JOURNAL_SCHEMA),
  },
  label() {
    return this.name || `cardata ${carLabel(this)} journal`.replace("  ", " ");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => journalText("port.input"),
  outputLabels: (index) => journalText(index === 0 ? "port.entries" : "port.answers"),
  oneditprepare() {
    openSettings(JOURNAL_SCHEMA, this);
    account = new AccountChoice({ hint: "#cardata-journal-hint" });
  },
  oneditsave: finish,
  oneditcancel: finish,
});
