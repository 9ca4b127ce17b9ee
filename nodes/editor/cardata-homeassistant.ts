import { LEAST_PACKET_SIZE, MOST_PACKET_SIZE, USUAL_PACKET_SIZE } from "../../src/homeassistant/packet-limits.js";
import { topicPart } from "../../src/homeassistant/topics.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { homeAssistantText } from "./widgets/text.js";
import { showTopics } from "./widgets/topic-list.js";
import { checkTopic, checkWholeNumber, validator } from "./widgets/validators.js";

const USUAL_PREFIX = "homeassistant";
const USUAL_BASE = "cardata";
const SETTINGS = ["account", "discoveryPrefix", "mode", "stateBase", "attributes", "availability", "buttons"] as const;

let account: AccountChoice | null = null;

type Setting = (typeof SETTINGS)[number];
const field = (name: Setting) => String($(`#node-input-${name}`).val() ?? "");
const isTicked = (name: Setting) => $(`#node-input-${name}`).prop("checked") === true;

/** The first part of the topics of the account that is chosen in the open dialog. */
function baseOfAccount(): string {
  const base = RED.nodes.node(field("account"))?.topicBase;
  return topicPart(typeof base === "string" ? base : "", USUAL_BASE);
}

/** What the settings mean, while they are being made. */
function explain(): void {
  const mode = field("mode") === "entities" ? "entities" : "device";
  $("#cardata-homeassistant-mode-tip").text(homeAssistantText(`modeTip.${mode}`));
  $("#node-input-stateBase").attr("placeholder", baseOfAccount());
  $("#cardata-homeassistant-availability-tip").toggle(isTicked("availability"));
  $("#cardata-homeassistant-buttons-tip").toggle(isTicked("buttons"));
  showTopics({
    prefix: topicPart(field("discoveryPrefix"), USUAL_PREFIX),
    base: topicPart(field("stateBase"), baseOfAccount()),
    mode,
    attributes: isTicked("attributes"),
    availability: isTicked("availability"),
    buttons: isTicked("buttons"),
  });
}

function finish(): void {
  account?.close();
  account = null;
}

RED.nodes.registerType("cardata-homeassistant", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-homeassistant.svg",
  inputs: 1,
  outputs: 1,
  // As two words: the palette would break the one word in its middle.
  paletteLabel: "cardata home assistant",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "cardata-account", required: true },
    discoveryPrefix: {
      value: USUAL_PREFIX,
      validate: validator((value) => checkTopic(value, homeAssistantText("invalid.topic"))),
    },
    mode: { value: "device" },
    stateBase: { value: "", validate: validator((value) => checkTopic(value, homeAssistantText("invalid.topic"))) },
    maxPacketSize: {
      value: String(USUAL_PACKET_SIZE),
      validate: validator((value) =>
        checkWholeNumber(value, homeAssistantText("invalid.size"), LEAST_PACKET_SIZE, MOST_PACKET_SIZE),
      ),
    },
    attributes: { value: true },
    availability: { value: false },
    buttons: { value: false },
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
    // What an older version did not store would leave a list without a choice and a tick out that counts as set.
    if (!this.mode) $("#node-input-mode").val("device");
    if (this.attributes === undefined) $("#node-input-attributes").prop("checked", true);
    $("#node-input-maxPacketSize").attr("placeholder", String(USUAL_PACKET_SIZE));
    account = new AccountChoice({ hint: "#cardata-homeassistant-hint" });
    for (const name of SETTINGS) $(`#node-input-${name}`).on("input", explain).on("change", explain);
    explain();
  },
  oneditsave: finish,
  oneditcancel: finish,
});
