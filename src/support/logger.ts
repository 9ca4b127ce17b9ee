/** Where lines for people go. The writer of a line redacts it. */
export interface Logger {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Computed only where somebody listens. */
  debug(text: () => string): void;
}
