import { checkContainerId } from "../../rest/containers/calls.js";
import type { ContainerKeeper } from "../../rest/containers/keeper.js";
import { CarDataError } from "../../support/errors.js";
import type { IsWanted } from "../../support/shared-work.js";
import type { OperationRequest, PlainAnswer } from "../operations.js";

/**
 * What a person does with the data containers of the account.
 * @throws CarDataError `confirm_needed`, `container_id_invalid`, and what BMW refuses
 */
export async function manageContainers(
  containers: ContainerKeeper,
  { containerAction: action, containerId, confirm, insist }: OperationRequest,
  isWanted: IsWanted,
): Promise<PlainAnswer> {
  if (action !== "list" && !confirm) throw new CarDataError("confirm_needed");
  const answer = (payload: unknown): PlainAnswer => ({ operation: "containers", vin: null, payload });
  switch (action) {
    case "list":
      return answer(await containers.list(isWanted));
    case "delete": {
      const id = checkContainerId(containerId);
      await containers.delete(id, isWanted);
      return answer({ action, deleted: [id], failed: [] });
    }
    case "deleteOwn":
      return answer({ action, ...(await containers.deleteOwn(isWanted)) });
    case "reset":
      return answer({ action, ...(await containers.reset({ force: insist, isWanted })) });
  }
}
