#!/usr/bin/env bash
# date-fns 4.4.0 with @date-fns/tz 1.5.0 and dayjs 1.11.23: the day of 25 hours has 24 for the one and 26 for the other.
#
# A good engineer knows that the last Sunday of October has 25 hours, for each of which the power exchange has a price, and takes it that
# a library which knows the zone gives 25 when it is asked for the hours of that day, or when an hour is added again and again.
# Seen (the hours from midnight to midnight in Europe/Berlin on 25 October and on 29 March 2026; TZ is the zone of the computer):
#
#                                                    autumn   spring
#   date-fns eachHourOfInterval, TZDate                  24       23    02:00 CET is left out
#   date-fns eachHourOfInterval, Date, TZ=Europe/Berlin  24       23    the same
#   date-fns eachMinuteOfInterval, TZDate, step 60       25       23
#   dayjs.tz, add(1, "hour"), TZ=Europe/Berlin           26       22    02:00 CEST twice; 03:00 CEST left out
#   dayjs.tz, add(1, "hour"), TZ=UTC                     25       23    named by the first offset all day: 02:00 CET is "03:00+02:00"
#   moment.tz, add(1, "hour")                            25       23
#   luxon, Interval.splitBy({ hours: 1 })                25       23
#
# So 25 prices that are put beside the hours of date-fns are an hour late from 02:00 CET on, to the end of the day.
#
# Reason: eachHourOfInterval counts the hours of the wall clock up, and JavaScript takes a local time of the repeated hour for the first of its
# two moments. dayjs with a zone keeps a date of the computer's zone that shows the other zone's time, and an offset that was looked up once: it
# adds to that date, which has the computer's own summer time, and the offset stays.
# Way out: count hours in UTC and name them in the zone, each by itself; the number of hours of a day lies between its two midnights.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts date-fns@4.4.0 @date-fns/tz@1.5.0 dayjs@1.11.23 moment-timezone@0.6.6 luxon@3.7.2 >/dev/null 2>&1

cat >hours.cjs <<'JS'
"use strict";
const { TZDate } = require("@date-fns/tz");
const { eachHourOfInterval, eachMinuteOfInterval } = require("date-fns");
const dayjs = require("dayjs");
dayjs.extend(require("dayjs/plugin/utc"));
dayjs.extend(require("dayjs/plugin/timezone"));
const { DateTime, Interval } = require("luxon");
const moment = require("moment-timezone");

const zone = "Europe/Berlin";
const MOST = 30;

/** Returns the moments from midnight to midnight, as a loop over `add` finds them. */
function added(first, until) {
  const found = [];
  for (let at = first; at.valueOf() < until && found.length < MOST; at = at.clone().add(1, "hour")) found.push(at.valueOf());
  return found;
}

const ways = {
  "date-fns eachHourOfInterval, Date": (start, end) => eachHourOfInterval({ start: new Date(start), end: new Date(end) }),
  "date-fns eachHourOfInterval, TZDate": (start, end) => eachHourOfInterval({ start: new TZDate(start, zone), end: new TZDate(end, zone) }),
  "date-fns eachMinuteOfInterval, TZDate": (start, end) =>
    eachMinuteOfInterval({ start: new TZDate(start, zone), end: new TZDate(end, zone) }, { step: 60 }),
  "dayjs.tz, add": (start, end) => added(dayjs(start).tz(zone), end),
  "moment.tz, add": (start, end) => added(moment.tz(start, zone), end),
  "luxon, splitBy": (start, end) =>
    Interval.fromDateTimes(DateTime.fromMillis(start, { zone }), DateTime.fromMillis(end, { zone }))
      .splitBy({ hours: 1 })
      .map((hour) => hour.start.toMillis()),
};
const days = [
  ["2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"],
  ["2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"],
];
for (const [name, way] of Object.entries(ways)) {
  // The last millisecond of the day: these intervals hold their ends.
  const counts = days.map(([from, to]) => way(Date.parse(from), Date.parse(to) - 1).length);
  console.log(`${name}: ${counts.join(" ")}`);
}
console.log("dayjs.tz, midnight and three hours:", dayjs("2026-10-24T22:00:00Z").tz(zone).add(3, "hour").format("HH:mmZ"));
JS
for zone in Europe/Berlin UTC; do
  echo "TZ=$zone"
  TZ=$zone node hours.cjs
done | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
TZ=Europe/Berlin
date-fns eachHourOfInterval, Date: 24 23
date-fns eachHourOfInterval, TZDate: 24 23
date-fns eachMinuteOfInterval, TZDate: 25 23
dayjs.tz, add: 26 22
moment.tz, add: 25 23
luxon, splitBy: 25 23
dayjs.tz, midnight and three hours: 02:00+02:00
TZ=UTC
date-fns eachHourOfInterval, Date: 25 23
date-fns eachHourOfInterval, TZDate: 24 23
date-fns eachMinuteOfInterval, TZDate: 25 23
dayjs.tz, add: 25 23
moment.tz, add: 25 23
luxon, splitBy: 25 23
dayjs.tz, midnight and three hours: 03:00+02:00
TXT
