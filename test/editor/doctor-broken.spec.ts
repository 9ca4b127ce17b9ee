import assert from "node:assert/strict";
import { deployFlow, logIn } from "../../demo/set-up.js";
import type { AccountView } from "../../nodes/lib/admin-contract.js";
import { Admin } from "../helpers/admin.js";
import { Workbench } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import { PLACE, TAB } from "../helpers/flow.js";
import type { SimulatorOptions } from "../simulator/index.js";

const ACCOUNT = "broken";
const STREAM = { id: "reader", type: "cardata-stream", account: ACCOUNT, ...PLACE, wires: [[], []] };

/** What is broken: how that comes about, the line that has to name it, and how urgent it is. */
interface Fault {
  readonly area: string;
  readonly level: "red" | "yellow";
  readonly says: RegExp;
  readonly simulator?: SimulatorOptions;
  /** Problem of the stream for which the check has to wait. */
  readonly problem?: string;
  readonly arrange?: (bench: Workbench) => void | Promise<void>;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "a subscription that is refused": {
    area: "subscription",
    level: "red",
    says: /stream/,
    problem: "stream_subscription_refused",
    arrange: ({ simulator }) => {
      simulator.faults.refuseSubscribe(5);
      simulator.faults.cut();
    },
  },
  "a login without the right to the stream": {
    area: "scopes",
    level: "red",
    says: /CarData Stream/,
    simulator: { scopes: ["authenticate_user", "openid", "cardata:api:read"] },
  },
  "a login without the right to requests": {
    area: "scopes",
    level: "red",
    says: /CarData API/,
    simulator: { scopes: ["authenticate_user", "openid", "cardata:streaming:read"] },
  },
  "an API that does not work": {
    area: "rest",
    level: "yellow",
    says: /BMW had an internal error/,
    arrange: async ({ simulator }) => {
      // The list of cars and what is known of each come by themselves.
      await eventually("the cars", () => simulator.log.count("rest*") === 4);
      simulator.faults.api.status(1, 500);
    },
  },
};

describe("the check of an account that is broken", () => {
  let bench: Workbench;
  afterEach(async () => {
    await bench.closePages();
    await bench.closeWaitingPages();
    await new Admin(bench.red.url).deploy([]);
    await bench.stop();
  });

  /** The account is not there yet right after a deploy. */
  const view = async () =>
    (await new Admin(bench.red.url).get(`/cardata/account/${ACCOUNT}/status`)).body as Partial<AccountView>;

  for (const [what, { area, level, says, simulator = {}, problem, arrange }] of Object.entries(FAULTS))
    it(`names ${what}, and says what to do`, async () => {
      bench = await Workbench.start({ simulator: { autoApprove: true, ...simulator } });
      await logIn(bench.red.url, ACCOUNT, bench.simulator);
      await deployFlow(bench.red.url, ACCOUNT, bench.simulator, [TAB, STREAM]);
      await eventually("the login", async () => (await view()).login?.state === "ok");
      await arrange?.(bench);
      await eventually(problem ?? "the start of the stream", async () => {
        const { stream } = await view();
        return problem === undefined ? stream?.state !== "connecting" : stream?.problem?.code === problem;
      });
      const editor = await bench.open();
      await editor.editAccount(ACCOUNT);
      await editor.page.locator("#cardata-doctor-start").click();
      const line = editor.page.locator(`#cardata-doctor-list li[data-area="${area}"]`, { hasText: says });
      await line.first().waitFor();
      assert.equal(await line.first().getAttribute("data-level"), level);
      assert.match(await line.first().innerText(), /\.$/);
    });
});
