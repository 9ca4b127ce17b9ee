import { browserLanguage } from "./browser-language.js";

// The chart's library formats by `navigator.language` as soon as it is loaded, so this is loaded before it.
if (navigator.language !== browserLanguage([navigator.language]))
  Object.defineProperty(navigator, "language", { value: browserLanguage(), configurable: true });
