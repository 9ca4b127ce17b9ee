import assert from "node:assert/strict";
import { traccarAddress } from "../../../src/support/traccar-address.js";

const HOME = "http://traccar.lan:8082";

describe("the address of a Traccar server", () => {
  it("is taken as the browser shows it, on whatever page", () => {
    for (const page of [
      ...["", "/", "//", "/login", "/login/", "/settings/preferences", "/settings/preferences?menu=true", "/settings"],
      ...["/settings/device/3/connections", "/reports/trips?deviceId=3&from=2026-03-01", "/position/77", "/replay"],
      ...["/geofences", "/event/5#map", "/reset-password?passwordReset=x", "/api", "/api/", "/api/devices?all=true"],
    ])
      assert.equal(traccarAddress(` ${HOME}${page} `), HOME, page);
  });

  it("keeps the path of a server behind a reverse proxy", () => {
    for (const [typed, server] of [
      ["https://home.example/traccar/", "https://home.example/traccar"],
      ["https://home.example/traccar/settings/preferences", "https://home.example/traccar"],
      ["https://home.example/api/traccar", "https://home.example/api/traccar"],
      ["https://home.example/network/traccar/login", "https://home.example/network/traccar"],
      ["https://home.example/my-login", "https://home.example/my-login"],
    ] as const)
      assert.equal(traccarAddress(typed), server);
  });

  it("is none with a user, a password, or a search of its own, and without a protocol of the web", () => {
    for (const typed of [
      ...["", "traccar.lan", "192.168.1.10:8082", "ftp://traccar.lan/login", `${HOME}/?token=x`, `${HOME}/#map`],
      ...["http://me:word@traccar.lan/login", "http://me@traccar.lan"],
    ])
      assert.equal(traccarAddress(typed), null, typed);
  });
});
