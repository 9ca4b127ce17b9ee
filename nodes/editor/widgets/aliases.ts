import { aliasKeyOf } from "../../../src/account/vehicle-identity.js";
import { isObject } from "../../../src/support/json.js";
import { isEnvironment } from "./settings.js";

/**
 * Names the first alias that another car has as well; `null` if there is none. An alias stands for one car, whosesoever it is.
 * @param cars of the account
 * @param others the cars of all other accounts
 */
export function takenAlias(cars: unknown, others: readonly unknown[]): string | null {
  const taken = new Set(aliasesOf(others).map(aliasKeyOf));
  for (const alias of aliasesOf(cars)) {
    const key = aliasKeyOf(alias);
    if (key !== null && taken.has(key)) return alias;
    taken.add(key);
  }
  return null;
}

function aliasesOf(cars: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(cars) ? cars : [];
  return list.flatMap((car) => {
    const alias = isObject(car) ? car.alias : null;
    return typeof alias === "string" && !isEnvironment(alias) ? [alias] : [];
  });
}
