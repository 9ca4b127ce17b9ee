import { createRequire } from "node:module";
import type { Handler, NodeAPI, Request, Response } from "../../nodes/lib/red.js";

/**
 * A process without source maps, as Node-RED is one: loads a built cardata-account node and starts a login, at which a
 * mistake is made in the middle of it. Prints what gets into the log.
 */
const [file = "", message] = process.argv.slice(2);

const nothing = () => undefined;
const routes = new Map<string, Handler>();
const note = (path: string, ...handlers: Handler[]) => {
  routes.set(path, handlers.at(-1) ?? nothing);
};
const RED: NodeAPI = {
  nodes: {
    registerType: nothing,
    createNode: nothing,
    getNode: nothing,
    getCredentials: nothing,
    addCredentials: nothing,
    eachNode: () => {
      throw new TypeError(message);
    },
  },
  httpAdmin: { get: note, post: note },
  plugins: { registerPlugin: nothing },
  auth: { needsPermission: () => nothing },
  events: { on: nothing, off: nothing },
  settings: { userDir: "/nowhere" },
  util: { generateId: () => "", cloneMessage: (cloned) => cloned, getSetting: nothing },
  log: { info: nothing, warn: nothing, error: console.log },
  _: (key) => key,
};
const response: Response = {
  headersSent: false,
  status: () => response,
  set: () => response,
  write: () => true,
  ...{
    json: nothing,
    send: nothing,
    sendFile: nothing,
    redirect: nothing,
    end: nothing,
    destroy: nothing,
    on: nothing,
  },
};
const request: Request = {
  ...{ path: "/cardata/login", originalUrl: "/cardata/login", params: {}, query: {}, headers: {} },
  body: { account: "account" },
  is: () => "json",
};

(createRequire(__filename)(file) as (red: NodeAPI) => void)(RED);
const login = routes.get("/cardata/login");
for (let time = 0; time < 3; time++) login?.(request, response, nothing);
