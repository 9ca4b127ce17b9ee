import type { NodeAPI } from "../lib/red.js";

/** Makes Node-RED deliver the tab of the editor's sidebar, which shows the page `/cardata`. */
export = function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin("cardata-cockpit", { type: "cardata-page" });
};
