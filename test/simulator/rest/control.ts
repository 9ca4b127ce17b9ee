import type { AccountFaults } from "../faults.js";

type RestControlAction = (faults: AccountFaults, args: Record<string, unknown>) => unknown;

const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
const string = (value: unknown) => (typeof value === "string" ? value : "");

/** The faults of REST by the name that the control API has for them. */
export const REST_ACTS: Readonly<Record<string, RestControlAction>> = {
  burnQuota: (faults, { calls }) => {
    faults.burnQuota(number(calls, 50));
  },
  retryAfter: (faults, { seconds }) => {
    faults.retryAfter(typeof seconds === "number" ? seconds : null);
  },
  refuseCar: (faults, { vin, refused }) => {
    faults.refuseCar(string(vin), refused !== false);
  },
  loseContainers: (faults) => {
    faults.loseContainers();
  },
  invalidateContainer: (faults, { state }) => {
    faults.invalidateContainer(state === "ACTIVE" ? "ACTIVE" : "DELETED");
  },
  foreignContainers: (faults, { count }) => faults.foreignContainers(number(count, 1)),
  rejectDescriptors: (faults, { descriptors }) => {
    faults.rejectDescriptors(Array.isArray(descriptors) ? descriptors.map(string) : []);
  },
  refuseContainers: (faults, { refused }) => {
    faults.refuseContainers(refused !== false);
  },
  repeatPageToken: (faults, { repeat }) => {
    faults.repeatPageToken(repeat !== false);
  },
  expirePageTokens: (faults) => {
    faults.expirePageTokens();
  },
};
