import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { preProcessFile } from "typescript";

/** Holds what each file imports, by path from the root: types, too. Packages and Node.js modules keep their names. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of all TypeScript files in some folders below `root`. */
export function readImports(root: string, folders: readonly string[]): Imports {
  const isSource = (name: string) => name.endsWith(".ts") && !name.endsWith(".d.ts");
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter(isSource)
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), "utf8"))]));
}

/** Gives what the text of a file imports. */
export function importsOf(file: string, text: string): string[] {
  const { importedFiles } = preProcessFile(text);
  return importedFiles
    .map(({ fileName }) => (fileName.startsWith(".") ? join(dirname(file), fileName) : fileName))
    .map((name) => name.replace(/\.js$/, ".ts"))
    .filter((name) => !name.endsWith(".json"));
}

/** Says which imports a table of allowed arrows does not allow, as `from -> to`. */
export function forbidden(
  imports: Imports,
  roomOf: (name: string) => string,
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  return [...imports].flatMap(([file, names]) => {
    const room = roomOf(file);
    const isAllowed = (name: string) => roomOf(name) === room || allowed[room]?.includes(roomOf(name)) === true;
    return names.filter((name) => !isAllowed(name)).map((name) => `${file} -> ${name}`);
  });
}

/** Gives one cycle of imports, from a file back to itself; `null` if there is none. */
export function cycleIn(imports: Imports): readonly string[] | null {
  const done = new Set<string>();
  const search = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const name of imports.get(file) ?? []) {
      const cycle = search(name, [...path, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const cycle = search(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
