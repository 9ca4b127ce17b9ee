import { offerDiagnostics } from "./widgets/diagnostics.js";
import { LoginPanel } from "./widgets/login-panel.js";
import { accountText } from "./widgets/text.js";
import {
  checkAddress,
  checkAliases,
  checkClientId,
  checkFilled,
  checkPort,
  checkVehicles,
  validator,
} from "./widgets/validators.js";
import { VehicleList } from "./widgets/vehicle-list.js";

let panel: LoginPanel | null = null;
let vehicles: VehicleList | null = null;

function field(name: string): string {
  return String($(`#node-config-input-${name}`).val() ?? "");
}

/** What an open dialog says of a property, else what is stored: a hidden field need not be right. */
function current(node: EditedNode, name: string, otherwise: string): string {
  const input = $(`#node-config-input-${name}`);
  return String((input.length > 0 ? input.val() : node[name]) ?? otherwise);
}

const isCustom = (node: EditedNode) =>
  current(node, "source", "bmw") !== "broker" && current(node, "endpoints", "bmw") === "custom";

/** The cars of all other accounts that are in use. */
function othersCars(id: string): unknown[] {
  const cars: unknown[] = [];
  RED.nodes.eachConfig(({ type, vehicles: list, ...other }) => {
    if (type !== "cardata-account" || other.id === id || other.d === true) return;
    if (Array.isArray(list)) cars.push(...(list as unknown[]));
  });
  return cars;
}

function prepare(node: EditedNode): void {
  const tabs = RED.tabs.create({
    id: "cardata-account-tabs",
    onchange: ({ id }) => {
      for (const name of ["login", "cars", "advanced"]) $(`#cardata-tab-${name}`).toggle(id === `cardata-tab-${name}`);
    },
  });
  for (const name of ["login", "cars", "advanced"])
    tabs.addTab({ id: `cardata-tab-${name}`, label: accountText(`tab.${name}`) });

  // What an older version did not store would leave a list without a choice.
  for (const [name, usual] of Object.entries({ source: "bmw", endpoints: "bmw", brokerTls: "off" }))
    if (field(name) === "") $(`#node-config-input-${name}`).val(usual);

  const show = () => {
    const broker = field("source") === "broker";
    $("#cardata-section-bmw").toggle(!broker);
    $("#cardata-section-broker").toggle(broker);
    $("#cardata-section-endpoints").toggle(!broker && field("endpoints") === "custom");
  };
  for (const name of ["source", "endpoints"]) $(`#node-config-input-${name}`).on("change", show);
  show();

  offerDiagnostics(node.id);
  vehicles = new VehicleList(node.id, node.vehicles);
  panel = new LoginPanel({
    account: node.id,
    request: () => ({
      account: node.id,
      clientId: field("clientId"),
      endpoints: field("endpoints") === "custom" ? "custom" : "bmw",
      authUrl: field("authUrl"),
      apiUrl: field("apiUrl"),
      streamUrl: field("streamUrl"),
      caFile: field("caFile"),
    }),
    onLogin: (at) => {
      // A changed property is what makes Deploy light up, and Deploy is what saves the key of the login.
      $("#node-config-input-loginAt").val(at);
      if (node.credentials) node.credentials.has_storeKey = true;
    },
  });
}

function finish(): void {
  panel?.close();
  panel = null;
  vehicles = null;
}

RED.nodes.registerType("cardata-account", {
  category: "config",
  defaults: {
    name: { value: "" },
    source: { value: "bmw" },
    endpoints: { value: "bmw" },
    authUrl: {
      value: "",
      validate: validator(function (value) {
        return !isCustom(this) || checkAddress(value, accountText("invalid.address"), "https:", "http:");
      }),
    },
    apiUrl: {
      value: "",
      validate: validator(function (value) {
        return !isCustom(this) || checkAddress(value, accountText("invalid.address"), "https:", "http:");
      }),
    },
    streamUrl: {
      value: "",
      validate: validator(function (value) {
        return !isCustom(this) || checkAddress(value, accountText("invalid.streamAddress"), "mqtts:", "mqtt:");
      }),
    },
    caFile: { value: "" },
    brokerHost: {
      value: "",
      validate: validator(function (value) {
        return current(this, "source", "bmw") !== "broker" || checkFilled(value, accountText("invalid.host"));
      }),
    },
    brokerPort: { value: "1883", validate: validator((value) => checkPort(value, accountText("invalid.port"))) },
    brokerTls: { value: "off" },
    brokerPrefix: { value: "bmw/" },
    topicBase: { value: "cardata" },
    vehicles: {
      value: [],
      validate: validator(function (value) {
        const verdict = checkVehicles(value, accountText("invalid.vin"));
        return verdict === true ? checkAliases(value, othersCars(this.id), accountText("invalid.alias")) : verdict;
      }),
    },
    debug: { value: false },
    record: { value: false },
    loginAt: { value: "" },
  },
  credentials: {
    clientId: { type: "text" },
    storeKey: { type: "password" },
    brokerUser: { type: "text" },
    brokerPassword: { type: "password" },
  },
  label() {
    return (this.name ?? "") ? String(this.name) : accountText("label.default");
  },
  labelStyle() {
    return (this.name ?? "") ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepare(this);
    const clientId = $("#node-config-input-clientId");
    const judge = () => {
      const verdict = checkClientId(clientId.val(), accountText("invalid.clientId"));
      $("#cardata-client-id-hint").text(verdict === true ? "" : verdict);
    };
    clientId.on("input", judge);
    judge();
  },
  oneditsave() {
    this.vehicles = vehicles?.value ?? [];
    finish();
  },
  oneditcancel: finish,
  oneditdelete: finish,
});
