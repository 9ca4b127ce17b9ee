import type { BinaryContent, RestApi, RestCall } from "../../src/rest/rest-call.js";
import { CarDataError, type ErrorCode } from "../../src/support/errors.js";

/** BMW's refusal as the client throws it. `id` is BMW's own code, "" for none. */
export function refusal(code: ErrorCode, httpStatus: number, exveErrorId = ""): CarDataError {
  return new CarDataError(code, {}, { httpStatus, exveErrorId, exveErrorRef: "ref-1", askedPauseMs: null });
}

/** BMW's API that answers from a script, errors by throwing them; after its end it fails the test. */
export function scriptedRest(...script: unknown[]) {
  const calls: RestCall[] = [];
  const next = (call: RestCall): unknown => {
    calls.push(call);
    if (script.length === 0) throw new Error(`no answer scripted for ${call.path}`);
    const answer = script.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const rest: RestApi = { json: async (call) => next(call), bytes: async (call) => next(call) as BinaryContent };
  return { rest, calls, paths: () => calls.map(({ path }) => path) };
}
