import type { HttpSend } from "../support/http.js";

/** Wraps an HTTP door so that each exchange leaves a line without bodies, headers or query. */
export function loggedSend(send: HttpSend, log: (text: string) => void): HttpSend {
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const response = await send(request);
      // Not with a colon: "token: 200" looks like a token to whoever takes secrets out.
      log(`${request.method} ${pathname} answered ${response.status}`);
      return response;
    } catch (error) {
      log(`${request.method} ${pathname} failed: ${error instanceof Error ? error.message : "unknown"}`);
      throw error;
    }
  };
}
