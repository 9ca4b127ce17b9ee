import type { ContainerView } from "../../lib/admin-contract.js";
import { ask, messageOf } from "./api.js";
import { telematicsText } from "./text.js";

export interface ContainerListOptions {
  /** Id of the chosen account; `null` if there is none. */
  readonly account: () => string | null;
  /** Called when a request was spent. */
  readonly onSpent: () => void;
}

/** Shows the data containers of the BMW account. Each press of a button costs a request, and says so. */
export class ContainerList {
  readonly #button = $("#cardata-containers-load");
  readonly #list = $("#cardata-containers-list");
  readonly #hint = $("#cardata-containers-hint");
  readonly #maySpend = RED.user.hasPermission("cardata-account.write");

  constructor(private readonly options: ContainerListOptions) {
    this.#button.on("click", (event) => {
      event.preventDefault();
      this.#run(() => this.#load());
    });
    this.#offer();
  }

  /** Called when another account is chosen. */
  clear(): void {
    this.#list.empty();
    this.#offer();
  }

  /** Shows the button; users who may only read must not spend the owner's requests. */
  #offer(): void {
    this.#button.prop("disabled", !this.#maySpend);
    this.#hint.text(this.#maySpend ? "" : telematicsText("containers.notAllowed"));
  }

  #run(act: () => Promise<void>): void {
    this.#button.prop("disabled", true);
    this.#hint.text("");
    act()
      .catch((error: unknown) => {
        this.#hint.text(messageOf(error));
      })
      .finally(() => {
        this.#button.prop("disabled", false);
        this.options.onSpent();
      });
  }

  async #load(): Promise<void> {
    const containers = await ask("GET account/:id/containers", this.#params);
    this.#list.empty();
    for (const container of containers) this.#add(container);
    if (containers.length === 0) this.#hint.text(telematicsText("containers.none"));
  }

  async #delete(id: string, row: Query): Promise<void> {
    await ask("POST account/:id/containers", this.#params, { action: "delete", id, confirm: true });
    row.remove();
    this.#hint.text(telematicsText("containers.gone", { id }));
  }

  get #params(): { id: string } {
    return { id: this.options.account() ?? "" };
  }

  #add(container: ContainerView): void {
    const { id, name, state, created, own } = container;
    const row = $("<div>", { class: "cardata-container" }).appendTo(this.#list);
    const words = $("<div>", { class: "cardata-container-words" }).appendTo(row);
    $("<span>", {}).text(name).appendTo(words);
    const whose = telematicsText(own ? "containers.own" : "containers.foreign");
    const details = [id, state, created?.slice(0, 10) ?? "", whose].filter((text) => text !== "");
    $("<small>", {}).text(details.join(" · ")).appendTo(words);
    // BMW lists deleted ones for a month.
    if (state === "ACTIVE") this.#addDelete(container, row);
  }

  /** Asks before it deletes: this cannot be undone. */
  #addDelete({ id, own }: ContainerView, row: Query): void {
    const actions = $("<div>", { class: "cardata-container-actions" }).appendTo(row);
    const ask = () => {
      actions.empty();
      const question = telematicsText(own ? "containers.question" : "containers.foreignQuestion");
      $("<span>", {}).text(question).appendTo(actions);
      addButton(actions, "yes", () => {
        this.#run(() => this.#delete(id, row));
      });
      addButton(actions, "no", offer);
    };
    const offer = () => {
      actions.empty();
      addButton(actions, "delete", ask);
    };
    offer();
  }
}

function addButton(place: Query, name: string, act: () => void): void {
  $("<button>", { type: "button", class: `red-ui-button red-ui-button-small cardata-container-${name}` })
    .text(telematicsText(`containers.${name}`))
    .on("click", act)
    .appendTo(place);
}
