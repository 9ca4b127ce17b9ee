import type { VehicleView } from "../../lib/admin-contract.js";
import { streamText } from "./text.js";

/** Completes a text field with the cars of the account; any other text stays possible. */
export class VehiclePicker {
  #vehicles: readonly VehicleView[] = [];

  constructor(field: Query) {
    field.autoComplete({
      minLength: 0,
      search: (typed, done) => {
        done(this.#matches(typed));
      },
    });
  }

  show(vehicles: readonly VehicleView[]): void {
    this.#vehicles = vehicles;
  }

  #matches(typed: string): { value: string; label: Query }[] {
    const wanted = typed.trim().toLowerCase();
    return this.#vehicles
      .filter(({ vin, name }) => `${vin} ${name}`.toLowerCase().includes(wanted))
      .map((vehicle) => ({ value: vehicle.vin, label: describe(vehicle) }));
  }
}

/** Returns an element, because names are foreign and a string would be parsed as HTML. */
function describe({ vin, name, limited }: VehicleView): Query {
  const label = $("<div>", { class: "cardata-vehicle-option" });
  $("<span>", {})
    .text(name === "" ? vin : name)
    .appendTo(label);
  const details = [name === "" ? "" : vin, limited ? streamText("vehicle.limited") : ""].filter((text) => text !== "");
  if (details.length > 0) $("<small>", {}).text(details.join(" · ")).appendTo(label);
  return label;
}
