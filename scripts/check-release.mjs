// node scripts/check-release.mjs TAG: tells why a tag cannot be released, or prints what the changelog says of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const read = (file) => readFileSync(join(root, file), "utf8");
const { version } = JSON.parse(read("package.json"));
const [tag = ""] = process.argv.slice(2);
const [heading = "", notes = ""] = sectionOf(read("CHANGELOG.md"), version);

const problems = [
  tag !== `v${version}` && `The tag is "${tag}" and package.json says ${version}.`,
  heading === "" && `CHANGELOG.md has no section [${version}].`,
  heading !== "" && !/ - \d{4}-\d{2}-\d{2}$/.test(heading) && `CHANGELOG.md gives no date of ${version}: "${heading}".`,
  ...["package.json", "README.md"].map(
    (file) => /\bOWNER\b/.test(read(file)) && `${file} holds the placeholder OWNER.`,
  ),
].filter((problem) => problem !== false);

if (problems.length === 0) console.log(notes.trim());
else {
  console.error(problems.join("\n"));
  process.exitCode = 1;
}

/** The heading of a version and the text below it; nothing where it has none. */
function sectionOf(changelog, name) {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((one) => one.startsWith(`## [${name}]`));
  if (section === undefined) return [];
  const end = section.indexOf("\n");
  return [section.slice(0, end).trim(), section.slice(end)];
}
