import { burst } from "./burst.js";
import { captivePortal } from "./captive-portal.js";
import { clockJumps } from "./clock-jumps.js";
import { deploys } from "./deploys.js";
import { diskFull } from "./disk-full.js";
import { halfOpen } from "./half-open.js";
import { hangingServers } from "./hanging-servers.js";
import { kill } from "./kill.js";
import type { FaultScenario } from "./lib/fault.js";
import { month } from "./month.js";
import { namesGone } from "./names-gone.js";
import { readErrors } from "./read-errors.js";
import { readOnly } from "./read-only.js";
import { secondClient } from "./second-client.js";
import { serverErrors } from "./server-errors.js";
import { suspend } from "./suspend.js";
import { twoProcesses } from "./two-processes.js";
import { wrongOwner } from "./wrong-owner.js";

/** All faults by the names that `--only` takes, in the order of the table. */
export const FAULTS: Readonly<Record<string, FaultScenario>> = {
  kill,
  "disk-full": diskFull,
  "read-only": readOnly,
  "wrong-owner": wrongOwner,
  "read-errors": readErrors,
  "two-processes": twoProcesses,
  "names-gone": namesGone,
  "hanging-servers": hangingServers,
  "half-open": halfOpen,
  "captive-portal": captivePortal,
  "server-errors": serverErrors,
  "second-client": secondClient,
  "clock-jumps": clockJumps,
  suspend,
  burst,
  deploys,
  month,
};
