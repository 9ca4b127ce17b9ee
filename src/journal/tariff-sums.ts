import { BY_MESSAGE, pricedParts, toCents, type PriceByMessage } from "./cost.js";
import { rounded, type ChargeEntry } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import { tariffAt, type Tariff, type TariffWindow } from "./tariffs.js";

/** Sums up what was drawn at one price of a tariff. */
export interface TariffSum {
  /** Place of the tariff; `null`: the one for everywhere else. */
  readonly place: string | null;
  /** Time of the day such as `22:00-06:00`; `null`: the rest of the day. */
  readonly window: string | null;
  /** Per kWh by the tariff; `null`: none is known. */
  readonly price: number | "message" | null;
  /** Charges that have drawn something at this price. */
  readonly charges: number;
  readonly gridKwh: number;
  readonly solarKwh: number;
  /** In the currency of the journal, to the cent, of the part of the energy of which the price is known. */
  readonly cost: number;
  /** Energy from the grid of which the price is not known [kWh]. */
  readonly unpricedKwh: number;
}

interface OpenSum {
  readonly place: string | null;
  readonly window: TariffWindow | null;
  readonly price: TariffSum["price"];
  readonly charges: Set<string>;
  gridKwh: number;
  solarKwh: number;
  cost: number;
  unpricedKwh: number;
}

/** Returns the sums of charges by the prices of the tariffs that hold now; charges with their details. */
export function sumsByTariff(
  charges: readonly ChargeEntry[],
  settings: JournalSettings,
  byMessage: PriceByMessage,
): TariffSum[] {
  const sums = new Map<string, OpenSum>();
  for (const charge of charges) {
    const tariff = tariffOf(charge, settings);
    for (const { grid, solarKwh, window, price } of pricedParts(charge, tariff, settings.zone, byMessage)) {
      const key = JSON.stringify([tariff === null, tariff?.place, window?.from, window?.to, window?.price]);
      const sum = sums.get(key) ?? newSum(tariff, window);
      sums.set(key, sum);
      sum.charges.add(charge.id);
      sum.gridKwh += grid;
      sum.solarKwh += solarKwh;
      sum.cost += (price ?? 0) * grid + solarKwh * (tariff?.solarPrice ?? 0);
      sum.unpricedKwh += price === null ? grid : 0;
    }
  }
  return [...sums.values()].map(closed);
}

function tariffOf({ place }: ChargeEntry, { tariffs }: JournalSettings): Tariff | null {
  return tariffs.length === 0 ? BY_MESSAGE : tariffAt(place, tariffs);
}

function newSum(tariff: Tariff | null, window: TariffWindow | null): OpenSum {
  const price = window?.price ?? tariff?.price ?? null;
  const nothing = { gridKwh: 0, solarKwh: 0, cost: 0, unpricedKwh: 0 };
  return { place: tariff?.place ?? null, window, price, charges: new Set(), ...nothing };
}

function closed({ place, window, price, charges, gridKwh, solarKwh, cost, unpricedKwh }: OpenSum): TariffSum {
  return {
    place,
    window: window === null ? null : `${clockTime(window.from)}-${clockTime(window.to)}`,
    price,
    charges: charges.size,
    gridKwh: rounded(gridKwh),
    solarKwh: rounded(solarKwh),
    cost: toCents(cost),
    unpricedKwh: rounded(unpricedKwh),
  };
}

/** Formats a minute of the day as `06:15`. */
function clockTime(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
