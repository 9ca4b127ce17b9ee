// npm run test:matrix: what depends on the versions of Node.js and Node-RED, on the oldest and newest that are supported.
import { ensurePacked } from "./run.mjs";
import { installVersions, versionJobs } from "./versions.mjs";

const problems = await installVersions();
problems.forEach((problem) => console.log(problem));
await ensurePacked();
const { runJobs } = await import("./jobs.mjs");
const { passed, failed } =
  problems.length === 0 ? await runJobs(await versionJobs()) : { passed: 0, failed: problems.length };
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
