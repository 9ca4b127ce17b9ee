import { NAMES_OF_VALUES } from "../../src/messages/value-names.js";
import { STREAM_SCHEMA } from "../../src/settings/stream-schema.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { carLabel } from "./widgets/car-names.js";
import { DescriptorPicker, type CatalogueEntry } from "./widgets/descriptor-picker.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { streamText } from "./widgets/text.js";

/** Lists further choices that are no BMW descriptors: positions and sourced values. */
const MORE: readonly CatalogueEntry[] = [
  { id: "location", name: "Location", category: "Vehicle status", isMade: true },
  ...Object.entries(NAMES_OF_VALUES).map(([id, name]) => ({ id, name, category: "Plain values", isMade: true })),
];

/** Names them in the editor's language, whose texts are there only when a dialog opens. */
const moreChoices = () => MORE.map((entry) => ({ ...entry, localName: streamText(`value.${entry.id}`) }));

let descriptors: DescriptorPicker | null = null;
let account: AccountChoice | null = null;

function finish(): void {
  closeSettings(STREAM_SCHEMA);
  account?.close();
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
    account: ACCOUNT_PROPERTY,
    ...settingsOf(STREAM_SCHEMA),
  },
  label() {
    return this.name || `cardata ${carLabel(this) || "stream"}`;
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => streamText("port.command"),
  outputLabels: (index) => streamText(index === 0 ? "port.values" : "port.events"),
  oneditprepare() {
    descriptors = new DescriptorPicker(this.descriptors);
    openSettings(STREAM_SCHEMA, this);
    account = new AccountChoice({ hint: "#cardata-stream-hint", picker: descriptors, more: moreChoices() });
  },
  oneditsave() {
    this.descriptors = descriptors?.value ?? [];
    finish();
  },
  oneditcancel: finish,
});
