import type { HttpSend } from "../support/http.js";

/** Wraps an HTTP door so that each exchange leaves a line without bodies, headers or query. */
export function loggedSend(send: HttpSend, log: (text: string) => void): HttpSend {
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const response = await send(request);
      log(`${request.method} ${pathname}: ${response.status}`);
      return response;
    } catch (error) {
      log(`${request.method} ${pathname}: ${error instanceof Error ? error.message : "failed"}`);
      throw error;
    }
  };
}
