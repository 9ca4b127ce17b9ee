import { compileFunction } from "node:vm";
import { EXAMPLE_FILES, exampleFlow, toPattern } from "./examples.js";

/** A text, or its forms by the category of its count: `one`, `other`. */
export type DashboardText = string | Readonly<Record<string, string>>;

/** Texts of a language by their keys, with the tables of BMW's words and of the names of doors and windows. */
type DashboardTexts = Readonly<Record<string, DashboardText>>;

/** The component of the page, as Vue would hold it. */
interface Options {
  readonly data: () => object;
  readonly computed: Readonly<Record<string, () => unknown>>;
  readonly methods: Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
}

/** What the page is made of, as it is read by the specs. */
interface DashboardComponent {
  readonly texts: Readonly<Record<string, DashboardTexts>>;
  readonly language: string;
  readonly locale: string;
  readonly clock: (time: Date) => string;
  readonly opening: (value: unknown) => { readonly state: string; readonly text: string };
  readonly say: (key: string, values?: object) => string;
  readonly [name: string]: unknown;
}

const FILE = EXAMPLE_FILES.find((file) => file.startsWith("FlowFuse Dashboard/")) ?? "";
const FLOW = exampleFlow(FILE);
const PAGE = FLOW.find(({ type, name }) => type === "ui-template" && name === "cars");

/** What cardata-stream sends to the page. */
export const chosenDescriptors: readonly RegExp[] = FLOW.flatMap(({ descriptors = [] }) =>
  (descriptors as string[]).map((chosen) => toPattern(chosen)),
);

/** The source of the page: HTML, and the script. */
export const [DASHBOARD_HTML = "", DASHBOARD_SCRIPT = ""] = /^([^]*?)<script>([^]*)<\/script>/
  .exec(String(PAGE?.["format"]))!
  .slice(1);

const make = compileFunction(DASHBOARD_SCRIPT.replace("export default", "return"), ["navigator", "localStorage"]) as (
  ...globals: object[]
) => Options;

/** Makes the component for a browser with such languages; `cars` is what the page is told. */
export function dashboardComponent(languages: readonly string[], cars: readonly object[] = []): DashboardComponent {
  const { data, computed, methods } = make({ languages }, { getItem: () => null });
  const component: Record<string, unknown> = { ...data(), ...methods, msg: { payload: cars } };
  for (const [name, get] of Object.entries(computed))
    Object.defineProperty(component, name, { get: () => get.call(component) });
  return component as DashboardComponent;
}
