import type { DoctorWords } from "../../src/account/doctor/finding-text.js";
import type { CockpitTexts } from "../../src/cockpit/contract.js";
import type { Problem } from "../../src/support/errors.js";
import { fillText, type TextParams } from "../../src/support/fill-text.js";
import { Formats } from "./formats.js";

/** Gives the words of a language: those of the page, and of the account's dialog what both show. */
export class Texts {
  /** Of the texts; what was asked for may be another one. */
  readonly language: string;
  readonly formats: Formats;

  /** @param wanted language and region of the user, for numbers and times */
  constructor(
    private readonly files: CockpitTexts,
    wanted: string,
  ) {
    this.language = files.language;
    const isSame = wanted.split("-")[0] === files.language.split("-")[0];
    this.formats = new Formats(isSame ? wanted : files.language);
  }

  /** A text of the page; its key where there is none, so that the mistake shows. */
  text(key: string, params: TextParams = {}): string {
    return fillText(textAt(this.files["cardata-cockpit"], key) ?? key, params);
  }

  /** Returns `null` for what the page has no text for, such as a word of a newer runtime. */
  known(key: string): string | null {
    return textAt(this.files["cardata-cockpit"], key);
  }

  account(key: string, params: TextParams = {}): string {
    return fillText(textAt(this.files["cardata-account"], key) ?? key, params);
  }

  problem({ code, params, known }: Problem): string {
    const text = (key: string, values: TextParams = {}) => fillText(this.files.errors[key] ?? key, values);
    if (known === undefined) return text(code, params);
    return `${text(code, params)} ${text(known.until === undefined ? "known_since" : "known_until", { ...known })}`;
  }

  /** The words of the doctor. */
  doctor(now: number): DoctorWords {
    return {
      text: (key, params) => this.account(key, params),
      problem: (problem) => this.problem(problem),
      time: (iso) => this.formats.time(Date.parse(iso), now),
    };
  }
}

function textAt(file: unknown, path: string): string | null {
  let found = file;
  for (const part of path.split("."))
    found = typeof found === "object" && found !== null ? new Map(Object.entries(found)).get(part) : undefined;
  return typeof found === "string" ? found : null;
}
