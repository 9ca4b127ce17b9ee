// The table of settings in the help of a node: made of its schema and of the texts of its dialog.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const MARK = "<!-- settings -->";
/** Every node has a name; the other one nobody sees. */
const UNNAMED = ["name", "loginAt"];

/** The help with the table in place of its mark. @param dist where the compiled schemas and the texts lie */
export function withSettings(help, dist, type, language) {
  const settingsFolder = join(dist, "src", "settings");
  const require = createRequire(import.meta.url);
  const { [nameOf(type)]: schema } = require(join(settingsFolder, `${type.replace("cardata-", "")}-schema.js`));
  const { labelKey } = require(join(settingsFolder, "schema.js"));
  const text = textsOf(join(dist, "nodes", "locales", language));
  const settings = Object.entries(schema.settings).filter(([name]) => !UNNAMED.includes(name));
  const rows = settings.map(([name, setting]) => rowOf(type, name, setting, labelKey(schema, name), text));
  const table = `<h3>${text("cardata-account.help.settings")}</h3>\n  <dl class="message-properties">\n${rows.join("\n")}\n  </dl>`;
  if (!help.includes(MARK)) throw new Error(`The help of ${type} has no place for its settings: ${MARK}`);
  return help.replace(MARK, table);
}

/** `cardata-predicted-soc` to `PREDICTED_SOC_SCHEMA`. */
function nameOf(type) {
  return `${type.replace("cardata-", "").replaceAll("-", "_").toUpperCase()}_SCHEMA`;
}

function rowOf(type, name, setting, label, text) {
  const kind = `<span class="property-type">${text(`cardata-account.help.${setting.form.kind}`)}</span>`;
  return `    <dt>${text(label)} ${kind}</dt>\n    <dd><code>${name}</code>${describe(type, name, setting, text)}</dd>`;
}

/** What can be set, and what counts if nothing is. */
function describe(type, name, { form, defaultValue }, text) {
  const say = (key, params) => fill(text(`cardata-account.help.${key}`), params);
  if (form.kind === "flag") return say(defaultValue ? "on" : "off", {});
  if (form.kind === "choice") {
    const options = form.options.map((option) => text(`${type}.${name}.${option}`, false) ?? option);
    return say("options", { options: options.slice(1).join("; "), usual: options[0] });
  }
  const value =
    defaultValue === null || defaultValue === "" || Array.isArray(defaultValue)
      ? ""
      : say("usual", { usual: String(defaultValue) });
  return form.kind === "number" ? say("range", form) + value : value;
}

function fill(text, params) {
  return text.replace(/__(\w+?)__/g, (_mark, name) => escaped(String(params[name])));
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A look into all catalogues of a language. @returns `undefined` for what is missing and need not be there */
function textsOf(folder) {
  const catalogues = new Map();
  return (key, isNeeded = true) => {
    const [set = "", ...path] = key.split(".");
    if (!catalogues.has(set)) catalogues.set(set, JSON.parse(readFileSync(join(folder, `${set}.json`), "utf8")));
    const text = [set, ...path].reduce((texts, name) => texts?.[name], catalogues.get(set));
    if (isNeeded && typeof text !== "string") throw new Error(`The help needs the text ${key}`);
    return typeof text === "string" ? text : undefined;
  };
}
