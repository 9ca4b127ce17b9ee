// npm run build: everything that the package ships goes to dist/. Fails on any error. With `--quick`, for npm run dev, it
// writes over what is there, compiles only what has changed and leaves the declarations out; with `--unchecked`, for runs
// of tests, in which `oxlint` checks the types of everything, it only writes.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { build } from "esbuild";
import { withSettings } from "./help-table.mjs";
import { must, ROOMY, root } from "./run.mjs";

const dist = join(root, "dist");
const nodes = join(dist, "nodes");
const editor = join(root, "nodes", "editor");
const cockpit = join(root, "nodes", "cockpit");
/** What a phone far from the house should load at most, compressed [bytes]. */
const MOST_OF_PAGE = 150 * 1024;
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** Bundles what runs in the editor as one classic script. */
async function editorScript(source) {
  const { outputFiles } = await build({
    entryPoints: [join(editor, source)],
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    write: false,
    logLevel: "warning",
  });
  return `<script type="text/javascript">\n${outputFiles[0].text.trim()}\n</script>`;
}

/** One script and one template per node: the flow library and Node-RED read both out of the HTML. */
async function buildEditor(set) {
  const template = withIncludes(readFileSync(join(editor, `${set}.html`), "utf8")).trim();
  const html = [
    await editorScript(`${set}.ts`),
    `<script type="text/html" data-template-name="${set}">\n${template}\n</script>`,
    readFileSync(join(nodes, "locales", "en-US", `${set}.html`), "utf8").trim(),
  ];
  writeFileSync(join(nodes, `${set}.html`), `${html.join("\n\n")}\n`);
}

/** A plugin of the editor has a script only. */
async function buildPlugin(plugin) {
  writeFileSync(join(nodes, "plugins", `${plugin}.html`), `${await editorScript(join("plugins", `${plugin}.ts`))}\n`);
}

/** Dialogs share parts: `<!-- include widgets/x.html -->`. */
function withIncludes(template) {
  return template.replace(/<!-- include (\S+) -->/g, (_mark, file) => readFileSync(join(editor, file), "utf8").trim());
}

/** Node-RED looks for icons and locales beside the built files only. */
function copyBeside(folder) {
  const from = folder === "icons" ? join(root, "icons") : join(root, "nodes", folder);
  cpSync(from, join(nodes, folder), { recursive: true });
}

/** The English error texts have one source, the library; the editor finds them in its catalogue. */
function addErrorTexts() {
  const { ERROR_TEXTS } = createRequire(import.meta.url)(join(dist, "src", "support", "error-table.js"));
  const file = join(nodes, "locales", "en-US", "cardata-account.json");
  const catalogue = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...catalogue, errors: ERROR_TEXTS }, null, 2));
}

/** What can be set has one source as well, the schema of the node. */
function addSettings(set) {
  for (const language of readdirSync(join(nodes, "locales"))) {
    const file = join(nodes, "locales", language, `${set}.html`);
    writeFileSync(file, withSettings(readFileSync(file, "utf8"), dist, set, language));
  }
}

/** The page `/cardata`, which is also a tab of the editor's sidebar. */
async function buildCockpit() {
  const target = join(nodes, "cockpit");
  mkdirSync(target, { recursive: true });
  await build({
    entryPoints: [
      { in: join(cockpit, "main.ts"), out: "cockpit" },
      { in: join(cockpit, "styles", "cockpit.css"), out: "cockpit" },
    ],
    outdir: target,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    // Leaflet's pictures are those of parts that the page does not use.
    loader: { ".png": "empty" },
    legalComments: "none",
    logLevel: "warning",
  });
  cpSync(join(cockpit, "index.html"), join(target, "index.html"));
  const licences = ["uplot", "leaflet"].map((name) => [
    name,
    readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8"),
  ]);
  writeFileSync(join(target, "licences.txt"), licences.map((part) => part.join("\n\n")).join("\n\n"));
  const files = ["index.html", "cockpit.js", "cockpit.css"].map((file) => readFileSync(join(target, file)));
  const size = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  console.log(`The cockpit page has ${(size / 1024).toFixed(1)} kB (gzip).`);
  if (size > MOST_OF_PAGE) throw new Error(`The cockpit page is larger than ${MOST_OF_PAGE / 1024} kB.`);
}

/**
 * Leaves of each map what the log takes of it: the line of the source for each line. Columns and names are five sixths of
 * the maps, and a quarter of what is downloaded.
 */
function thinMaps() {
  for (const file of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js.map"))) {
    const path = join(dist, file);
    const { mappings, ...map } = JSON.parse(readFileSync(path, "utf8"));
    const lines = decode(mappings).map((segments) => segments.slice(0, 1).map((first) => first.slice(0, 4)));
    writeFileSync(path, JSON.stringify({ ...map, names: [], mappings: encode(lines) }));
  }
}

const sets = readdirSync(editor)
  .filter((file) => file.endsWith(".html"))
  .map((file) => basename(file, ".html"));

const isQuick = process.argv.includes("--quick");
const isChecked = !process.argv.includes("--unchecked");
const incremental = ["--incremental", "--tsBuildInfoFile", join(dist, "quick.tsbuildinfo"), "--noEmitOnError"];
const how = [...(isQuick ? incremental : []), ...(isChecked ? [] : ["--noCheck"])];

if (!isQuick) rmSync(dist, { recursive: true, force: true });
// Shipped as the compiler writes it, with comments, so that people can read and debug what runs; the maps hold no sources,
// only lines, which src/support/unexpected-errors.ts puts into the log.
await must("Compiling", process.execPath, [ROOMY, tsc, "-p", root, "--sourceMap", ...how]);
if (!isQuick) {
  thinMaps();
  const types = join(root, "tsconfig.types.json");
  await must("Declaring the types of messages", process.execPath, [ROOMY, tsc, "-p", types, ...how]);
}
if (isChecked) await must("Checking the editor", process.execPath, [ROOMY, tsc, "-p", editor]);
mkdirSync(nodes, { recursive: true });
copyBeside("icons");
copyBeside("locales");
addErrorTexts();
for (const set of sets) addSettings(set);
for (const set of sets) {
  if (!existsSync(join(nodes, `${set}.js`))) throw new Error(`${set} has an editor but no runtime`);
  await buildEditor(set);
}
for (const plugin of ["cardata-cockpit"]) await buildPlugin(plugin);
await buildCockpit();
const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
for (const command of Object.values(bin)) chmodSync(join(root, command), 0o755);
