import { PLACE_SETTINGS, PURPOSE_CHOICES } from "../../../src/settings/places-and-tariffs.js";
import { dividePosition, writtenPosition } from "../../../src/settings/typed-position.js";
import { ask, messageOf } from "./api.js";
import { markOf } from "./car-names.js";
import { rowsOf } from "./list-rows.js";
import { addChoiceField, addTextField, fits, numberIn, offerChoices, textIn } from "./row-fields.js";
import { accountText, timeText } from "./text.js";

/** Holds one place in the account's settings. */
interface PlaceRow {
  name: string;
  latitude: number | string;
  longitude: number | string;
  radius: number | string;
  purpose: string;
}

interface PlaceListOptions {
  /** Called when places come, go or are named anew, with the names of now. */
  readonly onNames: (names: readonly string[]) => void;
  /** Called when a place gets another name. */
  readonly onRename: (from: string, to: string) => void;
}

/** Shows the list of the journal's places in the account dialog. */
export class PlaceList {
  readonly #list = $("#cardata-places");
  readonly #hint = $("#cardata-places-hint");
  readonly #cars = $("#cardata-places-cars");

  constructor(
    private readonly account: string,
    saved: unknown,
    private readonly options: PlaceListOptions,
  ) {
    this.#list.editableList({
      addItem: (row, _index, data) => {
        this.#addFields(row, data);
      },
      removeItem: () => {
        this.#tellNames();
      },
      removable: true,
      sortable: false,
      height: "auto",
      addButton: accountText("journal.addPlace"),
    });
    for (const place of Array.isArray(saved) ? (saved as object[]) : [])
      this.#list.editableList("addItem", { ...place });
    this.#tellNames();
    $("#cardata-places-here").on("click", (event) => {
      event.preventDefault();
      void this.#offerCars();
    });
  }

  /** Returns the stored form, without rows in which nothing is typed. */
  get value(): PlaceRow[] {
    return rowsOf(this.#list)
      .map((row) => ({
        name: textIn(row.find(".cardata-row-name")),
        ...dividePosition(textIn(row.find(".cardata-row-position"))),
        radius: numberIn(row.find(".cardata-row-radius")),
        purpose: textIn(row.find(".cardata-row-purpose")),
      }))
      .filter(({ name, latitude, longitude }) => name !== "" || latitude !== "" || longitude !== "");
  }

  get names(): string[] {
    return this.value.map(({ name }) => name).filter((name) => name !== "");
  }

  /** Offers to add the place where a car is, as far as the runtime knows; sends BMW no request. */
  async #offerCars(): Promise<void> {
    try {
      const cars = await ask("GET account/:id/positions", { id: this.account });
      this.#cars.empty();
      this.#hint.text(cars.length === 0 ? accountText("journal.hereNone") : "");
      for (const { vin, name, time, latitude, longitude } of cars) {
        const car = `${name} ${markOf(vin)}`.trim();
        $("<button>", { type: "button", class: "red-ui-button red-ui-button-small" })
          .text(`+ ${accountText("journal.hereCar", { car, time: timeText(time) })}`)
          .on("click", () => {
            this.#list.editableList("addItem", { latitude, longitude });
          })
          .appendTo(this.#cars);
      }
    } catch (error) {
      this.#cars.empty();
      this.#hint.text(messageOf(error));
    }
  }

  #addFields(row: Query, data: Record<string, unknown>): void {
    row.addClass("cardata-row");
    const name = addTextField(row, {
      name: "name",
      label: accountText("journal.name"),
      stored: data.name,
      isRight: fits(PLACE_SETTINGS.name),
    });
    addTextField(row, {
      name: "position",
      label: accountText("journal.position"),
      placeholder: "48.137, 11.575",
      stored: writtenPosition(data.latitude, data.longitude),
      isRight: isPosition,
    });
    addTextField(row, {
      name: "radius",
      label: accountText("journal.radius"),
      placeholder: String(PLACE_SETTINGS.radius.defaultValue),
      stored: data.radius,
      isRight: fits(PLACE_SETTINGS.radius),
    });
    const purpose = addChoiceField(row, { name: "purpose", label: accountText("journal.purpose") });
    offerChoices(
      purpose,
      PURPOSE_CHOICES.map((word) => [word, accountText(`journal.purposes.${word || "none"}`)]),
    );
    purpose.val(PURPOSE_CHOICES.find((word) => word === data.purpose) ?? "");
    this.#followName(name);
  }

  /** Tells the tariffs how the place is called now. */
  #followName(field: Query): void {
    let former = textIn(field);
    field.on("change", () => {
      const to = textIn(field);
      if (former !== "" && to !== "") this.options.onRename(former, to);
      // Who empties the field before he types another name still means the same place.
      if (to !== "") former = to;
      this.#tellNames();
    });
    // A new row waits for its name.
    if (former === "") field.trigger("focus");
  }

  #tellNames(): void {
    this.options.onNames(this.names);
  }
}

function isPosition(typed: string): boolean {
  const { latitude, longitude } = dividePosition(typed);
  return fits(PLACE_SETTINGS.latitude)(String(latitude)) && fits(PLACE_SETTINGS.longitude)(String(longitude));
}
