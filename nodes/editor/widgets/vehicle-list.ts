import { ask } from "./api.js";
import { rowsOf } from "./list-rows.js";
import { accountText } from "./text.js";

const DRIVE_TYPES = ["", "bev", "phev", "combustion"];

/** Holds one car in the account's settings. */
interface VehicleRow {
  vin: string;
  name: string;
  alias: string;
  ignore: boolean;
  driveType: string;
  batteryKwh: string;
  consumption: string;
}

/** Shows the list of cars in the account dialog. */
export class VehicleList {
  readonly #list = $("#cardata-vehicles");

  constructor(
    private readonly account: string,
    saved: unknown,
  ) {
    this.#list.editableList({
      addItem: (row, _index, data) => {
        addFields(row, data);
      },
      removable: true,
      sortable: true,
      height: "auto",
      addButton: accountText("vehicles.add"),
    });
    for (const vehicle of Array.isArray(saved) ? (saved as object[]) : [])
      this.#list.editableList("addItem", { ...vehicle });
    $("#cardata-vehicles-fill").on("click", (event) => {
      event.preventDefault();
      void this.#fill();
    });
  }

  /** Returns the stored form, without rows that lack a VIN. */
  get value(): VehicleRow[] {
    const rows: VehicleRow[] = [];
    for (const row of rowsOf(this.#list)) {
      const field = (name: string) => String(row.find(`.cardata-vehicle-${name}`).val() ?? "").trim();
      const ignore = row.find(".cardata-vehicle-ignore").prop("checked") === true;
      const { vin, name, alias } = { vin: field("vin"), name: field("name"), alias: field("alias") };
      const numbers = {
        driveType: field("driveType"),
        batteryKwh: field("batteryKwh"),
        consumption: field("consumption"),
      };
      if (vin !== "") rows.push({ vin, name, alias, ignore, ...numbers });
    }
    return rows;
  }

  /** Adds the cars that the runtime knows and the list lacks; sends BMW no request. */
  async #fill(): Promise<void> {
    const hint = $("#cardata-vehicles-hint");
    try {
      const known = await ask("GET account/:id/vehicles", { id: this.account });
      const listed = new Set(this.value.map(({ vin }) => vin.toUpperCase()));
      const added = known.filter(({ vin }) => !listed.has(vin));
      for (const { vin, name } of added) this.#list.editableList("addItem", { vin, name });
      hint.text(accountText(added.length > 0 ? "vehicles.filled" : "vehicles.noneNew", { count: added.length }));
    } catch (error) {
      hint.text(error instanceof Error ? error.message : "");
    }
  }
}

function addFields(row: Query, data: Record<string, unknown>): void {
  row.addClass("cardata-vehicle");
  const value = (name: string) => {
    const stored = data[name];
    return typeof stored === "string" || typeof stored === "number" ? String(stored) : "";
  };
  const addText = (name: string) => {
    const words = { placeholder: accountText(`vehicles.${name}`), title: accountText(`vehicles.${name}`) };
    $("<input>", { type: "text", class: `cardata-vehicle-${name}`, ...words })
      .val(value(name))
      .appendTo(row);
  };
  addText("vin");
  const label = $("<label>", { class: "cardata-check" }).appendTo(row);
  const ignore = $("<input>", { type: "checkbox", class: "cardata-vehicle-ignore" }).appendTo(label);
  ignore.prop("checked", data.ignore === true);
  $("<span>", {}).text(accountText("vehicles.ignore")).appendTo(label);
  for (const name of ["name", "alias", "batteryKwh", "consumption"]) addText(name);
  const drive = $("<select>", {
    class: "cardata-vehicle-driveType",
    title: accountText("vehicles.driveType"),
  }).appendTo(row);
  for (const type of DRIVE_TYPES)
    $("<option>", { value: type })
      .text(accountText(`vehicles.drive.${type || "auto"}`))
      .appendTo(drive);
  drive.val(value("driveType"));
}
