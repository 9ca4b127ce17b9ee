import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Workbench } from "../helpers/browser.js";
import type { Editor } from "../helpers/editor.js";
import { ROOT } from "../helpers/node-red.js";

interface Case {
  readonly title: string;
  readonly node: object;
  /** The editor's texts, by language. */
  readonly says: readonly [english: string, german: string];
}

const STREAM = { type: "cardata-stream", account: "sound", x: 300, y: 100, wires: [] };
const ASKS = { type: "cardata-telematics", account: "sound", x: 300, y: 200, wires: [] };
const ACCOUNT = { type: "cardata-account" };
const CUSTOM = {
  ...ACCOUNT,
  endpoints: "custom",
  authUrl: "https://login.example",
  apiUrl: "https://api.example",
  streamUrl: "mqtts://stream.example:9000",
};
const HOME = { name: "Home", latitude: 48.137, longitude: 11.575 };
const ADDRESS = ["https address (http for this machine only)", "https-Adresse (http nur für diesen Rechner)"] as const;
const STREAM_ADDRESS = [
  "mqtts address (mqtt for this machine only)",
  "mqtts-Adresse (mqtt nur für diesen Rechner)",
] as const;
const VIN = ["A VIN has 17 characters", "Eine Fahrgestellnummer hat 17 Zeichen"] as const;

const MINUTES = ["Minutes, a whole number", "Minuten, eine ganze Zahl"] as const;

const WRONG: readonly Case[] = [
  { title: "a VIN that is too short", node: { ...STREAM, vehicle: "WBY123" }, says: VIN },
  { title: "a VIN with the letter O", node: { ...STREAM, vehicle: "WBY1Z2C30N7AOOOO1" }, says: VIN },
  {
    title: "a descriptor with a space",
    node: { ...STREAM, descriptors: ["vehicle.isMoving", "vehicle is moving"] },
    says: ["Not a value of a car: vehicle is moving", "Kein Wert eines Fahrzeugs: vehicle is moving"],
  },
  { title: "a car without a proper VIN", node: { ...ACCOUNT, vehicles: [{ vin: "WBY" }] }, says: VIN },
  {
    title: "a battery that no car has",
    node: { ...ACCOUNT, vehicles: [{ vin: "WBY1Z2C30N7A00001", batteryKwh: "big" }] },
    says: ["Battery: kWh, from 1 to 150, or empty", "Batterie: kWh, von 1 bis 150, oder leer"],
  },
  {
    title: "a consumption in kWh/km, which this version does not store",
    node: { ...ACCOUNT, version: 1, vehicles: [{ vin: "WBY1Z2C30N7A00001", consumption: "0.21" }] },
    says: ["Consumption: kWh/100 km, from 5 to 60, or empty", "Verbrauch: kWh/100 km, von 5 bis 60, oder leer"],
  },
  {
    title: "a place without a position",
    node: { ...ACCOUNT, places: [{ name: "Home", latitude: "48.1", longitude: "" }] },
    says: [
      "Places: Latitude and longitude, such as 48.137, 11.575: Home",
      "Orte: Breite und Länge, etwa 48.137, 11.575: Home",
    ],
  },
  {
    title: "a tariff without a price",
    node: { ...ACCOUNT, places: [HOME], tariffs: [{ place: "Home", price: "cheap" }] },
    says: ["Tariffs: Price per kWh, such as 0.31: Home", "Tarife: Preis je kWh, etwa 0,31: Home"],
  },
  {
    title: "a window that begins between two quarters",
    node: { ...ACCOUNT, tariffs: [{ price: "0.31", windows: [{ from: "22:10", to: "6", price: "0.24" }] }] },
    says: ["Two different times at a quarter of an hour", "Zwei verschiedene Uhrzeiten zur Viertelstunde"],
  },
  {
    title: "a tariff of a place that is not in the list",
    node: { ...ACCOUNT, places: [HOME], tariffs: [{ place: "Work", price: "0.31" }] },
    says: ["Tariffs: There is no such place: Work", "Tarife: Diesen Ort gibt es nicht: Work"],
  },
  {
    title: "a currency by its sign",
    node: { ...ACCOUNT, currency: "€" },
    says: ["Currency: Three letters, such as EUR", "Währung: Drei Buchstaben, etwa EUR"],
  },
  {
    title: "two cars with one alias",
    node: {
      ...ACCOUNT,
      vehicles: [
        { vin: "WBY1Z2C30N7A00001", alias: "Family car" },
        { vin: "WBY1Z2C30N7A00002", alias: "family/CAR" },
      ],
    },
    says: ["Another car has this alias as well: family/CAR", "Diesen Alias hat auch ein anderes Fahrzeug: family/CAR"],
  },
  {
    title: "a broker without a host",
    node: { ...ACCOUNT, source: "broker", brokerHost: "" },
    says: ["Name or address of the broker", "Name oder Adresse des Brokers"],
  },
  {
    title: "topics that begin with a wildcard",
    node: { ...ACCOUNT, topicBase: "a/#/+" },
    says: ["Topic begins with: Without the wildcards + and #", "Topic beginnt mit: Ohne die Platzhalter + und #"],
  },
  {
    title: "a port above 65535",
    node: { ...ACCOUNT, source: "broker", brokerHost: "broker", brokerPort: "70000" },
    says: ["Port from 1 to 65535", "Port von 1 bis 65535"],
  },
  { title: "a plain http login server", node: { ...CUSTOM, authUrl: "http://login.example" }, says: ADDRESS },
  { title: "a REST server that is no address", node: { ...CUSTOM, apiUrl: "api.example" }, says: ADDRESS },
  {
    title: "a plain mqtt stream server",
    node: { ...CUSTOM, streamUrl: "mqtt://stream.example" },
    says: STREAM_ADDRESS,
  },
];

