/** The texts of one language that Home Assistant shows. A word that no table has is shown as BMW's English. */
export interface Texts {
  /**
   * Names of entities, by our English name of the value: of those that are no descriptor, and of the few descriptors
   * whose class says a part of the name. All other descriptors have their names in `resources/names/`.
   */
  readonly names: Readonly<Record<string, string>>;
  /** What BMW's words mean, by the word in capitals without `-`, `_` and blanks. */
  readonly words: Readonly<Record<string, string>>;
}
