/** Says whether the host of an address is this machine. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Says whether an address is encrypted, or plain and of this machine; protocols such as `https:` and `http:`. */
export function isServerAddress(address: string, encrypted: string, plain: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === encrypted || (protocol === plain && isLoopback(address));
}

/** Says whether an address of the web is nothing but that: without user, password, search and mark. */
export function isPlainWebAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, search, hash } = new URL(address);
  return ["http:", "https:"].includes(protocol) && [username, password, search, hash].every((part) => part === "");
}
