import type { VehicleView } from "../../lib/admin-contract.js";
import { PACKAGE_NAME } from "../../../src/support/version.js";
import { ask, getResource, messageOf } from "./api.js";
import { tellCars } from "./car-names.js";
import { namesForEditor } from "./descriptor-names.js";
import type { CatalogueEntry, DescriptorPicker } from "./descriptor-picker.js";
import { streamText } from "./text.js";
import { VehiclePicker } from "./vehicle-picker.js";

export interface AccountChoiceOptions {
  /** Selector of the element that shows what is missing. */
  readonly hint: string;
  /** Picker of nodes with selectable values. */
  readonly picker?: DescriptorPicker;
  /** Choices besides the catalogue. */
  readonly more?: readonly CatalogueEntry[];
  /** Called with the cars of the chosen account; none while there is no account. */
  readonly onCars?: (account: string | null, cars: readonly VehicleView[]) => void;
}

/** Shows the runtime's state of the account that is chosen in a node's dialog; asks BMW nothing. */
export class AccountChoice {
  readonly #account = $("#node-input-account");
  readonly #vehicles = new VehiclePicker($("#node-input-vehicle"), {
    name: streamText("label.vehicle"),
    none: streamText("placeholder.vehicle"),
  });
  #shown = this.#chosen;
  /** Counts requests, so that a slow answer for an account chosen before is dropped. */
  #request = 0;

  constructor(private readonly options: AccountChoiceOptions) {
    this.#account.on("change", () => {
      // Node-RED also triggers a change when it opens the dialog.
      if (this.#chosen === this.#shown) return;
      this.#shown = this.#chosen;
      void this.#load();
    });
    letKeyboardReach("#node-input-btn-account-edit", "#node-input-btn-account-add");
    // Shown once, with all that is known: Node-RED fills long groups piece by piece and stumbles if they are drawn anew.
    Promise.all([this.#loadCatalogue(), this.#load()])
      .then(([catalogue]) => options.picker?.showCatalogue(catalogue))
      .catch((error: unknown) => {
        this.#say(messageOf(error));
      });
  }

  /** Called when the dialog closes. */
  close(): void {
    this.#request++;
  }

  get #chosen(): string {
    return String(this.#account.val() ?? "");
  }

  async #loadCatalogue(): Promise<readonly CatalogueEntry[]> {
    const { picker, more = [] } = this.options;
    if (picker === undefined) return [];
    const [catalogue, names] = await Promise.all([
      getResource<CatalogueEntry[]>(`resources/${PACKAGE_NAME}/catalogue.json`),
      namesForEditor(),
    ]);
    return [...catalogue.map((entry) => ({ ...entry, localName: names.get(entry.id) ?? entry.name })), ...more];
  }

  async #load(): Promise<void> {
    const mine = ++this.#request;
    const account = this.#shown;
    this.#showCars(null, []);
    if (account === "" || account === "_ADD_") {
      this.#say(streamText("hint.noAccount"));
      return;
    }
    try {
      const [cars, seen] = await Promise.all([
        ask("GET account/:id/vehicles", { id: account }),
        ask("GET account/:id/descriptors", { id: account }),
      ]);
      if (mine !== this.#request) return;
      this.options.picker?.showSeen(seen, cars.length > 0);
      tellCars(cars);
      this.#showCars(account, cars);
      this.#say(cars.length === 0 ? streamText("hint.noCars") : "");
    } catch (error) {
      if (mine === this.#request) this.#say(messageOf(error));
    }
  }

  #showCars(account: string | null, cars: readonly VehicleView[]): void {
    this.#vehicles.show(cars);
    this.options.onCars?.(account, cars);
  }

  #say(text: string): void {
    $(this.options.hint).text(text);
  }
}

/** Node-RED's buttons beside the account are links without an address, which the keyboard does not reach by itself. */
function letKeyboardReach(...buttons: string[]): void {
  for (const selector of buttons) {
    const button = document.querySelector<HTMLElement>(selector);
    button?.setAttribute("tabindex", "0");
    button?.setAttribute("role", "button");
    button?.addEventListener("keydown", ({ key }) => {
      if (key === "Enter" || key === " ") button.click();
    });
  }
}
