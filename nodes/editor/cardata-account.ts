import { ACCOUNT_SCHEMA } from "../../src/settings/account-schema.js";
import { versionOf } from "../../src/settings/schema.js";
import { settingValue } from "../../src/settings/setting.js";
import { takenAlias } from "./widgets/aliases.js";
import { CLIENT_ID_CREDENTIAL, ClientIdField } from "./widgets/client-id-field.js";
import { DataChoice } from "./widgets/data-choice.js";
import { offerDiagnostics } from "./widgets/diagnostics.js";
import { Doctor } from "./widgets/doctor.js";
import { FreshLogin } from "./widgets/fresh-login.js";
import { LoginPanel } from "./widgets/login-panel.js";
import { addPaletteWords } from "./widgets/palette-words.js";
import { PlaceList } from "./widgets/place-list.js";
import { PortalLinks } from "./widgets/portal-links.js";
import { shareSoleAccount } from "./widgets/sole-account.js";
import { TariffList } from "./widgets/tariff-list.js";
import { unknownPlace } from "./widgets/tariff-places.js";
import { accountText } from "./widgets/text.js";
import { closeSettings, openSettings, propertyOf, settingsOf, validationOf } from "./widgets/settings.js";
import { VehicleList } from "./widgets/vehicle-list.js";

let panel: LoginPanel | null = null;
let vehicles: VehicleList | null = null;
let places: PlaceList | null = null;
let tariffs: TariffList | null = null;
let data: DataChoice | null = null;
let clientId: ClientIdField | null = null;
let doctor: Doctor | null = null;

function field(name: string): string {
  return String($(`#node-config-input-${name}`).val() ?? "");
}

/** Returns the cars of all other accounts in use. */
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

  const stored = openSettings(ACCOUNT_SCHEMA, node, "node-config-input-");

  const show = () => {
    const broker = field("source") === "broker";
    $("#cardata-section-bmw").toggle(!broker);
    $("#cardata-section-broker").toggle(broker);
    $("#cardata-section-endpoints").toggle(!broker && field("endpoints") === "custom");
  };
  for (const name of ["source", "endpoints"]) $(`#node-config-input-${name}`).on("change", show);
  show();

  offerDiagnostics(node.id);
  vehicles = new VehicleList(node.id, stored.vehicles);
  data = new DataChoice(settingValue(ACCOUNT_SCHEMA.settings.clusters, stored.clusters));
  doctor = new Doctor(node.id);
  prepareJournal(node, stored);
  prepareLogin(node);
}

/** Prepares what the journal names places by and reckons costs with. */
function prepareJournal(node: EditedNode, stored: Readonly<Record<string, unknown>>): void {
  const costs = (tariffs = new TariffList(stored.tariffs));
  places = new PlaceList(node.id, stored.places, {
    onNames: (names) => {
      costs.showPlaces(names);
    },
    onRename: (from, to) => {
      costs.renamePlace(from, to);
    },
  });
  const isUsed = [stored.places, stored.tariffs].some((list) => Array.isArray(list) && list.length > 0);
  $("#cardata-journal-settings").prop("open", isUsed);
}

/** Prepares the steps from BMW's portal to the login. */
function prepareLogin(node: EditedNode): void {
  new PortalLinks();
  const typed = (clientId = new ClientIdField(node.id, () => {
    fresh.leave();
  }));
  const isNew = typed.value === "";
  const saved = { clientId: typed.value, hasKey: node.credentials?.has_storeKey === true };
  const fresh = new FreshLogin(() => {
    if (node.credentials) node.credentials.has_storeKey = saved.hasKey;
  });
  panel = new LoginPanel({
    account: node.id,
    mayStart: () => typed.check(),
    // Who has a login needs them no more, nor who has a client ID and comes to log in again.
    onShown: (isLoggedIn) => $(".cardata-step").prop("open", isNew && !isLoggedIn),
    request: () => ({
      account: node.id,
      clientId: typed.value,
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
      // The runtime keeps the login of an account that is deployed with this client ID without a deploy.
      const isKept = saved.hasKey && saved.clientId === typed.value;
      if (!isKept && at !== node.loginAt) fresh.guard();
      return isKept && node.changed !== true ? null : FreshLogin.nextStep;
    },
  });
}

function finish(): void {
  closeSettings(ACCOUNT_SCHEMA);
  for (const part of [panel, clientId, doctor]) part?.close();
  panel = clientId = doctor = data = null;
  vehicles = null;
  places = null;
  tariffs = null;
}

addPaletteWords();
shareSoleAccount();

RED.nodes.registerType("cardata-account", {
  category: "config",
  defaults: {
    ...settingsOf(ACCOUNT_SCHEMA),
    vehicles: propertyOf(ACCOUNT_SCHEMA, "vehicles", [], (node, value) => {
      const verdict = validationOf(ACCOUNT_SCHEMA, "vehicles", node, value);
      const alias = takenAlias(value, othersCars(node.id));
      return verdict === true && alias !== null ? `${accountText("invalid.alias")} ${alias}` : verdict;
    }),
    tariffs: propertyOf(ACCOUNT_SCHEMA, "tariffs", [], (node, value) => {
      const verdict = validationOf(ACCOUNT_SCHEMA, "tariffs", node, value);
      const place = unknownPlace(value, node.places);
      return verdict === true && place !== null ? `${accountText("invalid.tariffPlace")} ${place}` : verdict;
    }),
  },
  credentials: {
    clientId: CLIENT_ID_CREDENTIAL,
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
  },
  oneditsave() {
    this.vehicles = vehicles?.value ?? [];
    this.places = places?.value ?? [];
    this.tariffs = tariffs?.value ?? [];
    this.clusters = data?.value ?? [];
    this.version = versionOf(ACCOUNT_SCHEMA);
    finish();
  },
  oneditcancel: finish,
  oneditdelete: finish,
});
