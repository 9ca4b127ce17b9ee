import type { AccountParts } from "./account-parts.js";

/** A part of an account that holds data of a BMW customer. */
type CustomerParts = Pick<AccountParts, "login" | "eventLog" | "fleet" | "files" | "rest">;

/**
 * Takes the login as this customer's (`owner`: `ownerOf`). Sets another customer's data aside: they are never shown to
 * this one.
 */
export function changeCustomer(owner: string, { login, eventLog, fleet, rest }: CustomerParts): void {
  const { owner: former } = rest;
  if (former !== "" && former !== owner) {
    fleet.release();
    login.note({ code: "customer_changed" });
  }
  fleet.belongTo(owner, former);
  eventLog.belongTo(owner, former);
  rest.belongTo(owner);
}

/** Keeps everything under the new name of the customer: the login is the same, so the cars are. */
export function renameCustomer(owner: string, { login, files, rest }: CustomerParts): void {
  files.store.rename(rest.owner, owner);
  rest.rename(owner);
  login.note({ code: "customer_renamed" });
}
