import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cycleIn, forbidden, importsOf, readImports, type Imports } from "../../helpers/imports.js";
import { ROOT } from "../../helpers/node-red.js";

/*
 * The arrows of the layout in CONTRIBUTING.md. A room may import itself and what stands behind its name: rooms of the
 * package, packages and modules of Node.js. Who makes a room, or an arrow, changes this table.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "src/support": [
    ...["axios", "node:crypto", "node:events", "node:fs", "node:http", "node:https", "node:module", "node:path"],
  ],
  "src/store": [
    "src/support",
    "atomically",
    "node:crypto",
    "node:fs",
    "node:fs/promises",
    "node:os",
    "node:path",
    "node:stream",
    "node:util",
  ],
  "src/context": ["src/store", "src/support", "node:path"],
  // `node:module` loads the names of one language, which are a part of the package.
  "src/vehicle": ["src/support", "node:module"],
  "src/auth": ["src/context", "src/store", "src/support", "node:crypto"],
  "src/stream": ["src/context", "src/vehicle", "src/support", "mqtt"],
  "src/rest": ["src/polling", "src/context", "src/vehicle", "src/store", "src/support", "node:crypto", "node:path"],
  "src/traccar": ["src/context", "src/vehicle", "src/support"],
  "src/polling": ["src/context", "src/support", "node:util"],
  "src/soc": ["src/vehicle", "src/support"],
  "src/journal": ["src/soc", "src/vehicle", "src/store", "src/support", "node:path"],
  // It takes only words and limits from the rooms above `src/support`, so that the editor can take it.
  "src/settings": ["src/rest", "src/polling", "src/soc", "src/vehicle", "src/support"],
  "src/account": [
    ...["src/auth", "src/stream", "src/rest", "src/traccar", "src/polling", "src/soc", "src/vehicle", "src/journal"],
    ...["src/settings", "src/context", "src/store", "src/support", "node:events", "node:path", "node:util"],
  ],
  "src/mqtt-out": ["src/support"],
  "src/homeassistant": ["src/account", "src/mqtt-out", "src/rest", "src/settings", "src/vehicle", "src/support"],
  "src/messages": [
    ...["src/account", "src/homeassistant", "src/rest", "src/soc", "src/traccar", "src/vehicle", "src/support"],
    ...["src/settings", "node:util"],
  ],
  "src/cockpit": [
    ...["src/account", "src/homeassistant", "src/journal", "src/messages", "src/polling", "src/rest", "src/soc"],
    ...["src/vehicle", "src/support", "node:crypto", "node:util"],
  ],
  "src/replay": [
    ...["src/account", "src/homeassistant", "src/messages", "src/rest", "src/store", "src/stream", "src/traccar"],
    ...[
      "src/journal",
      "src/soc",
      "src/mqtt-out",
      "src/vehicle",
      "src/support",
      "node:crypto",
      "node:events",
      "node:fs",
      "node:fs/promises",
    ],
    ...["node:path", "node:readline", "node:stream", "node:stream/promises", "node:util", "node:v8", "node:zlib"],
  ],
  "nodes/lib": [
    ...["src/account", "src/auth", "src/cockpit", "src/homeassistant", "src/messages", "src/mqtt-out", "src/soc"],
    ...["src/store", "src/traccar", "src/support", "node:events", "node:fs", "node:path"],
  ],
  // The composition: what opens a stream is handed to the account here.
  nodes: [
    ...["nodes/lib", "src/account", "src/homeassistant", "src/messages", "src/mqtt-out", "src/rest", "src/settings"],
    ...["src/stream", "src/traccar", "src/support"],
  ],
  "nodes/plugins": ["nodes/lib"],
  // Both run in a browser: the build refuses what would bring a module of Node.js with it.
  "nodes/cockpit": ["nodes/lib", "src/account", "src/cockpit", "src/messages", "src/support", "leaflet", "uplot"],
  "nodes/editor": [
    ...[
      "nodes/cockpit",
      "nodes/lib",
      "src/account",
      "src/homeassistant",
      "src/messages",
      "src/rest",
      "src/settings",
      "src/vehicle",
    ],
    ...["src/support", "uqr"],
  ],
};

/** Files of `src/support` that touch the world: rooms that compute only do without. */
const WORLD = ["clock", "http", "random"].map((name) => `src/support/${name}.ts`);
const COMPUTING = ["src/soc", "src/vehicle", "src/messages"];

