import { PACKAGE_VERSION } from "../../../src/support/version.js";
import { ask, messageOf } from "./api.js";

/** By then the browser has taken the file. */
const SAVED_MS = 10_000;

/** Lets the button save as a file what helps others to help: how an account is, without secrets, places and full VINs. */
export function offerDiagnostics(account: string): void {
  const hint = $("#cardata-diagnostics-hint");
  $("#cardata-diagnostics").on("click", (event) => {
    event.preventDefault();
    ask("GET account/:id/diagnostics", { id: account }).then(
      (found) => {
        hint.text("");
        save(JSON.stringify({ version: PACKAGE_VERSION, ...found }, null, 2));
      },
      (error: unknown) => {
        hint.text(messageOf(error));
      },
    );
  });
}

function save(json: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "cardata-diagnostics.json";
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, SAVED_MS);
}
