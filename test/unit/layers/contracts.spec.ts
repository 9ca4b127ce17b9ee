import assert from "node:assert/strict";
import type { RouteAnswer, RouteParam, RouteRequest, Route } from "../../../nodes/lib/admin-contract.js";

/*
 * Contains lines that must not compile. A line below a directive that compiles after all is an error of the compiler,
 * so that `tsc` fails as soon as a contract holds no longer.
 */

/** Stands for both sides: the editor asks and the runtime answers by these types. Only its types count. */
type Exchange = <R extends Route>(
  route: R,
  params: Readonly<Record<RouteParam<R>, string>>,
  body: RouteRequest<R>,
  answer: (answer: RouteAnswer<R>) => unknown,
) => void;

const exchange: Exchange = () => undefined;

const request = { node: "n", server: "http://host", token: "x" };

describe("the contract of the admin routes", () => {
  it("takes what is right", () => {
    exchange("POST traccar/devices", {}, request, ([device]) => device?.uniqueId);
    exchange("GET account/:id/status", { id: "a" }, undefined, ({ login }) => login.state);
    exchange(
      "POST account/:id/containers",
      { id: "a" },
      { action: "delete", id: "c", confirm: true },
      ({ deleted }) => {
        assert.ok(deleted);
      },
    );
  });

  it("does not compile with a wrong path, parameter, member of a request or member of an answer", () => {
    // @ts-expect-error -- no such path
    exchange("GET account/:id/state", { id: "a" }, undefined, () => null);
    // @ts-expect-error -- another method
    exchange("GET account/:id/logout", { id: "a" }, undefined, () => null);
    // @ts-expect-error -- the parameter is missing
    exchange("GET login/:session", { id: "a" }, undefined, () => null);
    // @ts-expect-error -- a member is missing
    exchange("POST traccar/devices", {}, { node: "n", server: "http://host" }, () => null);
    // @ts-expect-error -- a member has another type
    exchange("POST traccar/devices", {}, { ...request, token: 5 }, () => null);
    // @ts-expect-error -- the answer has no such member
    exchange("GET account/:id/quota", { id: "a" }, undefined, ({ usedUp }) => usedUp);
  });
});
