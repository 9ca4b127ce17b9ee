import { SendBudget } from "../../src/mqtt-out/portions.js";
import { systemClock } from "../../src/support/clock.js";

/** The one of all nodes: most flows have one broker, to which they share a connection. */
export const sendBudget = new SendBudget(systemClock);
