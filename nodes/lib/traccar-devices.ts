import { TraccarClient } from "../../src/traccar/traccar-client.js";
import { redactor } from "../../src/support/redact.js";
import { nonEmptyText } from "../../src/support/json.js";
import type { TraccarDeviceView, TraccarRequest } from "./admin-contract.js";
import { fromEnvironment } from "./environment.js";
import type { NodeAPI, RedNode } from "./red.js";
import { createSend } from "./runtime.js";

/** Placeholder of a saved password in Node-RED's dialogs. */
const SAVED = "__PWRD__";
const TRACCAR_TYPE = "cardata-traccar";

/** Provides the route with the server to which a deployed node may send its token. */
export function exposeServer(node: RedNode, server: string): void {
  // Not enumerable, like everything that others might write to JSON.
  Object.defineProperty(node, "server", { value: server });
}

/** Gives a member of the request, whatever was sent. */
type RequestMember = (name: keyof TraccarRequest) => unknown;

/**
 * Lists the devices of a Traccar server by what an open dialog holds; the token is not answered.
 * @throws CarDataError `bad_request`, or what `TraccarClient` throws
 */
export async function traccarDevices(RED: NodeAPI, member: RequestMember): Promise<TraccarDeviceView[]> {
  const url = nonEmptyText(fromEnvironment(RED, member("server")))?.trim() ?? "";
  const token = tokenFor(RED, url, member);
  redactor.know(member, [token]);
  try {
    const client = new TraccarClient({ send: createSend(), url, token });
    return (await client.devices()).map(({ name, uniqueId }) => ({ name, uniqueId }));
  } finally {
    redactor.know(member, []);
  }
}

/**
 * Returns the typed token, or the saved one if it goes to the saved server: otherwise any user of the dialog could have
 * it sent elsewhere.
 */
function tokenFor(RED: NodeAPI, url: string, member: RequestMember): string {
  const [id, token] = [member("node"), member("token")];
  if (token !== SAVED) return (nonEmptyText(fromEnvironment(RED, token)) ?? "").trim();
  const node = typeof id === "string" ? RED.nodes.getNode(id) : undefined;
  if (node?.type !== TRACCAR_TYPE || !sameOrigin((node as { server?: unknown }).server, url)) return "";
  return (nonEmptyText(node.credentials?.["token"]) ?? "").trim();
}

function sameOrigin(one: unknown, other: string): boolean {
  if (typeof one !== "string" || !URL.canParse(one) || !URL.canParse(other)) return false;
  return new URL(one).origin === new URL(other).origin;
}
