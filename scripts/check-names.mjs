// Rules for a file of resources/names/: the names of all descriptors of the catalogue in one language.

/** Names that are the same in these languages as in English. */
const SAME = {
  de: ["Alarm", "Magic SOC", "Teleservice"],
  es: ["Magic SOC", "Teleservice"],
  fr: ["Altitude", "Latitude", "Longitude", "Magic SOC", "Satellites", "Teleservice"],
  it: ["Magic SOC", "Teleservice"],
  nl: ["Alarm", "Magic SOC", "Teleservice"],
  pt: ["Altitude", "Latitude", "Longitude", "Magic SOC", "Teleservice"],
};
/** English words of the catalogue that no other language has taken over; whoever forgot to translate left one of them. */
const ENGLISH =
  /\b(the|and|while|with|by|side|front|rear|left|right|seat|door|boot|lid|tyre|charging|battery|level|driver|passenger|flap|trip|engine|heating|cooling|range|time|when|why|last|distance to|window|shown)\b/i;
/** What must not be lost: figures, kinds of current, names of BMW. */
const KEPT = /\b(?:(?:AC|DC|REST|Eco Pro Plus|Eco Pro|ConnectedDrive|Check[ -]Control)\b|\d+)/gi;
/** A third row may be told by a word or a figure. */
const ROW = /\b(?:row|fila|rang|rij) 3\b/;

/** Languages that must have a file. */
export const LANGUAGES = Object.keys(SAME);

const keptOf = (text) =>
  (text.replace(ROW, "").match(KEPT) ?? []).map((word) => word.toLowerCase().replace("-", " ")).sort();

/** @returns what is wrong, a sentence each */
export function findingsOfNames(catalogue, file, text) {
  const language = file.replace(".json", "");
  const names = JSON.parse(text);
  const known = new Set(catalogue.map(({ id }) => id));
  const findings = Object.keys(names)
    .filter((id) => !known.has(id))
    .map((id) => `names/${file} names ${id}, which is not in the catalogue`);
  if (!Object.hasOwn(SAME, language))
    findings.push(`names/${file}: scripts/check-names.mjs does not know this language`);
  const owners = new Map();
  for (const { id, name } of catalogue) {
    const local = names[id];
    if (typeof local !== "string") {
      findings.push(`names/${file} lacks ${id}: add its name in this language ("${name}" in English)`);
      continue;
    }
    findings.push(...faultsOf(name, local, SAME[language] ?? []).map((fault) => `names/${file} ${id}: ${fault}`));
    const owner = owners.get(local.toLowerCase());
    if (owner !== undefined) findings.push(`names/${file} ${id}: "${local}" is the name of ${owner} as well`);
    owners.set(local.toLowerCase(), id);
  }
  if (Object.keys(names).join() !== catalogue.map(({ id }) => id).join())
    findings.push(`names/${file}: not all ids, or not in the order of the catalogue`);
  return findings;
}

function faultsOf(english, local, same) {
  const rules = {
    "blanks at an end or twice": local !== local.trim() || /\s{2}|[^\S ]/.test(local),
    "ends with a mark": /[.,;:!?-]$/.test(local),
    "begins with a small letter": /^\p{Ll}/u.test(local),
    "a quote or dash that keyboards do not have": /[\u2010-\u2015\u2018-\u201F\u2212]/.test(local),
    "longer than one and a half times the English name and six": local.length > 1.5 * english.length + 6,
    "the English name": local === english && !same.includes(english),
    "an English word": !same.includes(local) && ENGLISH.test(local),
    "another figure, brand or kind of current than in English": keptOf(english).join() !== keptOf(local).join(),
  };
  return Object.keys(rules)
    .filter((rule) => rules[rule])
    .map((rule) => `"${local}": ${rule}`);
}
