import { cleanText } from "../support/clean-text.js";
import type { Clock } from "../support/clock.js";
import { CarDataError } from "../support/errors.js";
import type { PositionAnswer, TraccarClient } from "./traccar-client.js";
import type { TrackerDevice } from "./tracker-types.js";

/** Minimum time between two requests of the list [ms]. */
const RELIST_AFTER_MS = 3_600_000;
const MOST_NAMES = 10;
const LONGEST_NAME = 40;

/** Caches the devices of one server, fetched on first use, for all cars with a tracker on it. */
export class DeviceList {
  #devices: readonly TrackerDevice[] | null = null;
  #listedAt = 0;
  #asking: Promise<readonly TrackerDevice[]> | null = null;
  /** Ids under which devices were seen, by the word for them: one that is given back has the same again. */
  readonly #seenIds = new Map<string, number>();

  constructor(
    private readonly client: TraccarClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Fetches the newest position of the device with this name or unique id.
   * @throws CarDataError `traccar_device_unknown`, and those of the client
   */
  async positionOf(typed: string): Promise<PositionAnswer> {
    const device = typed.trim();
    const id = await this.#idOf(device);
    return id === null ? this.#lostPositionOf(device) : this.#knownPositionOf(device, id);
  }

  /**
   * Invalidates the list, so that the next poll of an unknown device fetches it again: the user may just have added it.
   */
  invalidate(): void {
    this.#listedAt = -Infinity;
  }

  async #knownPositionOf(device: string, id: number): Promise<PositionAnswer> {
    const answer = await this.client.position(id);
    // An administrator's token gets an empty answer for a removed device, any other token a refusal.
    if (answer?.position != null || !this.#mayAsk()) return answer ?? refused();
    await this.#list();
    const newId = await this.#idOf(device);
    if (newId === null) throw this.#unknown(device);
    if (newId === id) return answer ?? refused();
    return (await this.client.position(newId)) ?? refused();
  }

  /** Asks for a device that the list does not show any more: as soon as it is given back, its id is good again. */
  async #lostPositionOf(device: string): Promise<PositionAnswer> {
    const id = this.#seenIds.get(device);
    const isRenamed = this.#devices?.some((one) => one.id === id) === true;
    const answer = id === undefined || isRenamed ? null : await this.client.position(id);
    if (answer?.position == null) throw this.#unknown(device);
    return answer;
  }

  /** Returns the id of a device; `null` if the list does not show it. */
  async #idOf(device: string): Promise<number | null> {
    const known = this.#devices === null ? undefined : find(this.#devices, device);
    if (known !== undefined) return this.#see(device, known.id);
    const devices = this.#devices === null || this.#mayAsk() ? await this.#list() : this.#devices;
    const found = find(devices, device);
    return found === undefined ? null : this.#see(device, found.id);
  }

  #see(device: string, id: number): number {
    this.#seenIds.set(device, id);
    return id;
  }

  #unknown(device: string): CarDataError {
    return new CarDataError("traccar_device_unknown", { device, known: namesOf(this.#devices ?? []) });
  }

  /** Returns whether the list may be fetched again, also if the clock was set back. */
  #mayAsk(): boolean {
    return Math.abs(this.clock.now() - this.#listedAt) >= RELIST_AFTER_MS;
  }

  #list(): Promise<readonly TrackerDevice[]> {
    this.#asking ??= this.client
      .devices()
      .then((devices) => {
        this.#listedAt = this.clock.now();
        this.#devices = devices;
        return devices;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }
}

/** Finds a device by a word without blanks at its ends: by name first, as users know it; case-sensitive, as those are. */
function find(devices: readonly TrackerDevice[], wanted: string): TrackerDevice | undefined {
  return devices.find(({ name }) => name === wanted) ?? devices.find(({ uniqueId }) => uniqueId === wanted);
}

function namesOf(devices: readonly TrackerDevice[]): string {
  const names: string[] = devices
    .slice(0, MOST_NAMES)
    .map(({ name, uniqueId }) => cleanText(name || uniqueId, LONGEST_NAME));
  if (devices.length > MOST_NAMES) names.push("…");
  return names.length === 0 ? "–" : names.join(", ");
}

function refused(): never {
  throw new CarDataError("traccar_invalid_response", { reason: "position refused" });
}
