import { saveFile } from "../../cockpit/save-file.js";
import { PACKAGE_VERSION } from "../../../src/support/version.js";
import { ask, messageOf } from "./api.js";

/** Lets the button save as a file what helps others to help: how an account is, without secrets, places and full VINs. */
export function offerDiagnostics(account: string): void {
  const hint = $("#cardata-diagnostics-hint");
  $("#cardata-diagnostics").on("click", (event) => {
    event.preventDefault();
    ask("GET account/:id/diagnostics", { id: account }).then(
      (found) => {
        hint.text("");
        saveFile("cardata-diagnostics.json", JSON.stringify({ version: PACKAGE_VERSION, ...found }, null, 2));
      },
      (error: unknown) => {
        hint.text(messageOf(error));
      },
    );
  });
}
