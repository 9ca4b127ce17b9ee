import { labelOfTracker, wordOfTracker } from "../../../src/settings/tracker-word.js";
import type { TraccarDeviceView, TraccarRequest, VehicleView } from "../../lib/admin-contract.js";
import { ask, messageOf } from "./api.js";
import { ChoiceField, type Choice } from "./choice-field.js";
import { rowsOf } from "./list-rows.js";
import { traccarText } from "./text.js";
import { VehiclePicker } from "./vehicle-picker.js";

/** Assigns a tracker to a car, as stored. */
interface TrackerRow {
  vin: string;
  device: string;
}

/** Shows the list of trackers in the Traccar dialog; its fields list the account's cars and the server's devices. */
export class TrackerList {
  readonly #list = $("#cardata-traccar-devices");
  readonly #button = $("#cardata-traccar-load");
  readonly #status = $("#cardata-traccar-told");
  readonly #found = $("#cardata-traccar-found");
  readonly #rows: { readonly car: VehiclePicker; readonly tracker: ChoiceField }[] = [];
  #cars: readonly VehicleView[] = [];
  #devices: readonly TraccarDeviceView[] = [];

  constructor(
    saved: unknown,
    /** Returns the present values of the dialog. */
    private readonly request: () => TraccarRequest,
  ) {
    this.#list.editableList({
      addItem: (row, _index, data) => {
        this.#addFields(row, data);
      },
      removable: true,
      sortable: true,
      height: "auto",
      addButton: traccarText("devices.add"),
    });
    for (const entry of Array.isArray(saved) ? (saved as object[]) : [])
      this.#list.editableList("addItem", { ...entry });
    this.#button.on("click", (event) => {
      event.preventDefault();
      void this.load().then((devices) => {
        for (const device of devices) this.#offer(device);
      });
    });
  }

  /** Returns the rows, without empty ones. */
  get value(): TrackerRow[] {
    return rowsOf(this.#list)
      .map((row) => {
        const field = (name: string) => String(row.find(`.cardata-tracker-${name}`).val() ?? "").trim();
        return { vin: field("vin"), device: field("device") };
      })
      .filter(({ vin, device }) => vin !== "" || device !== "");
  }

  showCars(cars: readonly VehicleView[]): void {
    this.#cars = cars;
    for (const { car } of this.#rows) car.show(cars);
  }

  /** Fetches the devices of the Traccar server with the typed values, saved or not; says why if there are none. */
  async load(): Promise<readonly TraccarDeviceView[]> {
    this.#button.prop("disabled", true);
    this.#status.text("");
    this.#found.empty();
    try {
      this.#devices = await ask("POST traccar/devices", {}, this.request());
      this.#status.text(traccarText("devices.found", { count: this.#devices.length }));
      for (const { tracker } of this.#rows) tracker.show(this.#choices);
      return this.#devices;
    } catch (error) {
      this.#status.text(messageOf(error));
      return [];
    } finally {
      this.#button.prop("disabled", false);
    }
  }

  /** Adds a button for a device; a server may hold many that belong to no car of this account. */
  #offer(device: TraccarDeviceView): void {
    $("<button>", { type: "button", class: "red-ui-button red-ui-button-small", title: device.uniqueId })
      .text(`+ ${labelOfTracker(device, this.#devices)}`)
      .on("click", () => {
        this.#list.editableList("addItem", { vin: this.#onlyCar(), device: wordOfTracker(device, this.#devices) });
      })
      .appendTo(this.#found);
  }

  /** Returns the VIN if there is only one car. */
  #onlyCar(): string {
    const [car, ...others] = this.#cars;
    return car !== undefined && others.length === 0 ? car.vin : "";
  }

  #addFields(row: Query, data: Record<string, unknown>): void {
    row.addClass("cardata-tracker");
    const addText = (name: string) => {
      const words = { placeholder: traccarText(`devices.${name}`), title: traccarText(`devices.${name}`) };
      const stored = data[name];
      const input = $("<input>", { type: "text", class: `cardata-tracker-${name}`, ...words });
      return input.val(typeof stored === "string" ? stored : "").appendTo(row);
    };
    const car = new VehiclePicker(addText("vin"), {
      name: traccarText("devices.car"),
      none: traccarText("devices.vin"),
    });
    const tracker = new ChoiceField(addText("device"), {
      name: traccarText("devices.tracker"),
      none: traccarText("devices.device"),
      other: traccarText("devices.other"),
    });
    this.#rows.push({ car, tracker });
    car.show(this.#cars);
    tracker.show(this.#choices);
  }

  get #choices(): Choice[] {
    return this.#devices.map((device) => ({
      value: wordOfTracker(device, this.#devices),
      label: labelOfTracker(device, this.#devices),
    }));
  }
}
