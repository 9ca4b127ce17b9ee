const CUSTOMER_KEYS = new Set(["entityid", "gcid", "vehicleidwithgcid"]);
/** BMW's objects nest six deep. */
const DEEPEST = 64;

/**
 * A copy of a JSON value without the members that hold the customer's id (GCID), at any depth: it is nobody's business.
 * What nests deeper than anything of BMW's is left out.
 */
export function withoutCustomer<T>(value: T): T {
  return copyOf(value, 0) as T;
}

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return "[too deep]";
  if (Array.isArray(value)) return value.map((member) => copyOf(member, depth + 1));
  const kept = Object.entries(value).filter(([key]) => !CUSTOMER_KEYS.has(key.toLowerCase()));
  return Object.fromEntries(kept.map(([key, member]) => [key, copyOf(member, depth + 1)]));
}
