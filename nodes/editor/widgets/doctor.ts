import { findingText, type DoctorWords } from "../../../src/account/doctor/finding-text.js";
import type { Finding } from "../../../src/account/doctor/finding.js";
import { PACKAGE_VERSION } from "../../../src/support/version.js";
import type { CheckPlanView, CheckView } from "../../lib/admin-contract.js";
import { ask, messageOf } from "./api.js";
import { accountText, problemText, timeText } from "./text.js";

const WORDS: DoctorWords = {
  text: (key, params = {}) => accountText(key, { ...params }),
  problem: problemText,
  time: timeText,
};
/** Signs of the levels, so that colours say nothing alone. */
const SIGNS = { green: "check-circle", yellow: "exclamation-circle", red: "times-circle" } as const;

/** Checks the deployed account on request, says before what that costs, and shows line by line what was found. */
export class Doctor {
  readonly #button = element("start");
  readonly #copy = element("copy");
  #copied = "";
  #isRunning = false;
  #isClosed = false;

  constructor(private readonly account: string) {
    this.#button.on("click", (event) => {
      event.preventDefault();
      void this.#check();
    });
    this.#copy.on("click", (event) => {
      event.preventDefault();
      RED.clipboard.copyText(this.#copied, this.#copy, "clipboard.copyMessageValue");
    });
    void this.#tellCost();
  }

  /** Called when the dialog closes. */
  close(): void {
    this.#isClosed = true;
  }

  async #tellCost(): Promise<void> {
    const cost = await ask("GET account/:id/check", { id: this.account }).then(costText, messageOf);
    if (!this.#isClosed) element("cost").text(cost);
  }

  async #check(): Promise<void> {
    // Not disabled meanwhile, because a disabled button loses the focus.
    if (this.#isRunning) return;
    this.#isRunning = true;
    say(accountText("doctor.running"));
    try {
      const report = await ask("POST account/:id/check", { id: this.account });
      if (!this.#isClosed) this.#show(report);
    } catch (error) {
      if (!this.#isClosed) say(messageOf(error));
    }
    this.#isRunning = false;
    await this.#tellCost();
  }

  #show({ level, findings }: CheckView): void {
    say(accountText(`doctor.result.${level}`));
    const list = element("list").empty().toggle(true);
    for (const finding of findings) lineOf(finding).appendTo(list);
    this.#copied = [`cardata ${PACKAGE_VERSION}`, ...findings.map(copiedLine)].join("\n");
    this.#copy.toggle(true);
  }
}

function costText({ cost, spared, quota: { remaining, limit, resetsAt, blockedUntil } }: CheckPlanView): string {
  if (cost > 0 || spared === undefined) return accountText("doctor.costs", { remaining, limit });
  return accountText(`doctor.free.${spared}`, { time: timeText(blockedUntil ?? resetsAt) });
}

/** Texts only: names and reasons in it are foreign. */
function lineOf(finding: Finding): Query {
  const { level } = finding;
  const line = $("<li>", { "data-level": level, "data-area": finding.area });
  $("<i>", { class: `fa fa-${SIGNS[level]}`, "aria-hidden": "true" }).appendTo(line);
  const text = $("<div>", {}).appendTo(line);
  $("<strong>", {})
    .text(`${accountText(`doctor.level.${level}`)} · ${titleOf(finding)}`)
    .appendTo(text);
  $("<div>", {}).text(findingText(finding, WORDS)).appendTo(text);
  return line;
}

function titleOf({ car, area }: Finding): string {
  const title = accountText(`doctor.area.${area}`);
  return car === undefined ? title : `${car}: ${title}`;
}

/** The code helps those who read another language. */
function copiedLine(finding: Finding): string {
  return `[${finding.level}] ${titleOf(finding)} (${finding.code}): ${findingText(finding, WORDS)}`;
}

function say(text: string): void {
  element("state").text(text);
}

function element(name: string): Query {
  return $(`#cardata-doctor-${name}`);
}
