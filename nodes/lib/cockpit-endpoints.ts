import type { Cockpit } from "../../src/cockpit/cockpit.js";
import type { CockpitRoute } from "./admin-contract.js";
import type { Endpoints } from "./admin-endpoint.js";

/** Answers what the page asks for; its owner sees everything as it is. */
export function cockpitEndpoints(cockpit: Cockpit): Pick<Endpoints, CockpitRoute> {
  return {
    "GET cockpit/snapshot": { showing: "as-is", answer: ({ viewer }) => cockpit.snapshot(viewer) },
    "GET cockpit/car/:key/values": {
      showing: "as-is",
      answer: ({ param, query }) => cockpit.values(param("key"), query("language")),
    },
    "GET cockpit/car/:key/history": { showing: "as-is", answer: ({ param }) => cockpit.history(param("key")) },
    "GET cockpit/car/:key/tracks": { showing: "as-is", answer: ({ param }) => cockpit.tracks(param("key")) },
    "GET cockpit/car/:key/learned": { showing: "as-is", answer: ({ param }) => cockpit.learned(param("key")) },
    "GET cockpit/car/:key/journal": { showing: "as-is", answer: ({ param }) => cockpit.journal(param("key")) },
    "GET cockpit/car/:key/entries": {
      showing: "as-is",
      answer: ({ param, query }) => cockpit.month(param("key"), query("month")),
    },
    "GET cockpit/car/:key/export": {
      showing: "as-is",
      answer: ({ param, query }) =>
        cockpit.exported(param("key"), {
          what: query("what"),
          month: query("month"),
          language: query("language"),
        }),
    },
    "GET cockpit/rights": { isForWriters: true, showing: "as-is", answer: () => ({ mayWrite: true }) },
  };
}
