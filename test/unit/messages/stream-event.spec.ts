import assert from "node:assert/strict";
import type { AccountStatus } from "../../../src/account/status.js";
import { streamEventOf } from "../../../src/messages/event-message.js";

type Status = Pick<AccountStatus, "login" | "stream">;

const OK = { state: "ok" } as const;
const CLOSED = { code: "stream_closed" } as const;
const EXPIRED = { code: "login_invalid_grant" } as const;

describe("the event that tells the present state of the stream", () => {
  const cases: readonly (readonly [string, Status, string | null, string?])[] = [
    ["connected while it is live", { login: OK, stream: { state: "live" } }, "connected"],
    ["connected while the cars are quiet", { login: OK, stream: { state: "quiet" } }, "connected"],
    [
      "disconnected while it waits for the next attempt",
      { login: OK, stream: { state: "waiting", problem: CLOSED } },
      "disconnected",
      "stream_closed",
    ],
    [
      "loginRequired where only the user can help",
      { login: { state: "needed", problem: EXPIRED }, stream: { state: "off", problem: EXPIRED } },
      "loginRequired",
      "login_invalid_grant",
    ],
    ["none while it connects", { login: OK, stream: { state: "connecting" } }, null],
    ["none while nobody uses it", { login: OK, stream: { state: "off" } }, null],
  ];
  for (const [title, status, name, reason] of cases)
    it(`is ${title}`, () => {
      const event = streamEventOf(status);
      assert.equal(event?.name ?? null, name);
      assert.equal(event !== null && "reason" in event ? event.reason : undefined, reason);
    });
});