const ASKED_WRONG: readonly Case[] = [
  { title: "a VIN of 16 characters", node: { ...ASKS, vehicle: "WBY1Z2C30N7A0000" }, says: VIN },
  {
    title: "a wildcard, which BMW does not know",
    node: { ...ASKS, descriptors: ["vehicle.isMoving", "vehicle.cabin.*"] },
    says: [
      "Not the full name of a value of a car: vehicle.cabin.*",
      "Kein vollständiger Name eines Werts: vehicle.cabin.*",
    ],
  },
  { title: "an interval below zero", node: { ...ASKS, minInterval: "-5" }, says: MINUTES },
  { title: "no cooldown at all", node: { ...ASKS, cooldownMinutes: "0" }, says: MINUTES },
  {
    title: "quiet hours without an end",
    node: { ...ASKS, quietHours: "22:00" },
    says: ["Two times such as 22:00-06:00", "Zwei Uhrzeiten wie 22:00-06:00"],
  },
  {
    title: "a date that is none",
    node: { ...ASKS, operation: "chargingHistory", from: "yesterday" },
    says: ["A date such as 2026-03-02", "Ein Datum wie 2026-03-02"],
  },
  {
    title: "a day that no calendar has",
    node: { ...ASKS, operation: "chargingHistory", from: "2026-02-30" },
    says: ["A date such as 2026-03-02", "Ein Datum wie 2026-03-02"],
  },
  {
    title: "eleven pages",
    node: { ...ASKS, operation: "chargingHistory", maxPages: "11" },
    says: ["A whole number from 1 to 10", "Eine ganze Zahl von 1 bis 10"],
  },
  {
    title: "a container id that is too short",
    node: { ...ASKS, operation: "containers", containerId: "G00B" },
    says: ["A container id has 13 letters and digits", "Eine Container-ID hat 13 Buchstaben und Ziffern"],
  },
];

const ESTIMATES = { type: "cardata-predicted-soc", account: "sound", x: 300, y: 300, wires: [] };
const TRACKS = {
  type: "cardata-traccar",
  account: "sound",
  server: "http://traccar.lan:8082",
  x: 300,
  y: 400,
  wires: [],
};
const TRACKER = { vin: "WBY1Z2C30N7A00001", device: "My BMW" };

const ANNOUNCES = { type: "cardata-homeassistant", account: "sound", x: 300, y: 500, wires: [] };
const TOPIC = [
  "Part of a topic, without spaces, + and #, and without / at the ends",
  "Teil eines Topics, ohne Leerzeichen, + und #, und ohne / an den Enden",
] as const;

