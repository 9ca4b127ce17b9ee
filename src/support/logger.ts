/** Writes log lines for people. The caller redacts them. */
export interface Logger {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Computes the text only if the level is enabled. */
  debug(text: () => string): void;
}
