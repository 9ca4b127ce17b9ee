import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { logIn } from "../../demo/set-up.js";
import { ownIdentity } from "../../src/store/process-identity.js";
import type { ErrorCode } from "../../src/support/errors.js";
import {
  describeBroken,
  identityOf,
  renew,
  type BrokenKind,
  type BrokenPlace,
  type ExpectedLine,
  type ToldStatus,
} from "../helpers/broken-account.js";
import { eventually } from "../helpers/eventually.js";

const DAY = 24 * 3600 * 1000;

const loginSays =
  (code: ErrorCode) =>
  ({ login }: ToldStatus) =>
    login?.problem?.code === code;
const filesSay =
  (code: ErrorCode) =>
  ({ files }: ToldStatus) =>
    files?.code === code;

const revoke = ({ bmw }: BrokenPlace) => {
  bmw.faults.revokeTokens();
};
/** BMW's first refusal is forgiven; the second one, which the button asks for, counts. */
const renewUntil = (code: ErrorCode) => async (place: BrokenPlace) => {
  await eventually(code, async () => {
    await renew(place);
    return loginSays(code)(await place.status());
  });
};
const REFUSED_LOGIN: readonly ExpectedLine[] = [
  ["scopes", "yellow", /Can be told once the login/],
  ["rest", "yellow", /Can be told once the login/],
  ["connection", "yellow", /Can be told once the login/],
  ["subscription", "yellow", /Can be told once the stream is connected/],
];

const LOGINS: Readonly<Record<string, BrokenKind>> = {
  "a login that BMW has taken back": {
    then: async (place) => {
      revoke(place);
      await renewUntil("refresh_rejected")(place);
    },
    until: loginSays("refresh_rejected"),
    lines: [["login", "red", /no longer valid.* Open the CarData account and log in again\./], ...REFUSED_LOGIN],
  },
  "a login that was not used for too long": {
    loginAge: 15 * DAY,
    before: revoke,
    then: renewUntil("refresh_token_too_old"),
    until: loginSays("refresh_token_too_old"),
    lines: [["login", "red", /not used for more than 14 days\. .*log in again\./], ...REFUSED_LOGIN],
  },
  "a login that BMW does not renew at the moment": {
    atLast: async (place) => {
      revoke(place);
      await renew(place);
    },
    until: loginSays("refresh_refused"),
    lines: [
      ["login", "yellow", /refuses to renew .* Nothing needs to be done yet\./],
      ["rest", "yellow", /refuses to renew .* Nothing needs to be done yet\./],
    ],
  },
  "a login server that is down": {
    then: async (place) => {
      place.bmw.faults.oauth.down(true);
      await renew(place);
    },
    until: loginSays("refresh_unreachable"),
    lines: [["login", "yellow", /login server cannot be reached .* the login stays valid\./]],
  },
  "a client ID of another account": {
    loginAge: null,
    properties: () => ({ credentials: { clientId: identityOf(0).clientId } }),
    until: loginSays("client_in_use"),
    lines: [
      ["login", "red", /already used by the account Account login-healthy\. .*choose that account in your nodes/],
    ],
  },
  "a customer of another account": {
    simulator: { gcid: identityOf(0).gcid },
    until: loginSays("gcid_in_use"),
    lines: [
      [
        "login",
        "red",
        /The account Account login-healthy uses the same BMW login\. .*choose that account in your nodes/,
      ],
    ],
  },
  "a saved login without its key": {
    properties: ({ bmw }) => ({ credentials: { clientId: bmw.clientId } }),
    until: loginSays("vault_key_missing"),
    lines: [["login", "red", /put the secret back and restart Node-RED/], ...REFUSED_LOGIN],
  },
  "a saved login that is damaged": {
    before: ({ folder }) => {
      writeFileSync(join(folder, "tokens.json"), "{");
    },
    until: loginSays("vault_unreadable"),
    lines: [["login", "red", /is damaged\. Log in again\./], ...REFUSED_LOGIN],
  },
  "a login without the right to the stream": {
    simulator: { scopes: ["authenticate_user", "openid", "cardata:api:read"] },
    until: ({ stream }) => stream?.state === "no-right",
    lines: [
      ["scopes", "red", /subscribe the client to CarData Stream, wait a minute, then log in again\./],
      ["connection", "yellow", /Can be told once the login and its rights/],
    ],
  },
  "a login without the right to requests": {
    simulator: { scopes: ["authenticate_user", "openid", "cardata:streaming:read"] },
    lines: [
      ["scopes", "red", /subscribe the client to CarData API, wait a minute, then log in again\./],
      ["rest", "yellow", /Was not tried, because this login has no right to it\./],
    ],
  },
};

const FILES: Readonly<Record<string, BrokenKind>> = {
  "a folder that cannot be written": {
    loginAge: null,
    simulator: { autoApprove: true, codeInterval: 1 },
    before: ({ folder }) => {
      mkdirSync(dirname(folder), { recursive: true });
      // As of a disk that is not mounted: nobody can write there, not even root.
      symlinkSync(join(dirname(folder), "not-mounted", "here"), folder);
    },
    then: ({ admin, id, bmw }) => logIn(admin.url, id, bmw),
    until: filesSay("store_read_only"),
    lines: [["files", "red", /cannot be written .* Check the rights and the free space of that folder\./]],
  },
  "a file that cannot be read": {
    before: ({ folder }) => {
      mkdirSync(join(folder, "vehicles.json"));
    },
    until: filesSay("store_unreadable"),
    lines: [["files", "red", /cannot be read .*vehicles\.json\. .* Check the disk and the Node-RED user folder\./]],
  },
  "a file of a newer version": {
    before: ({ folder }) => {
      writeFileSync(join(folder, "vehicles.json"), JSON.stringify({ version: 99, data: [] }));
    },
    until: filesSay("store_newer"),
    lines: [["files", "red", /newer version .* Update @cardata/]],
  },
  "a folder with which another Node-RED works": {
    before: async ({ folder }) => {
      writeFileSync(join(folder, "lock"), JSON.stringify({ owner: "other", ...(await ownIdentity()) }));
    },
    until: loginSays("folder_in_use"),
    lines: [["login", "red", /Another Node-RED \(process \d+ on .*\) .* Stop one of them/], ...REFUSED_LOGIN],
  },
};

describeBroken("an account whose login or files are broken", "login", { ...LOGINS, ...FILES });
