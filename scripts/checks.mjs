// What is looked at as a whole, without running it.
import { join } from "node:path";
import { fingerprint, isStamped, setStamp } from "./fingerprint.mjs";
import { made, ROOMY, root } from "./run.mjs";

const tool = (name, path) => join(root, "node_modules", name, path);

/** `cores`: how much of a core it keeps busy; `isLong`: for longer than anything else that cannot be divided. */
const CHECKS = [
  { title: "lint", cores: 1, isLong: true, args: [ROOMY, tool("eslint", "bin/eslint.js"), "."] },
  { title: "types", cores: 1, args: [ROOMY, tool("typescript", "bin/tsc"), "-p", "tsconfig.dev.json"] },
  { title: "format", cores: 1, args: [tool("prettier", "bin/prettier.cjs"), "--check", "."] },
  { title: "unused files, exports and dependencies", cores: 1, args: [tool("knip", "bin/knip.js")] },
  { title: "catalogue", cores: 0.1, args: [join(root, "scripts", "check-catalogue.mjs")] },
];

/** A job that is right or wrong as a whole; it says what is wrong only. */
const jobOf = ({ title, cores, args, isLong = false }, onPassed) => ({
  title,
  cores,
  args,
  isLong,
  isQuiet: true,
  counts: (code) => {
    if (code === 0) onPassed();
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  },
});

/** Jobs for all checks, and how many need none, because no file has changed since they passed. */
export function checkJobs() {
  const print = fingerprint(root, ["."]);
  const stamp = ({ title }) => join(made, "stamps", `check ${title}`);
  const open = CHECKS.filter((one) => !isStamped(stamp(one), print));
  for (const one of CHECKS.filter((known) => !open.includes(known)))
    console.log(`ok   ${one.title} (passed before, and nothing has changed)`);
  const jobs = open.map((one) => jobOf(one, () => setStamp(stamp(one), print)));
  return { jobs, passed: CHECKS.length - open.length };
}