/** `src/store` of `src/store/atomic-files.ts`; a package is a room of its own. */
function roomOf(name: string): string {
  const [top = "", room = "", ...rest] = name.split("/");
  if (top !== "src" && top !== "nodes") return name;
  return top === "nodes" && rest.length === 0 ? top : `${top}/${room}`;
}

describe("the layers", () => {
  let imports: Imports;
  before(() => {
    imports = readImports(ROOT, ["src", "nodes"]);
  });

  it("import along the arrows only", () => {
    assert.ok(imports.size > 200);
    assert.deepEqual(forbidden(imports, roomOf, ARROWS), []);
  });

  it("hold no cycle, not even of types", () => {
    assert.equal(cycleIn(imports), null);
  });

  it("that only compute are handed neither time nor chance nor a network", () => {
    const touching = [...imports].flatMap(([file, names]) =>
      COMPUTING.includes(roomOf(file)) && names.some((name) => WORLD.includes(name)) ? [file] : [],
    );
    assert.deepEqual(touching, []);
  });

  it("have one row each, here and in the layout of CONTRIBUTING.md", () => {
    const rooms = new Set([...imports.keys()].map(roomOf));
    assert.deepEqual(Object.keys(ARROWS).sort(), [...rooms].sort());
    const layout = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");
    for (const room of rooms) assert.ok(layout.includes(`\`${room}/\``), room);
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) assert.ok(rooms.has(`src/${name}`), name);
  });
});

describe("the check of the layers", () => {
  const imports = (files: Readonly<Record<string, string>>): Imports =>
    new Map(Object.entries(files).map(([file, text]) => [file, importsOf(file, text)]));

  it("finds an arrow that points upwards, be it of a type, a file that is handed on, or one that is loaded later", () => {
    for (const text of [
      'import { x } from "../account/account.js";',
      'import type { X } from "../account/account.js";',
      'import { type X } from "../account/account.js";',
      'export * from "../account/account.js";',
      'const later = await import("../account/account.js");',
      'type X = import("../account/account.js").X;',
    ])
      assert.deepEqual(
        forbidden(imports({ "src/store/store.ts": text }), roomOf, ARROWS),
        ["src/store/store.ts -> src/account/account.ts"],
        text,
      );
  });

  it("finds a package in a room that may not have it, and a room that nobody has entered in the table", () => {
    const files = imports({
      "src/soc/filter.ts": 'import { readFileSync } from "node:fs";',
      "src/garden/shed.ts": 'import "../support/json.js";',
      "src/stream/mqtt.ts": 'import mqtt from "mqtt"; import "./session.js";',
    });
    assert.deepEqual(forbidden(files, roomOf, ARROWS), [
      "src/soc/filter.ts -> node:fs",
      "src/garden/shed.ts -> src/support/json.ts",
    ]);
  });

  it("finds a cycle of types over three files, and none where two files import a third", () => {
    const round = imports({
      "src/a/one.ts": 'import type { B } from "./two.js";',
      "src/a/two.ts": 'import type { C } from "./three.js";',
      "src/a/three.ts": 'import type { A } from "./one.js";',
    });
    assert.deepEqual(cycleIn(round), ["src/a/one.ts", "src/a/two.ts", "src/a/three.ts", "src/a/one.ts"]);
    const diamond = imports({
      "src/a/one.ts": 'import "./two.js"; import "./three.js";',
      "src/a/two.ts": 'import "./four.js";',
      "src/a/three.ts": 'import "./four.js";',
      "src/a/four.ts": "",
    });
    assert.equal(cycleIn(diamond), null);
  });
});
