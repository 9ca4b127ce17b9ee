import { join } from "node:path";
import { textsOf } from "./cockpit-texts.js";
import type { Handler, NodeAPI, Response } from "./red.js";

/** Beside the compiled nodes: `/resources/<package>/` is not there without the editor. */
const FOLDER = join(__dirname, "..", "cockpit");
const FILES = ["cockpit.js", "cockpit.css"];
/** The one server of tiles that the map knows; its page must say from where it asks. */
const TILES = "https://tile.openstreetmap.org";
const HEADERS = {
  // A new version of the package has the same addresses.
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

/**
 * Registers the page and its files: a browser that opens them by their addresses shows no login, so they need none, and hold
 * no data.
 */
export function registerCockpitPages(RED: NodeAPI, folder = FOLDER): void {
  if (RED.settings["httpAdminRoot"] === false) {
    RED.log.info(RED._("cardata-account.cockpit.noPage"));
    return;
  }
  RED.httpAdmin.get("/cardata", pageIn(folder));
  RED.httpAdmin.get("/cardata/page/texts/:language", texts);
  for (const file of FILES) RED.httpAdmin.get(`/cardata/page/${file}`, fileIn(folder, file));
}

function pageIn(folder: string): Handler {
  return ({ path, originalUrl, query }, response) => {
    // All addresses of the page are relative, because a proxy may have put a path before them.
    if (path.endsWith("/")) response.redirect(`../cardata${queryIn(originalUrl)}`);
    else send(response, folder, "index.html", { "content-security-policy": policy("tiles" in query) });
  };
}

const texts: Handler = ({ params }, response) => {
  response.set(HEADERS).json(textsOf(params["language"] ?? ""));
};

function fileIn(folder: string, file: string): Handler {
  return (_request, response) => {
    send(response, folder, file, {});
  };
}

function send(response: Response, folder: string, file: string, headers: Readonly<Record<string, string>>): void {
  response.set({ ...HEADERS, ...headers }).sendFile(file, { root: folder }, (error) => {
    if (error !== undefined && !response.headersSent) response.status(404).end();
  });
}

function queryIn(url: string): string {
  const mark = url.indexOf("?");
  return mark === -1 ? "" : url.slice(mark);
}

/** Forbids scripts and styles in the page, and every request to others but for tiles that were asked for. */
function policy(hasTiles: boolean): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data:${hasTiles ? ` ${TILES}` : ""}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join("; ");
}
