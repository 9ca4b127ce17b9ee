import { CLUSTERS, clustersOf, type Cluster } from "../../../src/vehicle/descriptor-clusters.js";
import { PACKAGE_NAME } from "../../../src/support/version.js";
import { getResource, messageOf } from "./api.js";
import { accountText } from "./text.js";
import { tickBoxes, type TickWords } from "./tick-boxes.js";

interface Descriptor {
  readonly id: string;
  readonly streamable: boolean;
}

/** Lets the user choose what the car shall send, and makes of it what ticks the boxes of BMW's page. */
export class DataChoice {
  readonly #all = $("#cardata-data-all");
  readonly #copy = $("#cardata-data-copy");
  #catalogue: readonly Descriptor[] = [];

  /** @param chosen the groups that were chosen before; none: everything */
  constructor(chosen: readonly Cluster[]) {
    this.#all.prop("checked", chosen.length === 0);
    for (const cluster of chosen) boxOf(cluster).prop("checked", true);
    for (const choice of [this.#all, ...CLUSTERS.map(boxOf)])
      choice.on("change", () => {
        this.#show();
      });
    this.#copy.on("click", (event) => {
      event.preventDefault();
      RED.clipboard.copyText(this.#snippet, this.#copy, "clipboard.copyMessageValue");
    });
    this.#show();
    getResource<readonly Descriptor[]>(`resources/${PACKAGE_NAME}/catalogue.json`).then(
      (catalogue) => {
        this.#catalogue = catalogue;
        this.#show();
      },
      (error: unknown) => {
        $("#cardata-data-hint").text(messageOf(error));
      },
    );
  }

  /** The stored form: none for everything. */
  get value(): Cluster[] {
    return this.#isAll ? [] : this.#chosen;
  }

  get #isAll(): boolean {
    return this.#all.prop("checked") === true;
  }

  get #chosen(): Cluster[] {
    return CLUSTERS.filter((cluster) => boxOf(cluster).prop("checked") === true);
  }

  /** Ids of the chosen values. */
  get #wanted(): string[] {
    const chosen = this.#chosen;
    const isWanted = (id: string) => clustersOf(id).some((cluster) => chosen.includes(cluster));
    return this.#catalogue.filter(({ id, streamable }) => streamable && isWanted(id)).map(({ id }) => id);
  }

  get #snippet(): string {
    const words: TickWords = {
      done: accountText("data.done", { ticked: "{ticked}", before: "{before}" }),
      missing: accountText("data.missing", { count: "{count}", names: "{names}" }),
      noBoxes: accountText("data.noBoxes"),
    };
    const wanted = this.#isAll ? "null" : JSON.stringify(this.#wanted, null, 2);
    return `(${tickBoxes.toString()})(${wanted}, ${JSON.stringify(words, null, 2)});`;
  }

  #show(): void {
    for (const cluster of CLUSTERS) boxOf(cluster).prop("disabled", this.#isAll);
    const isReady = this.#isAll || this.#wanted.length > 0;
    this.#copy.prop("disabled", !isReady);
    $("#cardata-data-snippet").val(isReady ? this.#snippet : "");
  }
}

function boxOf(cluster: string): Query {
  return $(`#cardata-data-${cluster}`);
}