const SIZE = [
  "Bytes, a whole number from 10000 to 268435460",
  "Bytes, eine ganze Zahl von 10000 bis 268435460",
] as const;

const ANNOUNCED_WRONG: readonly Case[] = [
  { title: "a prefix for all of the broker", node: { ...ANNOUNCES, discoveryPrefix: "#" }, says: TOPIC },
  {
    title: "a prefix that begins with a slash",
    node: { ...ANNOUNCES, discoveryPrefix: "/homeassistant" },
    says: TOPIC,
  },
  { title: "a base topic with a wildcard", node: { ...ANNOUNCES, stateBase: "home/+/car" }, says: TOPIC },
  { title: "a base topic that ends with a slash", node: { ...ANNOUNCES, stateBase: "cardata/" }, says: TOPIC },
  { title: "a base topic with a space", node: { ...ANNOUNCES, stateBase: "my cars" }, says: TOPIC },
  { title: "the topics of the broker itself", node: { ...ANNOUNCES, stateBase: "$SYS/cars" }, says: TOPIC },
  { title: "messages of ten bytes", node: { ...ANNOUNCES, maxPacketSize: "10" }, says: SIZE },
  { title: "messages of a size with a unit", node: { ...ANNOUNCES, maxPacketSize: "2 MB" }, says: SIZE },
  {
    title: "a repetition after more than a day",
    node: { ...ANNOUNCES, repeatMinutes: "1441" },
    says: ["Minutes, a whole number from 0 to 1440", "Minuten, eine ganze Zahl von 0 bis 1440"],
  },
];

const ESTIMATED_WRONG: readonly Case[] = [
  { title: "a car by half of its VIN", node: { ...ESTIMATES, vehicle: "WBY1Z2" }, says: VIN },
  {
    title: "an efficiency above one",
    node: { ...ESTIMATES, minEfficiency: "1.2" },
    says: ["A number from 0.40 to 0.98", "Eine Zahl von 0.40 bis 0.98"],
  },
  {
    title: "a time that is none",
    node: { ...ESTIMATES, meterPriority: "soon" },
    says: ["Seconds, from 0 to 86400", "Sekunden, von 0 bis 86400"],
  },
  {
    title: "watts for kilowatts",
    node: { ...ESTIMATES, auxKw: "300" },
    says: ["kW, from 0 to 20", "kW, von 0 bis 20"],
  },
  {
    title: "a server without http",
    node: { ...TRACKS, server: "traccar.lan" },
    says: ["An address such as http://192.168.1.10:8082", "Eine Adresse wie http://192.168.1.10:8082"],
  },
  {
    title: "a tracker without a car",
    node: { ...TRACKS, devices: [TRACKER, { vin: "", device: "Phone" }] },
    says: ["Each line needs a VIN of 17 characters and a tracker", "Jede Zeile braucht eine VIN mit 17 Zeichen"],
  },
  {
    title: "five seconds between two looks",
    node: { ...TRACKS, interval: "5" },
    says: ["Seconds, a whole number from 10 to 86400", "Sekunden, eine ganze Zahl von 10 bis 86400"],
  },
];

