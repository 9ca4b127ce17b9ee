import { ask } from "./api.js";

/** Another account of the editor. */
export interface OtherAccount {
  readonly id: string;
  readonly name: string;
}

/**
 * Finds the account that has a client ID, deployed or only in this editor; `null` if that is nobody, or the account
 * itself.
 */
export async function otherWith(account: string, clientId: string): Promise<OtherAccount | null> {
  const wanted = normalised(clientId);
  const deployed = await deployedHolder(clientId);
  if (deployed === account) return null;
  const others = accountsBeside(account);
  const holder = others.find(({ id, credentials }) => id === deployed && mayHave(credentials, wanted));
  const found = holder ?? others.find(({ credentials }) => clientIdOf(credentials) === wanted);
  return found === undefined ? null : { id: found.id, name: found.name || found.id };
}

/** Who may not ask is told so when the login starts. */
async function deployedHolder(clientId: string): Promise<string | null> {
  try {
    return (await ask("POST client/holder", {}, { clientId })).holder?.id ?? null;
  } catch {
    return null;
  }
}

interface FoundAccount extends OtherAccount {
  readonly credentials: unknown;
}

/** Returns the other accounts that log in at BMW, as they are in the editor: one that was deleted here is none. */
function accountsBeside(account: string): FoundAccount[] {
  const found: FoundAccount[] = [];
  RED.nodes.eachConfig(({ id, type, name, source, d, credentials }) => {
    if (type !== "cardata-account" || id === account || d === true || source === "broker") return;
    found.push({ id: String(id), name: typeof name === "string" ? name : "", credentials });
  });
  return found;
}

/** The editor knows the client ID of an account only once its dialog was open. */
function mayHave(credentials: unknown, wanted: string): boolean {
  const known = clientIdOf(credentials);
  return known === null || known === wanted;
}

function clientIdOf(credentials: unknown): string | null {
  const { clientId } = (credentials ?? {}) as { clientId?: unknown };
  return typeof clientId === "string" ? normalised(clientId) : null;
}

function normalised(clientId: string): string {
  return clientId.trim().toLowerCase();
}
