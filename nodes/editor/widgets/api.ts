import type { AdminRoutes, RouteAnswer, ErrorView, RouteParam, Route } from "../../lib/admin-contract.js";
import { accountText, problemText } from "./text.js";

/** Reports a refused admin request; the message is for the user. */
export class ApiError extends Error {
  override readonly name = "ApiError";
}

/** Gives the body that a route wants; none where the contract names none. */
type BodyOf<R extends Route> = AdminRoutes[R] extends { request: infer Body } ? [body: Body] : [];

/**
 * Asks the runtime over a route of the contract. Only relative addresses get the editor's access token and its root path.
 * @param params what stands for the names after the colons
 */
export function ask<R extends Route>(
  route: R,
  params: Readonly<Record<string, string>> & Readonly<Record<RouteParam<R>, string>>,
  ...[body = {}]: BodyOf<R>
): Promise<RouteAnswer<R>> {
  const [method, path = ""] = route.split(" ");
  const url = `cardata/${path.replace(/:(\w+)/g, (_mark, name: string) => encodeURIComponent(params[name] ?? ""))}`;
  if (method !== "POST") return ajax({ url, method: "GET" });
  return ajax({ url, method: "POST", contentType: "application/json", data: JSON.stringify(body) });
}

/** Fetches a public file of the package. */
export function getResource<T>(path: string): Promise<T> {
  return ajax<T>({ url: path, method: "GET" });
}

function ajax<T>(options: Omit<Parameters<typeof $.ajax>[0], "dataType">): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({ ...options, dataType: "json" }).then(
      (answer) => {
        resolve(answer as T);
      },
      (failure) => {
        reject(new ApiError(failureText(failure as AjaxFailure)));
      },
    );
  });
}

function failureText({ status, responseJSON }: AjaxFailure): string {
  const { error } = (responseJSON ?? {}) as Partial<ErrorView>;
  if (error && typeof error === "object") return problemText(error);
  if (status === 0) return accountText("failure.offline");
  if (status === 401 || status === 403) return accountText("failure.notAllowed");
  return accountText("failure.status", { status });
}

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
