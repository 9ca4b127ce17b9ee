import type { VehicleView } from "../../lib/admin-contract.js";

/** Completes a plain text field with the cars of the account; any other text stays possible. */
export class VehiclePicker {
  #vehicles: readonly VehicleView[] = [];

  constructor(selector: string) {
    $(selector).autoComplete({
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
      .map(({ vin, name }) => ({ value: vin, label: describe(vin, name) }));
  }
}

/** An element, because names come from outside and a string would be read as HTML. */
function describe(vin: string, name: string): Query {
  const label = $("<div>", { class: "cardata-vehicle-option" });
  $("<span>", {})
    .text(name === "" ? vin : name)
    .appendTo(label);
  if (name !== "") $("<small>", {}).text(vin).appendTo(label);
  return label;
}
