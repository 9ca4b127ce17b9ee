import type { Cockpit } from "../../src/cockpit/cockpit.js";
import type { StreamSink } from "../../src/cockpit/page-connection.js";
import { CarDataError, toCarDataError } from "../../src/support/errors.js";
import { onlyFromEditor, PRIVATE, queryOf, refuse, viewerOf } from "./admin-endpoint.js";
import type { Handler, NodeAPI, Response } from "./red.js";

/** Proxies hold an answer back until it is over unless they are told not to. */
const STREAM_HEADERS = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no", ...PRIVATE };

/** Registers the routes of the page whose answers are no JSON. A foreign page must not hold streams open. */
export function registerCockpitStream(RED: NodeAPI, cockpit: Cockpit): void {
  const read = RED.auth.needsPermission("cardata-account.read");
  RED.httpAdmin.get("/cardata/cockpit/stream", read, onlyFromEditor, streamOf(cockpit));
  RED.httpAdmin.get("/cardata/cockpit/car/:key/picture", read, pictureOf(cockpit));
}

function streamOf(cockpit: Cockpit): Handler {
  return (request, response) => {
    const [key, language] = [queryOf(request, "values"), queryOf(request, "language")];
    const values = key === "" ? null : { key, language };
    try {
      const stream = cockpit.open(sinkOf(response), { viewer: viewerOf(request), values });
      response.on("close", () => {
        stream.over();
      });
    } catch (error) {
      refuse(response, toCarDataError(error));
    }
  };
}

function sinkOf(response: Response): StreamSink {
  return {
    write: (text) => {
      // Not before: a refusal is no stream.
      if (!response.headersSent) response.set(STREAM_HEADERS);
      return response.write(text);
    },
    end: () => {
      response.end();
    },
    destroy: () => {
      response.destroy();
    },
    onDrained: (run) => {
      response.on("drain", run);
    },
  };
}

function pictureOf(cockpit: Cockpit): Handler {
  return (request, response) => {
    const find = async () => {
      const picture = await cockpit.picture(request.params["key"] ?? "");
      if (picture === null) throw new CarDataError("page_car_gone");
      response.set({ "content-type": picture.type, "x-content-type-options": "nosniff", ...PRIVATE });
      response.send(picture.bytes);
    };
    find().catch((error: unknown) => {
      refuse(response, toCarDataError(error));
    });
  };
}
