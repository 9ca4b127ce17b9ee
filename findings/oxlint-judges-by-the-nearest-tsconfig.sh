#!/usr/bin/env bash
# oxlint 1.94.0 with oxlint-tsgolint 7.0.2008: rules that need types judge a file by the nearest tsconfig.json, also where that does not
# include the file, and whatever --tsconfig says.
#
# A good engineer who comes from ESLint has tests in a tsconfig.dev.json (`parserOptions.project`) beside a tsconfig.json for what is shipped, and
# gives oxlint the former by --tsconfig. Seen: the option changes nothing; the test has none of the globals of its own configuration, so that
# every call of one is an "unsafe call" (4,068 of them in a project of 1,200 files), and compiler options such as
# noPropertyAccessFromIndexSignature do not reach it.
#
#   tsconfig.json for src, --tsconfig tsconfig.dev.json   no-unsafe-call: 1
#   a tsconfig.json in the folder of the tests            no-unsafe-call: 0
#
# Way out: a tsconfig.json in each folder that has another configuration; it may be one line that extends the other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts oxlint@1.94.0 oxlint-tsgolint@7.0.2008 >/dev/null 2>&1

mkdir src test types
echo 'export const one = 1;' >src/one.ts
# A global that only the configuration of the tests knows.
echo 'declare function suite(title: string, body: () => void): void;' >types/suite.d.ts
echo 'suite("one", () => undefined);' >test/one.spec.ts
echo '{ "compilerOptions": { "strict": true, "types": [] }, "include": ["src"] }' >tsconfig.json
echo '{ "extends": "./tsconfig.json", "include": ["src", "test", "types"] }' >tsconfig.dev.json
echo '{ "plugins": ["typescript"], "categories": { "correctness": "off" }, "rules": { "typescript/no-unsafe-call": "error" } }' >.oxlintrc.json

count() {
  { npx oxlint --type-aware "$@" src test || true; } | grep -c 'no-unsafe-call' || true
}

outside=$(count --tsconfig tsconfig.dev.json)
echo '{ "extends": "../tsconfig.dev.json", "include": ["**/*.ts", "../types"] }' >test/tsconfig.json
inside=$(count)
echo "tsconfig.json for src, --tsconfig tsconfig.dev.json   no-unsafe-call: $outside"
echo "a tsconfig.json in the folder of the tests            no-unsafe-call: $inside"
[ "$outside" = 1 ] && [ "$inside" = 0 ] || {
  echo "This has changed."
  exit 1
}
