import type { AccountContext } from "../context/account-context.js";
import type { CarDataError } from "../support/errors.js";
import type { RestApi } from "./rest-call.js";
import type { ContainerManager } from "./containers/container-manager.js";
import type { QuotaLedger } from "./quota-ledger.js";
import type { RefusalRegistry } from "./refusal-registry.js";
import type { RestHealth } from "./rest-health.js";
import type { Vehicles } from "./vehicles.js";

/** Holds what the parts of the REST side share. */
export interface RestContext extends Pick<AccountContext, "clock" | "random"> {
  readonly rest: RestApi;
  readonly ledger: QuotaLedger;
  readonly containers: ContainerManager;
  readonly vehicles: Vehicles;
  readonly refusals: RefusalRegistry;
  readonly health: RestHealth;
  /** Returns whether automatic calls make sense: a missing right does not come back by asking. */
  readonly isReady: () => boolean;
  /** The saved state has changed. */
  readonly onState: () => void;
  /** A call that nobody waits for has failed. */
  readonly onFailure: (error: CarDataError) => void;
}
