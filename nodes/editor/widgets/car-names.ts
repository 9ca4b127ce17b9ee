import { isObject } from "../../../src/support/json.js";
import type { NamedVehicle } from "../../../src/account/status.js";
import { ask } from "./api.js";

/** Names that the runtime has told, by VIN; they are for labels only, so that a label without one is no failure. */
const told = new Map<string, string>();
let isAsked = false;

/** Returns the name of the car that a node is set to, else `…3456`, because labels are seen by others; "" without a car. */
export function carLabel(node: EditedNode): string {
  const vin = String(node.vehicle ?? "").trim();
  if (vin === "" || vin.startsWith("$")) return "";
  askOnce();
  return nameInAccount(node.account, vin) ?? told.get(vin.toUpperCase()) ?? markOf(vin);
}

/** Returns the end of a VIN. */
export function markOf(vin: string): string {
  return `…${vin.slice(-4)}`;
}

/** Takes over what a dialog has learned, and shows it in the labels. */
export function tellCars(cars: readonly NamedVehicle[]): void {
  const news = cars.filter(({ vin, name }) => name !== "" && told.get(vin) !== name);
  for (const { vin, name } of news) told.set(vin, name);
  if (news.length > 0) labelAnew();
}

/** Asks after the first label and after each deploy: an account that is new may know other cars. */
function askOnce(): void {
  if (isAsked) return;
  isAsked = true;
  RED.events.on("deploy", load);
  load();
}

function load(): void {
  ask("GET vehicles", {}).then(tellCars, () => undefined);
}

/** Returns the name in the settings of the account, deployed or not. */
function nameInAccount(account: unknown, vin: string): string | null {
  const vehicles = RED.nodes.node(String(account ?? ""))?.vehicles;
  const list: readonly unknown[] = Array.isArray(vehicles) ? vehicles : [];
  const own = list.filter(isObject).find((car) => String(car.vin ?? "").toUpperCase() === vin.toUpperCase());
  return [own?.name, own?.alias].find((name): name is string => typeof name === "string" && name !== "") ?? null;
}

/** Has the labels drawn again, and measured. */
function labelAnew(): void {
  RED.nodes.eachNode((node) => {
    if (!node.type.startsWith("cardata-")) return;
    node.dirty = true;
    node.resize = true;
  });
  RED.view.redraw();
}
