import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import { registerCockpitPages } from "../../nodes/lib/cockpit-pages.js";
import type { NodeAPI } from "../../nodes/lib/red.js";
import { temporaryFolder } from "../helpers/red-process.js";

describe("the files of the cockpit page", () => {
  let server: Server;
  let url: string;
  let lines: string[];

  /** Node-RED's user folder begins with a dot, which servers of files like to hide. */
  const folder = join(temporaryFolder("page"), ".node-red", "cockpit");
  before(() => {
    mkdirSync(folder, { recursive: true });
    for (const file of ["index.html", "cockpit.js", "cockpit.css"])
      writeFileSync(join(folder, file), `this is ${file}`);
    writeFileSync(join(folder, "..", "secret.txt"), "secret");
  });
  const start = async (root: string, settings: NodeAPI["settings"] = {}) => {
    const [app, httpAdmin] = [express(), express()];
    lines = [];
    const log = { info: (text: string) => lines.push(text), warn: () => undefined, error: () => undefined };
    const red = { httpAdmin, settings, log, _: (key: string) => key };
    registerCockpitPages(red as unknown as NodeAPI, folder);
    app.use(root, httpAdmin);
    server = createServer(app).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { redirect: "manual", headers });

  for (const root of ["/", "/admin/red"])
    describe(`under ${root}`, () => {
      const base = root === "/" ? "" : root;
      beforeEach(() => start(root));

      it("are there without a login", async () => {
        const page = await get(`${base}/cardata`);
        assert.deepEqual([page.status, await page.text()], [200, "this is index.html"]);
        assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
        for (const [file, type] of [
          ["cockpit.js", /javascript/],
          ["cockpit.css", /css/],
        ] as const) {
          const answer = await get(`${base}/cardata/page/${file}`);
          assert.deepEqual([answer.status, await answer.text()], [200, `this is ${file}`]);
          assert.match(answer.headers.get("content-type") ?? "", type);
        }
      });

      it("are reached by relative addresses: a slash behind the page's own is taken away, behind any proxy", async () => {
        const { status, headers } = await get(`${base}/cardata/?tiles`);
        assert.deepEqual([status, headers.get("location")], [302, "../cardata?tiles"]);
        const seen = new URL(headers.get("location") ?? "", "https://house.example/before/the/proxy/cardata/");
        assert.equal(seen.pathname, "/before/the/proxy/cardata");
      });
    });

  it("may load and ask nothing elsewhere, but tiles of a map where that was switched on", async () => {
    await start("/");
    const policyOf = async (path: string) => (await get(path)).headers.get("content-security-policy") ?? "";
    const policy = await policyOf("/cardata");
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"])
      assert.ok(policy.split("; ").includes(part), part);
    assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
    const withTiles = await policyOf("/cardata?tiles");
    assert.deepEqual(withTiles.match(/https?:[^\s;]+/g), ["https://tile.openstreetmap.org"]);
    assert.ok(withTiles.includes("img-src 'self' blob: data: https://tile"));
  });

  it("are asked for anew after an update of the package, and sent only if they have changed", async () => {
    await start("/");
    const { headers } = await get("/cardata/page/cockpit.js");
    assert.equal(headers.get("cache-control"), "no-cache");
    const again = await get("/cardata/page/cockpit.js", {
      ...{ "if-none-match": headers.get("etag") ?? "", "cache-control": "max-age=0" },
    });
    assert.equal(again.status, 304);
  });

  it("are these and no others", async () => {
    await start("/");
    for (const path of ["index.html", "..%2Fsecret.txt", "../secret.txt", "cockpit.js.map", ""])
      assert.equal((await get(`/cardata/page/${path}`)).status, 404, path);
  });

  it("are not there where Node-RED has no admin pages, which is said", async () => {
    await start("/", { httpAdminRoot: false });
    assert.deepEqual(lines, ["cardata-account.cockpit.noPage"]);
    assert.equal((await get("/cardata")).status, 404);
  });
});
