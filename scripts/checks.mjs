// What is looked at as a whole, without running it.
import { join } from "node:path";
import { fingerprint, isStamped, setStamp } from "./fingerprint.mjs";
import { made, root } from "./run.mjs";

const tool = (name, path) => join(root, "node_modules", name, path);

/** `cores`: how much of a core it keeps busy. */
const CHECKS = [
  { title: "lint and types", cores: 1, args: [tool("oxlint", "bin/oxlint"), "--type-check", "."] },
  { title: "format", cores: 1, args: [tool("oxfmt", "bin/oxfmt"), "--check", "."] },
  { title: "unused files, exports and dependencies", cores: 1, args: [tool("knip", "bin/knip.js")] },
  { title: "catalogue", cores: 0.1, args: [join(root, "scripts", "check-catalogue.mjs")] },
];

/** A job that is right or wrong as a whole; it says what is wrong only. */
const jobOf = ({ title, cores, args }, onPassed) => ({
  title,
  cores,
  args,
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
