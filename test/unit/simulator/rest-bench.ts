import assert from "node:assert/strict";
import type { HttpRequest } from "../../../src/support/http.js";
import { isObject, parseJson, type JsonObject } from "../../../src/support/json.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { bmwInProcess, type InProcessOptions } from "../../simulator/in-process.js";

export const MIDNIGHT = Date.parse("2026-03-02T00:00:00Z");
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const YEAR_S = 365 * 24 * 3600;

export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Parsed; an empty object if the answer is none. */
  readonly body: JsonObject;
  /** BMW's `exveErrorId`. */
  readonly error: unknown;
}

/** The simulated REST side in process, with a token that outlives every test. */
export function restBench(options: Partial<InProcessOptions> = {}) {
  const clock = options.clock instanceof SimulatedClock ? options.clock : new SimulatedClock(MIDNIGHT);
  const bmw = bmwInProcess({ tokenLife: YEAR_S, ...options, clock });
  const { access_token: token } = bmw.issueTokens();

  const call = async (path: string, changes: Partial<HttpRequest> = {}): Promise<RestReply> => {
    const headers = { Authorization: `Bearer ${token}`, "x-version": "v1" };
    const limits = { timeoutMs: 30_000, maxBytes: 1e7 };
    const answer = await bmw.send({ method: "GET", url: `https://bmw.example${path}`, headers, ...limits, ...changes });
    const parsed = parseJson(answer.body.toString());
    const body = isObject(parsed) ? parsed : {};
    return { status: answer.status, headers: answer.headers, bytes: answer.body, body, error: body["exveErrorId"] };
  };
  const ofCar = (vin: string, resource: string) => call(`/customers/vehicles/${vin}/${resource}`);
  const create = (technicalDescriptors: readonly string[], name = "Mine") =>
    call("/customers/containers", {
      method: "POST",
      body: JSON.stringify({ name, purpose: "Test", technicalDescriptors }),
    });
  /** A container that exists from now on. */
  const container = async (descriptors: readonly string[]): Promise<string> => {
    const { status, body } = await create(descriptors);
    assert.equal(status, 201);
    return String(body["containerId"]);
  };
  const listed = async (): Promise<JsonObject[]> => (await call("/customers/containers")).body["containers"] as never;
  const remove = (id: string) => call(`/customers/containers/${id}`, { method: "DELETE" });
  const data = async (vin: string, containerId: string) => {
    const reply = await ofCar(vin, `telematicData?containerId=${containerId}`);
    return reply.body["telematicData"] as Record<string, { value: unknown; unit: unknown; timestamp: unknown }>;
  };
  /** Clock and cars together. */
  const pass = async (ms: number) => {
    await clock.advance(ms);
    bmw.step(ms);
  };
  return { bmw, clock, call, ofCar, create, container, listed, remove, data, pass };
}

/** A refusal in short. */
export const codeOf = ({ status, error }: RestReply) => `${status} ${String(error)}`;
