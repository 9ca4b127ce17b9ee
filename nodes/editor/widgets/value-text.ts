import type { DescriptorView } from "../../lib/admin-contract.js";
import { editorLanguage } from "./editor-language.js";
import { streamText } from "./text.js";

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** Formats a value that a car has sent, with its age: `63 % · 5 min ago`. */
export function valueText({ value, unit, lastSeen, car }: DescriptorView): string {
  const shown = value === undefined ? "" : [plainText(value), unit ?? ""].join(" ").trim();
  return [shown, ageText(lastSeen), car ?? ""].filter((part) => part !== "").join(" · ");
}

function plainText(value: NonNullable<DescriptorView["value"]> | null): string {
  if (value === null) return streamText("descriptors.unknown");
  if (typeof value === "boolean") return streamText(value ? "descriptors.yes" : "descriptors.no");
  return typeof value === "number" ? value.toLocaleString(editorLanguage(), { maximumFractionDigits: 3 }) : value;
}

/** Formats how long ago a time was, in the largest unit of which it is at least one. */
function ageText(iso: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
  const [unit, length] = UNITS.find(([, least]) => seconds >= least) ?? (["minute", 60] as const);
  const format = new Intl.RelativeTimeFormat(editorLanguage(), { style: "short", numeric: "always" });
  return format.format(-Math.floor(seconds / length), unit);
}
