#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): an inject node "every 15 minutes between 00:00 and 24:00" pauses for an hour in the night
# in which summer time ends, and one that fires at 20 past each hour fires twice in the hour after it begins.
#
# A good engineer takes it that a schedule with a wildcard for the hour goes by the time that passes, as that of cron does: a poll or
# a watchdog every 15 minutes has no gap on any night, and the clock going back repeats only what was set to one time of the day.
# Seen (Europe/Berlin, on a clock that the script moves, times as a wall clock shows them; the night of 25 October 2026 has 02:00 twice):
#
#   autumn, */15 0-23 * * *, 02:00 to 03:00 CEST   4 times
#   autumn, */15 0-23 * * *, 02:00 to 03:00 CET    none
#   autumn, repeat every 900 s, those two hours    8 times
#   spring, 20 * * * *                             01:20 03:00 03:20 04:20
#
# Reason: the node leaves all to cronosjs, which by default leaves out the repeated hour and puts what would have fallen into the
# missing one at its end, whatever the expression is; cronosjs has options for both, the inject node sets none of them and has no field for them.
# Way out: "interval" (seconds) for what watches or polls, or a time limit that outlasts an hour of silence; a schedule for times of
# the day only.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 \
  @sinonjs/fake-timers@15.1.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >night.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const { install } = require("@sinonjs/fake-timers");

const HOUR = 3_600_000;
const place = { z: "tab", x: 1, y: 1 };
const fired = [];

function flow(inject) {
  return [
    { id: "tab", type: "tab", label: "tab" },
    { id: "inject", type: "inject", ...place, props: [], repeat: "", crontab: "", once: false, ...inject, wires: [["note"]] },
    { id: "note", type: "function", ...place, func: 'global.get("note")()', outputs: 0, libs: [], wires: [] },
  ];
}

/** Lets a night pass and returns when the node fired [ms]. */
async function night(RED, from, hours, inject) {
  const clock = install({ now: Date.parse(from), toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows: flow(inject) }, deploymentType: "full" });
  await started;
  fired.length = 0;
  // In steps, so that the messages get through the flow.
  for (let minute = 0; minute < hours * 60; minute++) {
    await clock.tickAsync(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  clock.uninstall();
  return [...fired];
}

async function main(name) {
  const RED = require(name);
  RED.init(createServer(), {
    userDir: mkdtempSync(join(process.cwd(), "user-")),
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: "off" } },
    telemetry: { enabled: false },
    functionGlobalContext: { note: () => fired.push(Date.now()) },
  });
  const firstStart = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await firstStart;
  const between = (times, from, hours) => times.filter((at) => at >= Date.parse(from) && at < Date.parse(from) + hours * HOUR).length;
  const wall = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  const autumn = "2026-10-24T22:50:00Z";
  const schedule = await night(RED, autumn, 4, { crontab: "*/15 0-23 * * *" });
  console.log(`${RED.version()} autumn, */15 0-23 * * *, 02:00 to 03:00 CEST: ${between(schedule, "2026-10-25T00:00:00Z", 1)}`);
  console.log(`${RED.version()} autumn, */15 0-23 * * *, 02:00 to 03:00 CET: ${between(schedule, "2026-10-25T01:00:00Z", 1)}`);
  const interval = await night(RED, autumn, 4, { repeat: "900" });
  console.log(`${RED.version()} autumn, repeat every 900 s, those two hours: ${between(interval, "2026-10-25T00:00:00Z", 2)}`);
  const spring = await night(RED, "2026-03-29T00:10:00Z", 3, { crontab: "20 * * * *" });
  console.log(`${RED.version()} spring, 20 * * * *: ${spring.map(wall).join(" ")}`);
  process.exit();
}
main(process.argv[2]);
JS
for name in red4 red5; do TZ=Europe/Berlin node night.cjs "$name"; done | tee seen

# Fails if the behaviour changes.
for version in 4.1.15 5.0.7; do
  echo "$version autumn, */15 0-23 * * *, 02:00 to 03:00 CEST: 4"
  echo "$version autumn, */15 0-23 * * *, 02:00 to 03:00 CET: 0"
  echo "$version autumn, repeat every 900 s, those two hours: 8"
  echo "$version spring, 20 * * * *: 01:20 03:00 03:20 04:20"
done | diff seen -
