import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NAME_LANGUAGES, nameLanguageOf } from "../../../src/support/name-languages.js";
import { allDefinitions, type DescriptorDefinition } from "../../../src/vehicle/catalogue.js";
import { localisedNameOf } from "../../../src/vehicle/localised-names.js";
import { ROOT } from "../../helpers/node-red.js";

const FOLDER = join(ROOT, "resources", "names");
const ODOMETER = "vehicle.vehicle.travelledDistance";
const catalogue = [...allDefinitions()];

type Check = (catalogue: readonly DescriptorDefinition[], file: string, text: string) => string[];

describe("the name of a descriptor", () => {
  it("is there in every language that has a file", () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), NAME_LANGUAGES.map((language) => `${language}.json`).sort());
    for (const language of NAME_LANGUAGES) {
      const names = catalogue.map(({ id }) => localisedNameOf(id, language) ?? "");
      assert.equal(new Set(names).size, catalogue.length, language);
      const english = catalogue.filter(({ name }, index) => name === names[index]);
      assert.ok(english.length <= 6, `${language}: ${english.map(({ name }) => name).join()}`);
    }
  });

  it("is that of the language, also where a region follows", () => {
    assert.equal(localisedNameOf(ODOMETER, "de"), "Kilometerstand");
    for (const language of ["de-AT", "de_CH", "DE-de"])
      assert.equal(localisedNameOf(ODOMETER, language), "Kilometerstand", language);
    assert.equal(localisedNameOf(ODOMETER, "pt-BR"), "Quilometragem");
  });

  it("is the English one in English, in a language that has no file, and in what is no language", () => {
    for (const language of ["en", "en-US", "sv", "", "..", "../catalogue", "constructor", "deu"])
      assert.equal(localisedNameOf(ODOMETER, language), "Odometer", language);
  });

  it("is unknown for a descriptor outside the catalogue", () => {
    for (const descriptor of ["vehicle.brandNew.value", "constructor", ""])
      for (const language of ["en", "de"]) assert.equal(localisedNameOf(descriptor, language), undefined, descriptor);
  });

  it("asks for a language by what stands before the region", () => {
    assert.equal(nameLanguageOf("es-419"), "es");
    assert.equal(nameLanguageOf("eso"), undefined);
  });
});

describe("the check of the names", () => {
  let findings: (change: (names: Record<string, string>) => void) => string[];
  before(async () => {
    const file = pathToFileURL(join(ROOT, "scripts", "check-names.mjs")).href;
    const { findingsOfNames } = (await import(file)) as { findingsOfNames: Check };
    findings = (change) => {
      const names = JSON.parse(readFileSync(join(FOLDER, "de.json"), "utf8")) as Record<string, string>;
      change(names);
      return findingsOfNames(catalogue, "de.json", JSON.stringify(names));
    };
  });

  it("finds nothing in the file as it is", () => {
    assert.deepEqual(
      findings(() => undefined),
      [],
    );
  });

  it("says which descriptor a language lacks", () => {
    const [first] = findings((names) => {
      Reflect.deleteProperty(names, ODOMETER);
    });
    assert.equal(first, `names/de.json lacks ${ODOMETER}: add its name in this language ("Odometer" in English)`);
  });

  it("finds a name of nothing, and one that stands twice", () => {
    const more = findings((names) => (names["vehicle.gone"] = "Weg"));
    assert.match(more[0] ?? "", /names vehicle\.gone, which is not in the catalogue/);
    const twice = findings((names) => (names[ODOMETER] = "reichweite"));
    assert.ok(
      twice.some((finding) =>
        finding.includes('"reichweite" is the name of vehicle.drivetrain.remainingRange as well'),
      ),
    );
  });

  const FAULTS: readonly (readonly [name: string, fault: RegExp])[] = [
    ["Odometer", /the English name/],
    ["Total range", /an English word/],
    [" Kilometerstand", /blanks/],
    ["Stand\u00a0km", /blanks/],
    ["Kilometerstand.", /ends with a mark/],
    ["kilometerstand", /small letter/],
    ["Kilometer–Stand", /quote or dash/],
    ["Stand des Kilometerzählers", /longer than/],
    ["Kilometerstand 2", /another figure/],
    ["AC-Kilometer", /another figure, brand or kind of current/],
  ];
  for (const [name, fault] of FAULTS)
    it(`finds what is wrong in "${name}"`, () => {
      assert.match(findings((names) => (names[ODOMETER] = name)).join("\n"), fault);
    });
});
