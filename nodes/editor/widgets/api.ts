import type { ErrorView } from "../../lib/admin-contract.js";
import { accountText, problemText } from "./text.js";

/** A refused admin request; the message is for the user. */
export class ApiError extends Error {
  override readonly name = "ApiError";
}

export function get<T>(path: string): Promise<T> {
  return request<T>("GET", path);
}

/** A public file of the package. */
export function getResource<T>(path: string): Promise<T> {
  return ajax<T>({ url: path, method: "GET" });
}

export function post<T>(path: string, body: object = {}): Promise<T> {
  return request<T>("POST", path, body);
}

/** Only relative addresses get the editor's access token and its root path. */
function request<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const content = body && { contentType: "application/json", data: JSON.stringify(body) };
  return ajax<T>({ url: `cardata/${path}`, method, ...content });
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

/** The text of whatever went wrong. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
