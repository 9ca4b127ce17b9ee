import type {} from "../../cockpit/element.js";
import type { Flow } from "../../cockpit/cockpit.js";
import { STREAM_SCHEMA } from "../../../src/settings/stream-schema.js";

const TYPE = "cardata-stream";
const SCRIPT = "cardata/page/cockpit.js";
/** Beside what is there already, where somebody looks. */
const PLACE = { x: 260, y: 120 };

RED.plugins.registerPlugin("cardata-cockpit", {
  type: "cardata-page",
  onadd() {
    const content = $("<div>", { class: "cardata-sidebar" }).css("height", "100%").css("overflow-y", "auto");
    let isOpen = false;
    RED.sidebar.addTab({
      id: "cardata",
      label: "CarData",
      name: "CarData",
      iconClass: "fa fa-car",
      content,
      // Who never opens the tab loads nothing of it.
      onchange() {
        if (!isOpen) void open(content[0]);
        isOpen = true;
      },
    });
  },
});

async function open(content: HTMLElement | undefined): Promise<void> {
  await loadPage();
  const page = document.createElement("cardata-cockpit");
  page.flow = flow;
  content?.append(page);
}

/** The page brings its element by itself. */
function loadPage(): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => {
      resolve();
    };
    script.onerror = () => {
      reject(new Error(`${SCRIPT} cannot be loaded`));
    };
    document.head.append(script);
  });
}

const flow: Flow = {
  add(account, vin, descriptors) {
    const z = RED.workspaces.active();
    if (RED.workspaces.isLocked(z)) return false;
    const node = {
      ...Object.fromEntries(Object.entries(STREAM_SCHEMA.settings).map(([name, { initial }]) => [name, initial])),
      ...{ id: RED.nodes.id(), type: TYPE, name: "", z, ...freePlace(z), wires: [[], []] },
      // An account that was deleted here, and is still deployed, is none.
      account: RED.nodes.node(account) ? account : "",
      vehicle: vin,
      descriptors: [...descriptors],
    };
    RED.view.importNodes([node], { generateIds: false, addFlow: false, touchImport: true, notify: false });
    RED.nodes.dirty(true);
    RED.view.redraw(true);
    return true;
  },
};

/** Below whatever lies where a new node comes. */
function freePlace(z: string): { x: number; y: number } {
  const taken = new Set<string>();
  RED.nodes.eachNode(({ z: flow, x, y }) => {
    if (flow === z) taken.add(`${String(x)} ${String(y)}`);
  });
  let { y } = PLACE;
  while (taken.has(`${PLACE.x} ${y}`)) y += 60;
  return { x: PLACE.x, y };
}
