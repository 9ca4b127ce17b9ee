import { CLIENT_ID } from "../../../src/settings/account-schema.js";
import { accepts } from "../../../src/settings/setting.js";
import { otherWith, type OtherAccount } from "./find-other-account.js";
import { isEnvironment, validator } from "./settings.js";
import { accountText } from "./text.js";
import { canUse, useInstead } from "./use-account.js";

const FIELD = "#node-config-input-clientId";
const SOURCE = "#node-config-input-source";

/** The client ID in the open dialog that another account has. */
let taken: { readonly account: string; readonly clientId: string; readonly other: OtherAccount } | null = null;

/** Declares the client ID among the credentials, so that Node-RED marks its field where it cannot be one. */
export const CLIENT_ID_CREDENTIAL: CredentialProperty = {
  type: "text",
  validate: validator((node, value) => {
    // The user's own broker needs none. What is chosen in the open dialog says more than what is stored.
    const isUsed = ($(SOURCE).val() ?? node.source) !== "broker";
    if (isUsed && !isRight(value)) return accountText("invalid.clientId");
    const isTaken = taken?.account === node.id && taken.clientId === value;
    return isUsed && isTaken ? accountText("invalid.clientIdTaken") : true;
  }),
  get label() {
    return accountText("label.clientId");
  },
};

/** Says in one sentence below the field what is wrong with the client ID, while it is typed. */
export class ClientIdField {
  readonly #field = $(FIELD);
  readonly #use = $("#cardata-client-id-use");
  /** Counts questions, so that a slow answer about what was typed before is dropped. */
  #question = 0;

  /** @param leave closes the dialog and stores nothing */
  constructor(
    private readonly account: string,
    leave: () => void,
  ) {
    this.#field.on("input", () => {
      void this.#look();
    });
    this.#use.on("click", (event) => {
      event.preventDefault();
      if (taken !== null) useInstead(this.account, taken.other, leave);
    });
    void this.#look();
  }

  get value(): string {
    return String(this.#field.val() ?? "");
  }

  /** Resolves to whether BMW can be asked about it; leads the user to the field if not. */
  async check(): Promise<boolean> {
    const mayAsk = isRight(this.value) && (await this.#look());
    if (!mayAsk) this.#field.trigger("focus");
    return mayAsk;
  }

  /** Called when the dialog closes. */
  close(): void {
    this.#question++;
    taken = null;
  }

  /** Resolves to whether no other account has it. */
  async #look(): Promise<boolean> {
    const mine = ++this.#question;
    const clientId = this.value;
    this.#note(clientId, null);
    const other = clientId !== "" && isRight(clientId) ? await otherWith(this.account, clientId) : null;
    if (mine !== this.#question) return false;
    this.#note(clientId, other);
    return other === null;
  }

  #note(clientId: string, other: OtherAccount | null): void {
    taken = other && { account: this.account, clientId, other };
    $("#cardata-client-id-hint").text(hintOf(clientId, other));
    this.#use.toggle(other !== null && canUse(this.account, other));
    this.#use.text(other === null ? "" : accountText("other.use", { other: other.name }));
    // Node-RED frames the field by the rule above when this event comes.
    this.#field.trigger("change");
  }
}

function hintOf(clientId: string, other: OtherAccount | null): string {
  if (other !== null) return accountText("other.taken", { other: other.name });
  return isRight(clientId) ? "" : accountText("invalid.clientId");
}

function isRight(typed: unknown): boolean {
  return accepts(CLIENT_ID, typed, isEnvironment);
}
