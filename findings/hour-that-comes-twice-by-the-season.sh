#!/usr/bin/env bash
# luxon 3.7.2, dayjs 1.11.23 and @date-fns/tz 1.5.0: which of two moments a time of the repeated hour is depends on the day on which
# it is read, or on the zone of the computer.
#
# A good engineer knows that 02:30 in the night in which summer time ends is two moments, and takes it that a library picks one of them by
# a rule: the same text, zone and version give the same moment. So what a log of charges was imported as can be compared with a second import.
# Seen ("2026-10-25T02:30" in Europe/Berlin, on a clock that is set before the libraries load; TZ is the zone of the computer):
#
#                                      luxon    dayjs.tz   moment.tz   TZDate
#   read in July,     TZ=UTC           00:30Z   00:30Z     00:30Z      01:30Z
#   read in December, TZ=UTC           01:30Z   01:30Z     00:30Z      01:30Z
#   read in July,     TZ=Europe/Berlin 00:30Z   00:30Z     00:30Z      00:30Z
#   read in December, TZ=Europe/Berlin 01:30Z   01:30Z     00:30Z      00:30Z
#
# Reason: luxon and dayjs take the offset that the zone has now as their first guess, and either guess is right in that hour. TZDate
# works on a date of the computer's zone, which counts that hour once or twice. moment-timezone takes the first one always.
# luxon says that it promises neither of the two; not that the answer changes within one installation.
# Way out: write times with their offset; where they come without one, choose by `getPossibleOffsets()` of luxon, or take Temporal,
# whose `disambiguation` is a rule ("compatible": the first one).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts luxon@3.7.2 dayjs@1.11.23 moment-timezone@0.6.6 @date-fns/tz@1.5.0 >/dev/null 2>&1

cat >read.cjs <<'JS'
"use strict";
const now = Date.parse(process.argv[2]);
const zone = "Europe/Berlin";
const text = "2026-10-25T02:30";
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now] : parts));
  }
  static now() {
    return now;
  }
};
const { DateTime } = require("luxon");
const dayjs = require("dayjs");
dayjs.extend(require("dayjs/plugin/utc"));
dayjs.extend(require("dayjs/plugin/timezone"));
const moment = require("moment-timezone");
const { TZDate } = require("@date-fns/tz");

const found = [
  DateTime.fromISO(text, { zone }).toMillis(),
  dayjs.tz(text, zone).valueOf(),
  moment.tz(text, zone).valueOf(),
  new TZDate(2026, 9, 25, 2, 30, zone).getTime(),
];
console.log(found.map((at) => `${new RealDate(at).toISOString().slice(11, 16)}Z`).join(" "));
JS
for zone in UTC Europe/Berlin; do
  for day in 2026-07-15 2026-12-01; do echo "$zone $day $(TZ=$zone node read.cjs "${day}T12:00:00Z")"; done
done | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
UTC 2026-07-15 00:30Z 00:30Z 00:30Z 01:30Z
UTC 2026-12-01 01:30Z 01:30Z 00:30Z 01:30Z
Europe/Berlin 2026-07-15 00:30Z 00:30Z 00:30Z 00:30Z
Europe/Berlin 2026-12-01 01:30Z 01:30Z 00:30Z 00:30Z
TXT
