import { findingText } from "../../../src/account/doctor/finding-text.js";
import type { Finding } from "../../../src/account/doctor/finding.js";
import type { CheckPlanView } from "../../lib/admin-contract.js";
import type { Actions, Doctor, State } from "../state.js";
import type { Texts } from "../texts.js";
import { h, type Child, type VNode } from "../view.js";
import { icon } from "./icons.js";
import { button, cardOf } from "./parts.js";

/** Signs of the levels, so that colours say nothing alone. */
const SIGNS = { green: "check", yellow: "alert", red: "cross" } as const;

/** Checks an account, and says before what that costs. */
export function doctorPart(account: string, { texts, doctors, mayWrite, now }: State, actions: Actions): VNode {
  const doctor = doctors.get(account);
  return cardOf(
    `doctor-${account}`,
    "doctor",
    texts.account("doctor.title"),
    h("p.soft", {}, texts.account("doctor.tip")),
    mayWrite
      ? button(
          [icon("heart"), texts.account("doctor.check")],
          () => {
            actions.check(account);
          },
          { class: "button primary", "aria-disabled": String(doctor?.isRunning ?? false) },
        )
      : h("p.soft", {}, texts.account("failure.notAllowed")),
    mayWrite && doctor?.plan != null && h("p.soft", {}, costText(doctor.plan, texts, now)),
    h("p", { role: "status" }, stateText(doctor, texts)),
    doctor?.report != null &&
      h(
        "ul.findings",
        { "aria-label": texts.account("doctor.list") },
        doctor.report.findings.map((finding) => line(finding, texts, now)),
      ),
  );
}

function stateText(doctor: Doctor | undefined, texts: Texts): string {
  if (doctor?.isRunning === true) return texts.account("doctor.running");
  if (doctor?.report != null) return texts.account(`doctor.result.${doctor.report.level}`);
  return doctor?.failure ?? "";
}

function costText({ cost, spared, quota }: CheckPlanView, texts: Texts, now: number): string {
  const { remaining, limit, resetsAt, blockedUntil } = quota;
  if (cost > 0 || spared === undefined) return texts.account("doctor.costs", { remaining, limit });
  return texts.account(`doctor.free.${spared}`, {
    time: texts.formats.time(Date.parse(blockedUntil ?? resetsAt), now),
  });
}

function line(finding: Finding, texts: Texts, now: number): Child {
  const { level, area, car } = finding;
  const title = [car ?? "", texts.account(`doctor.area.${area}`)].filter(Boolean).join(": ");
  return h(
    `li.${level}`,
    { key: `${car ?? ""} ${area} ${finding.code} ${JSON.stringify(finding.params ?? {})}` },
    icon(SIGNS[level]),
    h(
      "div",
      {},
      h("strong", {}, `${texts.account(`doctor.level.${level}`)} · ${title}`),
      h("span.line", {}, findingText(finding, texts.doctor(now))),
    ),
  );
}