const RIGHT: readonly [title: string, node: object][] = [
  ["environment variables", { ...STREAM, vehicle: "${VIN}", descriptors: ["${A}", "vehicle.cabin.*"] }],
  ["properties that an older version did not store", STREAM],
  ["a node for the estimate that an older version has stored", ESTIMATES],
  [
    "an estimate by environment variables",
    { ...ESTIMATES, minEfficiency: "${LEAST}", meterPriority: "${PRIORITY}", auxKw: "${AUX}" },
  ],
  ["numbers with a decimal comma", { ...ESTIMATES, minEfficiency: "0,85", auxKw: "0,5" }],
  ["a battery with a decimal comma", { ...ACCOUNT, vehicles: [{ vin: "WBY1Z2C30N7A00001", batteryKwh: "10,4" }] }],
  [
    "a consumption that an older version took in kWh/km",
    { ...ACCOUNT, vehicles: [{ vin: "WBY1Z2C30N7A00001", consumption: "0.21" }] },
  ],
  [
    "places and tariffs with decimal commas and variables",
    {
      ...ACCOUNT,
      places: [HOME, { name: "Work", latitude: "${LAT}", longitude: "${LON}", radius: "80,5" }],
      tariffs: [
        { place: "Work", price: "0,31", windows: [{ from: "22", to: "6.30", price: "${NIGHT}" }] },
        { place: "${PLACE}", price: "message" },
      ],
      currency: "chf",
    },
  ],
  ["a port that is not used", { ...ACCOUNT, source: "bmw", brokerPort: "70000" }],
  ["a leap day", { ...ASKS, operation: "chargingHistory", from: "2028-02-29" }],
  ["a Traccar server at home", { ...TRACKS, devices: [TRACKER], interval: "10" }],
  ["a Traccar server by an environment variable", { ...TRACKS, server: "${TRACCAR}", interval: "${SECONDS}" }],
  ["a node for Home Assistant that an older version has stored", ANNOUNCES],
  ["topics of several parts", { ...ANNOUNCES, discoveryPrefix: "home/discovery", stateBase: "home/cars/bmw" }],
  ["topics by environment variables", { ...ANNOUNCES, discoveryPrefix: "${PREFIX}", stateBase: "${BASE}" }],
  ["messages as large as Mosquitto takes them", { ...ANNOUNCES, maxPacketSize: "2000000" }],
  ["messages of a size by an environment variable", { ...ANNOUNCES, maxPacketSize: "${SIZE}" }],
  [
    "aliases by environment variables, and cars without one",
    {
      ...ACCOUNT,
      vehicles: ["${ALIAS}", "${ALIAS}", "", ""].map((alias, index) => ({ vin: `WBY1Z2C30N7A0000${index}`, alias })),
    },
  ],
  ["a telematics node that an older version has stored", ASKS],
  [
    "environment variables in place of numbers and times",
    { ...ASKS, vehicle: "${VIN}", minInterval: "${MINUTES}", quietHours: "${NIGHT}" },
  ],
  [
    "what is wrong where the operation does not use it",
    { ...ASKS, operation: "quota", descriptors: ["vehicle.*"], quietHours: "never", from: "x", containerId: "y" },
  ],
  [
    "servers of this machine without encryption",
    { ...CUSTOM, authUrl: "http://127.0.0.1:1", streamUrl: "mqtt://localhost:1" },
  ],
  ["wrong addresses that are not used", { ...CUSTOM, endpoints: "bmw", authUrl: "nonsense" }],
  ["a broker by environment variables", { ...ACCOUNT, source: "broker", brokerHost: "${HOST}", brokerPort: "${PORT}" }],
];

const ALL_WRONG = [...WRONG, ...ASKED_WRONG, ...ESTIMATED_WRONG, ...ANNOUNCED_WRONG];

const LANGUAGES = ["en-US", "de"] as const;

/** The names of the fields of a dialog, as its texts have them. */
function fieldsOf(type: string, language: string): string[] {
  const textsOf = (set: string) => {
    const file = join(ROOT, "nodes", "locales", language, `${set}.json`);
    return (JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, Record<string, string>>>)[set]!;
  };
  const own = textsOf(type);
  // Parts that all dialogs share have the texts of the stream node.
  return [
    ...Object.values(own["label"]!),
    ...Object.values(textsOf("cardata-stream")["label"]!),
    own["tab"]?.["cars"] ?? "",
  ];
}

