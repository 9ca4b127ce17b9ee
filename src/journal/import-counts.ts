/** Counts what became of the entries of an import. */
export interface ImportCounts {
  readonly added: number;
  /** They were there already. */
  readonly known: number;
  /** The user has deleted them, so they stay out. */
  readonly deleted: number;
}
