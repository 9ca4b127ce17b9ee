#!/usr/bin/env bash
# cron 4.4.0 and cron-parser 5.10.6: around the end of summer time a daily job of the hour after it runs an hour early and again, and
# what was due last is another time than what was due next.
#
# A good engineer knows that what is set to 02:30 has two moments in that night, and sets a daily job to 03:45, which has one. And takes it
# that `prev()` steps back over the same times that `next()` gives, so that "due since the last run?" is a comparison.
# Seen (Europe/Berlin; on 25 October 2026 03:00 CEST is 02:00 CET again, on 29 March 02:00 CET is 03:00 CEST):
#
#   cron, 45 3 * * *               runs at 02:45 CET and at 03:45 CET
#   cron, 15 4 * * *               runs at 04:15 CET
#   cron-parser, 30 2 * * *        autumn: next() gives 02:30 CEST; prev() gives 02:30 CET, and then 02:30 CEST
#                                  spring: next() gives 03:30 CEST; prev() gives none on that day
#
# So the job of 03:45 is run at a time that does not fit its expression, and a program that ran at what next() said at once finds another
# run missing, while one that was off in spring never finds the one it missed.
#
# Reason: cron goes an hour back where the hour before the time that it has found has the same number as that time, or as the one before
# it. The former is right for the hour that comes twice; the latter is also true of the hour after it, whose job lands in the repeated one.
# cron-parser keeps notes of the missing and of the repeated hour, but takes them only while it steps forward.
# Way out: daily jobs from 04:00 on (in the US from 03:00 on), or in a zone without summer time; a run is missing if the next time after
# the last run is past, whatever prev() says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts cron@4.4.0 cron-parser@5.10.6 luxon@3.7.2 @sinonjs/fake-timers@15.1.0 >/dev/null 2>&1

cat >run.cjs <<'JS'
"use strict";
const { install } = require("@sinonjs/fake-timers");
const { CronJob } = require("cron");
const { CronExpressionParser } = require("cron-parser");

const timeZone = "Europe/Berlin";
const wall = (at) => {
  const offset = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset" }).format(at).endsWith("+02:00") ? "CEST" : "CET";
  return `${new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at)} ${offset}`;
};

/** Lets the night pass and returns when the job ran. */
async function ran(cronTime) {
  const clock = install({ now: Date.parse("2026-10-24T20:00:00Z"), toFake: ["Date", "setTimeout", "clearTimeout"] });
  const times = [];
  const job = CronJob.from({ cronTime, timeZone, start: true, onTick: () => times.push(Date.now()) });
  await clock.tickAsync(12 * 3_600_000);
  job.stop();
  clock.uninstall();
  return times;
}

/** Returns what was due between two times, found in one direction. */
function due(expression, from, until, direction) {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const parsed = CronExpressionParser.parse(expression, { tz: timeZone, currentDate: new Date(direction === "next" ? start : end) });
  const times = [];
  for (let at = parsed[direction]().getTime(); at > start && at < end; at = parsed[direction]().getTime()) times.push(at);
  return times.map(wall).join(", ") || "none";
}

async function main() {
  for (const expression of ["45 3 * * *", "15 4 * * *"])
    console.log(`cron, ${expression}: ${(await ran(expression)).map(wall).join(", ")}`);
  const nights = { autumn: ["2026-10-24T20:00:00Z", "2026-10-25T20:00:00Z"], spring: ["2026-03-28T20:00:00Z", "2026-03-29T20:00:00Z"] };
  for (const [name, [from, until]] of Object.entries(nights))
    for (const direction of ["next", "prev"])
      console.log(`cron-parser, 30 2 * * *, ${name}, ${direction}: ${due("30 2 * * *", from, until, direction)}`);
}
main();
JS
node run.cjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
cron, 45 3 * * *: 02:45 CET, 03:45 CET
cron, 15 4 * * *: 04:15 CET
cron-parser, 30 2 * * *, autumn, next: 02:30 CEST
cron-parser, 30 2 * * *, autumn, prev: 02:30 CET, 02:30 CEST
cron-parser, 30 2 * * *, spring, next: 03:30 CEST
cron-parser, 30 2 * * *, spring, prev: none
TXT
