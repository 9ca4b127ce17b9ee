#!/usr/bin/env bash
# csv-parse 7.0.3, Node.js 20.20: with `cast`, each hexadecimal id of a CSV file becomes the number 0.
#
# A good engineer takes it that `cast: true` makes numbers of fields that are written as numbers and leaves all others as text: at worst "0x7E8"
# of a log of a car's bus becomes 2024.
# Seen (a log of OBD answers: time, id on the bus, length, first byte):
#
#   field    0.25   0x7E8   8   0x41   18DAF110
#   value    0.25   0       8   0      "18DAF110"
#
# so that all answers are of the same sender, without an error. `0b101` and `0o17` become 0 as well. (That an id without "0x", 7E8, is
# seven hundred million, one would guess.)
#
# Reason: whether a field is a number is asked by a subtraction, in which JavaScript reads text as it reads literals, in any base; the value is then
# read by parseFloat, which stops at the x.
# Way out: give `cast` a function, which decides for each column (`context.column`), as soon as one of them holds ids.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts csv-parse@7.0.3 >/dev/null 2>&1

cat >read.mjs <<'JS'
import { parse } from "csv-parse/sync";

const log = "0.25,0x7E8,8,0x41,18DAF110\n0.26,0x7E9,8,0x41,18DAF11D\n";
for (const row of parse(log, { cast: true })) console.log(JSON.stringify(row));
console.log(JSON.stringify(parse("0b101,0o17\n", { cast: true })[0]));
JS
node read.mjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
[0.25,0,8,0,"18DAF110"]
[0.26,0,8,0,"18DAF11D"]
[0,0]
TXT
