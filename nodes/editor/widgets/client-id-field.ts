import { CLIENT_ID } from "../../../src/settings/account-schema.js";
import { accepts } from "../../../src/settings/setting.js";
import { isEnvironment, validator } from "./settings.js";
import { accountText } from "./text.js";

const FIELD = "#node-config-input-clientId";
const SOURCE = "#node-config-input-source";

/** Declares the client ID among the credentials, so that Node-RED marks its field where it cannot be one. */
export const CLIENT_ID_CREDENTIAL: CredentialProperty = {
  type: "text",
  validate: validator((node, value) => {
    // The user's own broker needs none. What is chosen in the open dialog says more than what is stored.
    const isUsed = ($(SOURCE).val() ?? node.source) !== "broker";
    return !isUsed || isRight(value) ? true : accountText("invalid.clientId");
  }),
  get label() {
    return accountText("label.clientId");
  },
};

/** Says in one sentence below the field what is wrong with the client ID, while it is typed. */
export class ClientIdField {
  readonly #field = $(FIELD);

  constructor() {
    this.#field.on("input", () => {
      this.#show();
    });
    this.#show();
  }

  get value(): string {
    return String(this.#field.val() ?? "");
  }

  /** Returns whether BMW can be asked about it; leads the user to the field if not. */
  check(): boolean {
    if (!isRight(this.value)) this.#field.trigger("focus");
    return isRight(this.value);
  }

  #show(): void {
    $("#cardata-client-id-hint").text(isRight(this.value) ? "" : accountText("invalid.clientId"));
  }
}

function isRight(typed: unknown): boolean {
  return accepts(CLIENT_ID, typed, isEnvironment);
}
