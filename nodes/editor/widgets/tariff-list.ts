import { TARIFF_SETTINGS } from "../../../src/settings/places-and-tariffs.js";
import { rowsOf } from "./list-rows.js";
import { addChoiceField, addTextField, fits, numberIn, offerChoices, textIn } from "./row-fields.js";
import { accountText } from "./text.js";
import { TariffWindows, type WindowRow } from "./tariff-windows.js";

/** Holds one tariff in the account's settings. */
interface TariffRow {
  place: string;
  price: number | string;
  windows: WindowRow[];
  solarPrice: number | string;
}

/** Says how the price of a tariff is told. */
const KINDS = ["fixed", "windows", "message"] as const;

/** Shows the list of what a kWh costs where, in the account dialog. */
export class TariffList {
  readonly #list = $("#cardata-tariffs");
  readonly #tariffs = new Map<HTMLElement | undefined, Tariff>();
  #places: readonly string[] = [];

  constructor(saved: unknown) {
    this.#list.editableList({
      addItem: (row, _index, data) => {
        const tariff = new Tariff(row, data);
        this.#tariffs.set(row[0], tariff);
        tariff.showPlaces(this.#places);
      },
      removable: true,
      sortable: false,
      height: "auto",
      addButton: accountText("journal.addTariff"),
    });
    for (const tariff of Array.isArray(saved) ? (saved as object[]) : [])
      this.#list.editableList("addItem", { ...tariff });
  }

  get value(): TariffRow[] {
    return rowsOf(this.#list).flatMap((row) => this.#tariffs.get(row[0])?.value ?? []);
  }

  showPlaces(places: readonly string[]): void {
    this.#places = places;
    for (const tariff of this.#tariffs.values()) tariff.showPlaces(places);
  }

  renamePlace(from: string, to: string): void {
    for (const tariff of this.#tariffs.values()) tariff.renamePlace(from, to);
  }
}

/** Shows one tariff. */
class Tariff {
  readonly #place: Query;
  readonly #kind: Query;
  readonly #price: Query;
  readonly #solarPrice: Query;
  readonly #windows: TariffWindows;
  #chosenPlace: string;

  constructor(row: Query, data: Record<string, unknown>) {
    row.addClass("cardata-row");
    const { place, price, solarPrice } = data;
    this.#chosenPlace = typeof place === "string" ? place.trim() : "";
    this.#place = addChoiceField(row, { name: "place", label: accountText("journal.place") });
    this.#kind = addChoiceField(row, { name: "kind", label: accountText("journal.kind") });
    offerChoices(
      this.#kind,
      KINDS.map((kind) => [kind, accountText(`journal.kinds.${kind}`)]),
    );
    this.#price = addTextField(row, {
      name: "price",
      label: accountText("journal.price"),
      placeholder: "0.31",
      stored: price === "message" ? "" : price,
      isRight: fits(TARIFF_SETTINGS.price),
    });
    this.#solarPrice = addTextField(row, {
      name: "solarPrice",
      label: accountText("journal.solarPrice"),
      placeholder: String(TARIFF_SETTINGS.solarPrice.defaultValue),
      stored: solarPrice,
      isRight: fits(TARIFF_SETTINGS.solarPrice),
    });
    this.#windows = new TariffWindows(row, data.windows);
    this.#kind.val(price === "message" ? "message" : this.#windows.value.length > 0 ? "windows" : "fixed");
    this.#kind.on("change", () => {
      this.#showKind();
    });
    this.#place.on("change", () => {
      this.#chosenPlace = textIn(this.#place);
    });
    this.#showKind();
  }

  get value(): TariffRow {
    const kind = textIn(this.#kind);
    return {
      place: this.#chosenPlace,
      price: kind === "message" ? "message" : numberIn(this.#price),
      windows: kind === "windows" ? this.#windows.value : [],
      solarPrice: numberIn(this.#solarPrice),
    };
  }

  /** Offers the places of now; one that is no more stays, because nobody has chosen another. */
  showPlaces(places: readonly string[]): void {
    const gone = [this.#chosenPlace].filter((name) => name !== "" && !places.includes(name));
    offerChoices(this.#place, [
      ["", accountText("journal.elsewhere")],
      ...places.map((name) => [name, name] as const),
      ...gone.map((place) => [place, accountText("journal.notListed", { place })] as const),
    ]);
    this.#place.val(this.#chosenPlace);
  }

  renamePlace(from: string, to: string): void {
    if (this.#chosenPlace === from) this.#chosenPlace = to;
  }

  #showKind(): void {
    const kind = textIn(this.#kind);
    this.#price.closest("label").toggle(kind !== "message");
    this.#price
      .closest("label")
      .find("span")
      .text(accountText(kind === "windows" ? "journal.otherwise" : "journal.price"));
    this.#windows.show(kind === "windows");
  }
}
