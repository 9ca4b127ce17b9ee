/** Something to choose, by the value that is stored. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface ChoiceWords {
  /** What the field is about, for those who do not see its label. */
  readonly name: string;
  /** Stands for an empty field. */
  readonly none: string;
  /** Stands for what is typed. */
  readonly other: string;
}

/** Value of the entry that shows the text field. */
const OTHER = "\u0000other";

/**
 * Puts a drop-down list before a text field: what is chosen stands in the field, which is seen only where something else is
 * typed, or nothing is known to choose from.
 */
export class ChoiceField {
  readonly #list: Query;
  #choices: readonly Choice[] = [];

  constructor(
    private readonly field: Query,
    private readonly words: ChoiceWords,
  ) {
    this.#list = $("<select>", { class: "cardata-choice", "aria-label": words.name });
    this.field.before(this.#list);
    this.#list.on("change", () => {
      this.#choose();
    });
    this.show([]);
  }

  /** Offers something else; what the field holds stays. */
  show(choices: readonly Choice[]): void {
    this.#choices = choices;
    const { none, other } = this.words;
    this.#list.empty();
    for (const { value, label } of [{ value: "", label: none }, ...choices, { value: OTHER, label: other }])
      $("<option>", { value }).text(label).appendTo(this.#list);
    // Nobody's field vanishes while he types.
    const isTyping = document.activeElement !== null && document.activeElement === this.field[0];
    const own = this.#choiceFor(String(this.field.val() ?? ""));
    const isListed = own !== null && !isTyping && choices.length > 0;
    this.#list.val(isListed ? own : OTHER);
    this.#list.toggle(choices.length > 0);
    if (choices.length > 0) this.field.addClass("cardata-under-choice");
    else this.field.removeClass("cardata-under-choice");
    this.field.toggle(!isListed);
  }

  /** Returns the value of the entry that a stored value belongs to; `null` if there is none. */
  #choiceFor(stored: string): string | null {
    const wanted = stored.trim().toLowerCase();
    if (wanted === "") return "";
    return this.#choices.find(({ value }) => value.toLowerCase() === wanted)?.value ?? null;
  }

  #choose(): void {
    const chosen = String(this.#list.val() ?? "");
    this.field.toggle(chosen === OTHER);
    this.field.val(chosen === OTHER ? "" : chosen).trigger("change");
    if (chosen === OTHER) this.field.trigger("focus");
  }
}
