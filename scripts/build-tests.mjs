// Compiles what runs from the sources (tests, demo, bench, simulator) to .test-build/, once, and as the package is
// compiled: what esbuild makes of modules for CommonJS calls a getter wherever something imported is used, so that
// simulated lives took half as long again, and the bench measured what nobody gets.
// Each file by itself, and only where it has changed: `oxlint` checks the types, beside the tests.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { compiled, root } from "./run.mjs";

/** The facts that they import lie among them. */
const FOLDERS = ["src", "nodes", "resources", "test", "bench", "demo"];
const LEFT_OUT = /^nodes\/editor\/|\.d\.ts$/;

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  root,
);

/** What was made before one of these has changed is made anew. */
const MAKERS = [fileURLToPath(import.meta.url), join(root, "tsconfig.json"), join(root, "package-lock.json")];
const made = Math.max(...MAKERS.map(timeOf));

const results = new Set(["package.json", ...FOLDERS.flatMap(filesIn)].flatMap(bring));
for (const file of filesBelow(compiled)) if (!results.has(file)) rmSync(file);

/** Brings a source to its place, in a folder that is there; returns the files that it becomes. */
function bring(file) {
  const source = join(root, file);
  const target = join(compiled, file.replace(/\.ts$/, ".js"));
  // A result has the time of what it was made of, so that one is made anew also where a file was moved to its place.
  const time = Math.max(timeOf(source), made);
  if (timeOf(target) !== time) {
    mkdirSync(dirname(target), { recursive: true });
    if (file.endsWith(".ts")) compile(source, target);
    else copyFileSync(source, target);
    utimesSync(target, new Date(time), new Date(time));
  }
  return file.endsWith(".ts") ? [target, `${target}.map`] : [target];
}

function compile(source, target) {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(readFileSync(source, "utf8"), {
    fileName: source,
    compilerOptions: { ...options, sourceMap: true },
    reportDiagnostics: true,
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)));
  // Stacks and coverage point to the TypeScript.
  const sources = [relative(dirname(target), source)];
  writeFileSync(`${target}.map`, JSON.stringify({ ...JSON.parse(sourceMapText), sources }));
  writeFileSync(target, outputText);
}

function filesIn(folder) {
  const files = filesBelow(join(root, folder)).map((file) => relative(root, file));
  return files.filter((file) => /\.(ts|json)$/.test(file) && !LEFT_OUT.test(file));
}

function filesBelow(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Time of the last change, in whole ms; 0 where there is no such file. */
function timeOf(file) {
  return Math.floor(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}
