const CONTAINER_ID = /^[A-Za-z0-9]{13}$/;
const UUID = /^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;

/** Says whether a value has the form of BMW's ids of data containers. */
export function isContainerId(value: unknown): value is string {
  return typeof value === "string" && CONTAINER_ID.test(value);
}

/** Says whether a value has the form of BMW's ids of clients and customers. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}
