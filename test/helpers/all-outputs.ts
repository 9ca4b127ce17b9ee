import { streamStatus } from "../../nodes/lib/stream-status.js";
import { socStatus } from "../../nodes/lib/soc-status.js";
import { telematicsStatus } from "../../nodes/lib/telematics-status.js";
import type { NodeAPI } from "../../nodes/lib/red.js";
import type { Account } from "../../src/account/account.js";
import { carIdentity, driveTypeOf, shortNameOf } from "../../src/account/vehicle-identity.js";
import type { AccountEvent, Update } from "../../src/account/account-events.js";
import type { OperationAnswer } from "../../src/rest/operations.js";
import { descriptorSummaries, diagnostics, vehicleSummaries } from "../../src/account/status.js";
import { Announcer } from "../../src/homeassistant/announcer.js";
import { parseAnnouncerInput } from "../../src/homeassistant/announcer-input.js";
import type { MqttMessage } from "../../src/homeassistant/mqtt-message.js";
import { SocOutput } from "../../src/messages/soc-output.js";
import { StreamOutput } from "../../src/messages/stream-output.js";
import { TelematicsOutput } from "../../src/messages/telematics-output.js";
import { SendBudget } from "../../src/mqtt-out/portions.js";
import type { Clock } from "../../src/support/clock.js";
import { parseVin } from "../../src/support/vin.js";
import { evenRandom } from "./fakes.js";

const RED = { _: (key: string, params: object = {}) => `${key} ${JSON.stringify(params)}` } as unknown as NodeAPI;
const STREAM = { topicBase: "cardata", account: "a", vehicle: "", descriptors: [], onlyChanges: false, values: true };
const ANNOUNCER = {
  prefix: "homeassistant",
  base: "cardata",
  separator: "dots" as const,
  attributes: true,
  availability: true,
  buttons: true,
  repeatMs: 900_000,
};

/** Builds all outputs of all nodes at one account: whatever they produce has to be sendable. */
export class AllOutputs {
  readonly #streams = (["each", "update"] as const).map((form) => new StreamOutput({ ...STREAM, form }, () => "1"));
  readonly #telematics = (["each", "update"] as const).map(
    (form) => new TelematicsOutput({ topicBase: "cardata", form }, () => "1"),
  );
  readonly #soc = new SocOutput({ topicBase: "cardata", vehicle: "" });
  readonly #announcer: Announcer;
  readonly #leave: (() => void)[];

  constructor(
    private readonly account: Account,
    private readonly clock: Clock,
    node = "node",
  ) {
    this.#announcer = new Announcer(
      { mode: "device", maxPacketSize: 1_000_000, language: "en", area: "", ...ANNOUNCER },
      {
        clock,
        random: evenRandom,
        budget: new SendBudget(clock),
        carOf: (vin) => carIdentity(account, vin),
        driveTypeOf: (vin) => driveTypeOf(account, vin),
        isIgnored: () => false,
        isCharging: (vin) => account.registry.cars.get(vin)?.vehicle.isCharging ?? null,
        saved: () => account.announced.of(node),
        save: (state) => {
          void account.announced.keep(node, state);
        },
        send: (messages) => {
          check(messages satisfies readonly MqttMessage[]);
        },
        isHeld: () => false,
        warn: () => undefined,
        onChange: () => undefined,
      },
    );
    this.#leave = [
      account.soc.join(node, {
        vehicle: "",
        magic: true,
        minEfficiency: 0.82,
        meterPriorityMs: 120_000,
        auxKw: 0.3,
      }),
    ];
    account.retain(node);
    account.events.on("update", (update) => {
      this.#update(update);
    });
    account.events.on("event", (event, at) => {
      this.#event(event, at);
    });
    account.events.on("answer", (_node, answer) => {
      this.answer(answer);
    });
    account.events.on("estimate", (vin) => {
      check(this.#estimate(vin, "estimate"));
    });
    account.events.on("learned", (vin) => {
      check(this.#learning(vin));
    });
    account.events.on("status", () => {
      this.#status();
    });
  }

  /** Once the account is open. */
  begin(): void {
    this.#announcer.start();
    this.report();
  }

  /**
   * Produces everything that can be requested; only here with Home Assistant, because that takes longer than all else.
   */
  report(): void {
    const { account } = this;
    this.#status();
    check([diagnostics(account), vehicleSummaries(account), descriptorSummaries(account), account.rest.quotaReport]);
    for (const stream of this.#streams) {
      check(stream.snapshot(account.registry.cars));
      this.#show(stream.restored(account.registry.cars));
    }
    for (const [vin, { vehicle }] of account.registry.cars) {
      check([carIdentity(account, vin), account.rest.resting(vin), vehicle.charge, vehicle.values, vehicle.save()]);
      this.#show(this.#estimate(vin, "current"));
      this.#show(this.#learning(vin));
    }
  }

  answer(answer: OperationAnswer): void {
    const { quota } = this.account.status;
    for (const output of this.#telematics) {
      this.#show(output.automatic(answer, quota));
      check(output.answered(answer, quota, { _msgid: "1" }));
    }
  }

  close(): void {
    this.#announcer.close();
    for (const leave of this.#leave) leave();
  }

  #update(update: Update): void {
    for (const stream of this.#streams) check([stream.update(update), stream.events(update)]);
  }

  #event(event: AccountEvent, at: number): void {
    for (const stream of this.#streams) check(stream.event(event, at));
  }

  #estimate(vin: string, form: "estimate" | "current"): object[] {
    const { soc } = this.account;
    const [predicted, magic] = [soc.predicted(vin), soc.magic(vin)];
    const car = shortNameOf(this.account, vin);
    check(soc.chargeEndOf(vin));
    for (const estimate of [predicted, magic])
      if (estimate !== null)
        check(socStatus(RED, { last: { car, estimate }, several: true, differs: false, noBattery: false }));
    return this.#soc[form](vin, predicted, magic, this.clock.now()).filter((one) => one !== null);
  }

  #learning(vin: string): object[] {
    const report = this.account.soc.report(vin);
    return report === null ? [] : [this.#soc.learning(vin, report, this.clock.now())];
  }

  #status(): void {
    const { status, rest } = this.account;
    const plan = rest.plan("node");
    check([status, streamStatus(RED, status), telematicsStatus(RED, status, plan), rest.problem]);
  }

  #show(messages: readonly object[]): void {
    check(messages);
    for (const message of messages)
      this.#announcer.handle(parseAnnouncerInput(JSON.parse(JSON.stringify(message)), parseVin));
  }
}

/** Checks that an output is JSON with finite numbers. */
function check(value: unknown): void {
  // Looked at instead of written as text, which takes several times as long.
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${value} is sent`);
  if (typeof value === "bigint") throw new Error("what is no JSON is sent");
  if (typeof value === "string" && value.includes("Invalid Date"))
    throw new Error(`This is sent: ${value.slice(0, 500)}`);
  if (typeof value !== "object" || value === null) return;
  if ("toJSON" in value) JSON.stringify(value);
  else for (const member of Object.values(value)) check(member);
}
