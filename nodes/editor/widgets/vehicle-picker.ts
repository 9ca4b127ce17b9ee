import type { VehicleView } from "../../lib/admin-contract.js";
import { markOf } from "./car-names.js";
import { ChoiceField, type Choice, type ChoiceWords } from "./choice-field.js";
import { streamText } from "./text.js";

const LONGEST_NAME = 24;

/** Lists the cars of the account before a text field, in which any other VIN or a variable may stand. */
export class VehiclePicker {
  readonly #field: ChoiceField;

  constructor(field: Query, words: Omit<ChoiceWords, "other">) {
    this.#field = new ChoiceField(field, { ...words, other: streamText("vehicle.other") });
  }

  show(vehicles: readonly VehicleView[]): void {
    this.#field.show(vehicles.map(choiceOf));
  }
}

/** Names a car so that it is told from others: name, model, the end of its VIN. */
function choiceOf({ vin, name, model, limited }: VehicleView): Choice {
  const parts = [name, model === name ? "" : model].filter((part) => part !== "").map(shortened);
  return {
    value: vin,
    label: [...parts, markOf(vin), ...(limited ? [streamText("vehicle.limited")] : [])].join(" · "),
  };
}

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length <= LONGEST_NAME
    ? name
    : `${letters
        .slice(0, LONGEST_NAME - 1)
        .join("")
        .trimEnd()}…`;
}
