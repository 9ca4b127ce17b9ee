/** The texts of one language that Home Assistant shows. What is missing is shown in English. */
export interface Texts {
  /** Names of entities, by our English name of the value. */
  readonly names: Readonly<Record<string, string>>;
  /** What BMW's words mean, by the word in capitals without `-`, `_` and blanks. */
  readonly words: Readonly<Record<string, string>>;
}
