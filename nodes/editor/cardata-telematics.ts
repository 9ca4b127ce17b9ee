import type { ContainerAction, Operation } from "../../src/rest/operations.js";
import { settingValue } from "../../src/settings/setting.js";
import { TELEMATICS_SCHEMA } from "../../src/settings/telematics-schema.js";
import type { QuotaView, VehicleView } from "../lib/admin-contract.js";
import { AccountChoice } from "./widgets/account-choice.js";
import { ask } from "./widgets/api.js";
import { carLabel } from "./widgets/car-names.js";
import { ContainerList } from "./widgets/container-list.js";
import { DescriptorPicker } from "./widgets/descriptor-picker.js";
import { requestCost } from "./widgets/request-cost.js";
import { ACCOUNT_PROPERTY, closeSettings, openSettings, settingsOf } from "./widgets/settings.js";
import { telematicsText, timeText } from "./widgets/text.js";

/** Lists the operations that need no car. */
const ABOUT_ACCOUNT: ReadonlySet<string> = new Set(["vehicles", "containers", "quota"]);

let dialog: Dialog | null = null;

function field(name: string): string {
  return String($(`#node-input-${name}`).val() ?? "").trim();
}

function ticked(name: string): boolean {
  return $(`#node-input-${name}`).prop("checked") === true;
}

/** Controls the open dialog: what it shows and hides, and what it knows about the account. */
class Dialog {
  readonly picker: DescriptorPicker;
  readonly #choice: AccountChoice;
  readonly #containers: ContainerList;
  #account: string | null = null;
  #cars: readonly VehicleView[] = [];
  #quota: QuotaView | null = null;

  constructor(node: EditedNode) {
    openSettings(TELEMATICS_SCHEMA, node);
    this.picker = new DescriptorPicker(node.descriptors, {
      none: telematicsText("descriptors.usual"),
      typed: telematicsText("placeholder.typed"),
    });
    this.#containers = new ContainerList({
      account: () => this.#account,
      onSpent: () => {
        void this.#loadQuota();
      },
    });
    const show = () => {
      this.#show();
    };
    for (const name of ["operation", "automatic", "schedule", "containerAction"])
      $(`#node-input-${name}`).on("change", show);
    for (const name of ["vehicle", "maxPages"]) $(`#node-input-${name}`).on("input change", show);
    this.#choice = new AccountChoice({
      hint: "#cardata-telematics-hint",
      picker: this.picker,
      onCars: (account, cars) => {
        this.#use(account, cars);
      },
    });
    show();
  }

  close(): void {
    this.#choice.close();
  }

  #use(account: string | null, cars: readonly VehicleView[]): void {
    if (account !== this.#account) this.#containers.clear();
    this.#account = account;
    this.#cars = cars;
    this.#quota = null;
    this.#show();
    void this.#loadQuota();
  }

  /** Loads the quota, which costs no request. */
  async #loadQuota(): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    const quota = await ask("GET account/:id/quota", { id: account }).catch(() => null);
    if (account !== this.#account) return;
    this.#quota = quota;
    this.#show();
  }

  #show(): void {
    const operation = field("operation");
    for (const name of ["telematicData", "chargingHistory", "image", "tyreDiagnosis", "containers"])
      $(`[data-operations~="${name}"]`).toggle(false);
    $(`[data-operations~="${operation}"]`).toggle(true);
    $("#node-input-vehicle").closest(".form-row").toggle(!ABOUT_ACCOUNT.has(operation));
    if (operation === "telematicData" || operation === "image")
      $("#cardata-telematics-force").text(telematicsText(`force.${operation}`));
    $("#cardata-telematics-automatic").toggle(ticked("automatic"));
    $("#cardata-telematics-interval").toggle(field("schedule") === "dense");
    $("#cardata-telematics-schedule-tip").text(telematicsText(`scheduleTip.${field("schedule")}`));
    $("#cardata-telematics-container").toggle(field("containerAction") === "delete");
    $("#cardata-telematics-confirm").toggle(field("containerAction") !== "list");
    this.#showCost(operation as Operation);
  }

  #showCost(operation: Operation): void {
    const calls = requestCost({
      operation,
      cars: this.#askedCars,
      maxPages: settingValue(TELEMATICS_SCHEMA.settings.maxPages, field("maxPages")),
      containerAction: field("containerAction") as ContainerAction,
    });
    const parts = [telematicsText("cost.message", { calls })];
    if (this.#quota !== null) {
      const { remaining, limit, blockedUntil } = this.#quota;
      parts.push(telematicsText("cost.left", { remaining, limit }));
      if (blockedUntil !== undefined) parts.push(telematicsText("cost.blocked", { time: timeText(blockedUntil) }));
    }
    $("#cardata-telematics-cost").text(parts.join(" "));
  }

  /** Returns the number of cars that a message requests; `null` while none is known. */
  get #askedCars(): number | null {
    if (field("vehicle") !== "") return 1;
    return this.#cars.length === 0 ? null : this.#cars.filter(({ access }) => access === "ok").length;
  }
}

function finish(): void {
  closeSettings(TELEMATICS_SCHEMA);
  dialog?.close();
  dialog = null;
}

RED.nodes.registerType("cardata-telematics", {
  category: "CarData",
  color: "#3FADB5",
  icon: "cardata-telematics.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel: "cardata telematics",
  defaults: {
    name: { value: "" },
    account: ACCOUNT_PROPERTY,
    ...settingsOf(TELEMATICS_SCHEMA),
  },
  label() {
    if (this.name) return this.name;
    const operation = settingValue(TELEMATICS_SCHEMA.settings.operation, this.operation);
    const what = operation === "telematicData" ? "cardata" : telematicsText(`operation.${operation}`);
    return `${what} ${carLabel(this) || (operation === "telematicData" ? "telematics" : "")}`.trim();
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels: () => telematicsText("port.ask"),
  outputLabels: () => telematicsText("port.answers"),
  oneditprepare() {
    dialog = new Dialog(this);
  },
  oneditsave() {
    this.descriptors = dialog?.picker.value ?? [];
    finish();
  },
  oneditcancel: finish,
});
