import { accountText } from "./text.js";

type Brand = "bmw" | "mini";
type Country = "de" | "at" | "gb" | "fr";

/** Countries whose page with the cars is known: end of its host, and the language of the page. */
const PAGES: Readonly<Record<Country, readonly [end: string, language: string]>> = {
  de: ["de", "de-de"],
  at: ["at", "de-at"],
  gb: ["co.uk", "en-gb"],
  fr: ["fr", "fr-fr"],
};
/** An account is the same in all countries, so these serve those whose country has no page. */
const FOR_OTHERS: readonly Country[] = ["gb", "de"];

/** Shows where in BMW's or MINI's portal the car is. */
export class PortalLinks {
  readonly #brand = $("#cardata-portal-brand");
  readonly #country = $("#cardata-portal-country");

  constructor() {
    for (const country of [...countries(), "other"])
      $("<option>", { value: country })
        .text(accountText(`portal.country.${country}`))
        .appendTo(this.#country);
    this.#country.val(countryOf(navigator.languages));
    for (const choice of [this.#brand, this.#country])
      choice.on("change", () => {
        this.#show();
      });
    this.#show();
  }

  #show(): void {
    const brand: Brand = this.#brand.val() === "mini" ? "mini" : "bmw";
    const chosen = countries().find((country) => country === this.#country.val());
    const links = $("#cardata-portal-links").empty();
    for (const country of chosen === undefined ? FOR_OTHERS : [chosen]) link(brand, country).appendTo(links);
    $("#cardata-portal-other").toggle(chosen === undefined);
  }
}

function countries(): Country[] {
  return (Object.keys(PAGES) as Country[]).filter((country) => country in PAGES);
}

/** Returns the country of the browser's first language that names one; `other` if its page is not known. */
function countryOf(languages: readonly string[]): Country | "other" {
  const region = languages.map((language) => language.split("-")[1]?.toLowerCase()).find((one) => one !== undefined);
  return countries().find((country) => country === (region ?? languages[0])) ?? "other";
}

function link(brand: Brand, country: Country): Query {
  const [end, language] = PAGES[country];
  const href = `https://www.${brand}.${end}/${language}/my${brand}/vehicle-overview`;
  const attributes = { class: "red-ui-button", href, target: "_blank", rel: "noopener noreferrer" };
  const words = { brand: brand.toUpperCase(), country: accountText(`portal.country.${country}`) };
  return $("<a>", attributes)
    .append($("<i>", { class: "fa fa-external-link" }), " ")
    .append($("<span>", {}).text(accountText("portal.open", words)));
}
