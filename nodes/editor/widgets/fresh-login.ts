import { accountText } from "./text.js";

const CANCEL = "#node-config-dialog-cancel";
const OK = "#node-config-dialog-ok";

/** Guards a login that is lost when the dialog is left by Cancel. */
export class FreshLogin {
  #isAsking = false;
  #isGuarded = false;

  /** @param onDiscard called when the user gives the login up */
  constructor(private readonly onDiscard: () => void) {}

  /** Called after a login: from now on Cancel asks. */
  guard(): void {
    if (this.#isGuarded) return;
    this.#isGuarded = true;
    // Node-RED's own listener does nothing while the button has this class, be it clicked or triggered by the key for
    // Cancel, which triggers listeners of jQuery and no events that could be caught before.
    $(CANCEL)
      .addClass("disabled cardata-asks")
      .on("click", () => {
        if (this.#isGuarded) this.#ask();
      });
  }

  /** Leaves the dialog by Cancel and gives up a login that is not kept yet, without asking. */
  leave(): void {
    if (this.#isGuarded) this.onDiscard();
    this.#isGuarded = false;
    $(CANCEL).removeClass("disabled").trigger("click");
  }

  /** What has to be pressed to keep the login, by the names that the buttons have here. */
  static get nextStep(): string {
    const isInNode = $(".red-ui-tray-breadcrumbs").last().find("li").length > 1;
    const buttons = { ok: $(OK).text(), done: RED._("common.label.done"), deploy: RED._("deploy.deploy") };
    return accountText(isInNode ? "login.nextInNode" : "login.next", buttons);
  }

  #ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const answer = (act: () => void) => () => {
      this.#isAsking = false;
      question.close();
      act();
    };
    const question = RED.notify(accountText("login.lost", { ok: $(OK).text() }), {
      modal: true,
      fixed: true,
      type: "warning",
      buttons: [
        { id: "cardata-login-discard", text: accountText("login.discard"), click: answer(this.leave.bind(this)) },
        {
          id: "cardata-login-keep",
          text: accountText("login.keep"),
          class: "primary",
          click: answer(() => $(OK).trigger("click")),
        },
      ],
    });
    // Node-RED 5 gives the focus to the first button a moment later, which would let Enter lose the login.
    setTimeout(() => $("#cardata-login-keep").trigger("focus"));
  }
}
