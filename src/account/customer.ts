import type { AccountFiles } from "./account-files.js";
import type { AccountLogin } from "./account-login.js";
import type { Cars } from "./cars.js";
import type { RestDesk } from "./rest/rest-desk.js";

/** The parts of an account that hold what belongs to a BMW customer. */
export interface CustomerParts {
  readonly login: AccountLogin;
  readonly cars: Cars;
  readonly files: AccountFiles;
  readonly rest: RestDesk;
  readonly releaseCars: () => void;
}

/** Takes the login as this customer's (`owner`: `ownerOf`). What is another one's is set aside: it is never shown to this one. */
export function changeCustomer(owner: string, { login, cars, files, rest, releaseCars }: CustomerParts): void {
  const { owner: former } = rest;
  if (former !== "" && former !== owner) {
    releaseCars();
    login.note({ code: "customer_changed" });
  }
  cars.belongTo(owner, former);
  // Before the REST side forgets what is to be set aside.
  files.state.belongTo(owner, former);
  rest.belongTo(owner);
}

/** Keeps everything under the new name of the customer: the login is the same, so the cars are. */
export function renameCustomer(owner: string, { login, files, rest }: CustomerParts): void {
  files.store.rename(rest.owner, owner);
  rest.rename(owner);
  login.note({ code: "customer_renamed" });
}
