import { topicPart } from "../../src/homeassistant/discovery-location.js";
import { ACCOUNT_SCHEMA } from "../../src/settings/account-schema.js";
import { HOMEASSISTANT_SCHEMA, LANGUAGES } from "../../src/settings/homeassistant-schema.js";
import { versionOf } from "../../src/settings/schema.js";
import { settingValue } from "../../src/settings/setting.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { homeAssistantText } from "./widgets/text.js";
import { showTopics } from "./widgets/topic-list.js";

const SETTINGS = ["account", "discoveryPrefix", "mode", "stateBase", "attributes", "availability", "buttons"] as const;

let account: AccountChoice | null = null;

type SettingName = (typeof SETTINGS)[number];
const field = (name: SettingName) => String($(`#node-input-${name}`).val() ?? "");
const isTicked = (name: SettingName) => $(`#node-input-${name}`).prop("checked") === true;

/** Returns the topic base of the account that is chosen in the open dialog. */
function baseOfAccount(): string {
  const base = RED.nodes.node(field("account"))?.topicBase;
  return topicPart(typeof base === "string" ? base : "", ACCOUNT_SCHEMA.settings.topicBase.defaultValue);
}

/** Returns how that account writes descriptors in topics. */
function separatorOfAccount() {
  const separator = RED.nodes.node(field("account"))?.topicSeparator;
  return settingValue(ACCOUNT_SCHEMA.settings.topicSeparator, separator);
}

/** Offers the languages in their own words. */
function showLanguages(chosen: unknown): void {
  const select = $("#node-input-language");
  for (const language of LANGUAGES)
    $("<option>", { value: language, lang: language }).text(ownNameOf(language)).appendTo(select);
  select.val(String(chosen ?? LANGUAGES[0]));
}

/** Returns what a language calls itself, with a capital as it begins an option: `Français`. */
function ownNameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Explains the settings while they are edited. */
function explain(): void {
  const mode = field("mode") === "entities" ? "entities" : "device";
  $("#cardata-homeassistant-mode-tip").text(homeAssistantText(`modeTip.${mode}`));
  $("#node-input-stateBase").attr("placeholder", baseOfAccount());
  $("#cardata-homeassistant-attributes-tip").toggle(isTicked("attributes"));
  $("#cardata-homeassistant-availability-tip").toggle(isTicked("availability"));
  $("#cardata-homeassistant-buttons-tip").toggle(isTicked("buttons"));
  showTopics({
    prefix: topicPart(field("discoveryPrefix"), HOMEASSISTANT_SCHEMA.settings.discoveryPrefix.defaultValue),
    base: topicPart(field("stateBase"), baseOfAccount()),
    mode,
    separator: separatorOfAccount(),
    attributes: isTicked("attributes"),
    availability: isTicked("availability"),
    buttons: isTicked("buttons"),
  });
}

function finish(): void {
  closeSettings(HOMEASSISTANT_SCHEMA);
  account?.close();
  account = null;
}

RED.nodes.registerType("cardata-homeassistant", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-homeassistant.svg",
  inputs: 1,
  outputs: 1,
  // Two words: the palette would break a single one in its middle.
  paletteLabel: "cardata home assistant",
  defaults: {
    name: { value: "" },
    account: ACCOUNT_PROPERTY,
    ...settingsOf(HOMEASSISTANT_SCHEMA),
  },
  label() {
    return this.name || "cardata home assistant";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => homeAssistantText("port.input"),
  outputLabels: () => homeAssistantText("port.mqtt"),
  oneditprepare() {
    showLanguages(this.language);
    openSettings(HOMEASSISTANT_SCHEMA, this);
    for (const name of ["maxPacketSize", "repeatMinutes"] as const)
      $(`#node-input-${name}`).attr("placeholder", String(HOMEASSISTANT_SCHEMA.settings[name].defaultValue));
    account = new AccountChoice({ hint: "#cardata-homeassistant-hint" });
    for (const name of SETTINGS) $(`#node-input-${name}`).on("input", explain).on("change", explain);
    explain();
  },
  oneditsave() {
    this.version = versionOf(HOMEASSISTANT_SCHEMA);
    finish();
  },
  oneditcancel: finish,
});