describe("what the editor accepts", () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.start();
  });
  after(() => bench.stop());
  afterEach(() => bench.closePages());

  async function judge(editor: Editor, id: string, node: object) {
    await editor.add({ ...node, id });
    return editor.node(id);
  }

  for (const [language, locale] of ["en-US", "de-DE"].entries())
    it(`marks what is wrong and says what is right in ${locale}`, async () => {
      const editor = await bench.open({ locale });
      await editor.add({ id: "sound", type: "cardata-account" });
      for (const [index, { title, node, says }] of ALL_WRONG.entries()) {
        const { valid, validationErrors } = await judge(editor, `wrong-${index}`, node);
        assert.equal(valid, false, title);
        assert.equal(validationErrors?.length, 1, title);
        assert.ok(validationErrors[0]?.includes(says[language]!), `${title}: ${validationErrors[0]}`);
        const fields = fieldsOf((node as { type: string }).type, LANGUAGES[language]!);
        assert.ok(
          fields.some((field) => validationErrors[0]?.startsWith(`${field}: `)),
          `${title}: "${validationErrors[0]}" names no field`,
        );
      }
    });

  it("accepts what can be right", async () => {
    const editor = await bench.open();
    await editor.add({ id: "sound", type: "cardata-account" });
    for (const [index, [title, node]] of RIGHT.entries()) {
      const { valid, validationErrors } = await judge(editor, `right-${index}`, node);
      assert.deepEqual(
        { valid, validationErrors: validationErrors ?? [] },
        { valid: true, validationErrors: [] },
        title,
      );
    }
  });

  it("validates the fields of the open dialog while they are typed", async () => {
    const editor = await bench.open();
    const { page } = editor;
    await editor.add({ id: "typed", type: "cardata-account" });
    await editor.editAccount("typed");
    const isWrong = (name: string) =>
      page.locator(`#node-config-input-${name}`).evaluate((input) => input.classList.contains("input-error"));
    await page.locator("#node-config-input-source").selectOption("broker");
    const type = async (name: string, text: string) => {
      await page.locator(`#node-config-input-${name}`).fill(text);
      await page.locator(`#node-config-input-${name}`).blur();
    };
    await type("brokerPort", "0");
    await type("brokerHost", "");
    assert.deepEqual([await isWrong("brokerPort"), await isWrong("brokerHost")], [true, true]);
    await type("brokerPort", "8883");
    await type("brokerHost", "broker.example");
    assert.deepEqual([await isWrong("brokerPort"), await isWrong("brokerHost")], [false, false]);
  });

  it("opens nodes of an older version with the usual choices", async () => {
    const editor = await bench.open();
    await editor.add({ id: "old-account", type: "cardata-account" }, { ...STREAM, id: "old", account: "old-account" });
    const chosen = (field: string) => editor.page.locator(field).inputValue();
    await editor.editAccount("old-account");
    assert.equal(await chosen("#node-config-input-source"), "bmw");
    assert.equal(await chosen("#node-config-input-endpoints"), "bmw");
    assert.equal(await chosen("#node-config-input-brokerTls"), "off");
    await editor.ok();
    await editor.edit("old");
    assert.equal(await chosen("#node-input-form"), "each");
    await editor.cancel();
    const old = [ESTIMATES, TRACKS, ANNOUNCES].map((node) => ({ ...node, id: node.type.replace("cardata", "old") }));
    await editor.add(...old);
    await editor.edit("old-predicted-soc");
    assert.equal(await chosen("#node-input-meterUnit"), "kW");
    await editor.cancel();
    await editor.edit("old-traccar");
    assert.equal(await chosen("#node-input-mode"), "trips");
    await editor.cancel();
    await editor.edit("old-homeassistant");
    assert.equal(await chosen("#node-input-mode"), "device");
    assert.equal(await editor.page.locator("#node-input-attributes").isChecked(), true);
  });

  const called = (vin: string) => [{ vin, alias: "Anna" }];
  const second = { ...ACCOUNT, vehicles: called("WBY1Z2C30N7A00002") };

  it("knows the aliases of other accounts", async () => {
    const editor = await bench.open();
    await editor.add({ ...ACCOUNT, id: "first", vehicles: called("WBY1Z2C30N7A00001") });
    const { valid, validationErrors } = await judge(editor, "second", second);
    assert.deepEqual([valid, validationErrors?.length], [false, 1]);
    assert.match(validationErrors?.[0] ?? "", /Anna/);
  });

  it("does not mind the aliases of accounts that are disabled", async () => {
    const editor = await bench.open();
    await editor.add({ ...ACCOUNT, id: "off", d: true, vehicles: called("WBY1Z2C30N7A00003") });
    assert.equal((await judge(editor, "third", second)).valid, true);
  });

  it("needs an account for a stream node", async () => {
    const editor = await bench.open();
    const { valid, validationErrors } = await judge(editor, "homeless", { ...STREAM, account: "" });
    assert.deepEqual([valid, validationErrors], [false, ["Account: property value missing"]]);
  });
});
