import type { Editor } from "./editor.js";

/** Widths of the editor's dialogs in pixels: drawn wide, a little wider than usual, and the least, which is usual. */
export const DIALOG_WIDTHS = [900, 600, 500] as const;

interface Box {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Describes the layout of the topmost dialog [px of the page]. */
interface Layout {
  readonly scrolls: boolean;
  readonly tray: Box;
  readonly elements: readonly Box[];
  readonly fields: readonly Box[];
  /** Lines of text outside of fields. */
  readonly lines: readonly Box[];
  /** Choices that do not fit into their list. */
  readonly cutOff: readonly string[];
}

/** Content of a scrolling list is hidden by its edges; Node-RED words the list of accounts. */
const OTHERS = "#cardata-descriptors-tree, #node-input-account";
const FIELDS = "input, select, textarea, button, a.red-ui-button";
/** Browsers place things on fractions of a pixel. */
const TOLERANCE = 1;

/**
 * Returns what does not fit in the topmost dialog: overflow, overlapping texts and fields, truncated choices, and
 * horizontal scrolling.
 * @param width width of the dialog [px]; as opened by default
 */
export async function misfits(editor: Editor, width?: number): Promise<string[]> {
  const { scrolls, tray, elements, fields, lines, cutOff } = await layoutOf(editor, width);
  const out = [...elements, ...lines].filter(
    ({ left, right }) => left < tray.left - TOLERANCE || right > tray.right + TOLERANCE,
  );
  const covered = fields.flatMap((field, index) =>
    [...fields.slice(index + 1), ...lines].filter((other) => cover(field, other)).map(({ name }) => [field.name, name]),
  );
  return [
    ...(scrolls ? ["scrolls sideways"] : []),
    ...out.map(({ name }) => `out: ${name}`),
    ...covered.map(([one, other]) => `${one} covers ${other}`),
    ...cutOff.map((text) => `cut off: ${text}`),
  ];
}

function cover(one: Box, other: Box): boolean {
  const meet = (oneFrom: number, oneTo: number, otherFrom: number, otherTo: number) =>
    oneFrom < otherTo - TOLERANCE && otherFrom < oneTo - TOLERANCE;
  return meet(one.left, one.right, other.left, other.right) && meet(one.top, one.bottom, other.top, other.bottom);
}

async function layoutOf({ page }: Editor, width: number | undefined): Promise<Layout> {
  // The function below is compiled with names that esbuild keeps by a helper.
  await page.evaluate("globalThis.__name = (named) => named");
  const tray = page.locator(".red-ui-tray").last();
  return tray.evaluate(
    (root: HTMLElement, [wanted, fieldSelector, others]) => {
      if (wanted !== undefined) root.style.width = `${wanted}px`;
      const box = (name: string, { left, right, top, bottom }: DOMRect) => ({ name, left, right, top, bottom });
      const nameOf = (element: Element) => element.id || `${element.tagName}.${element.className}`;
      const boxOf = (element: Element) => box(nameOf(element), element.getBoundingClientRect());
      const linesOf = (node: ChildNode) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map((line) => box(`"${node.textContent?.trim()}"`, line));
      };
      const pen = document.createElement("canvas").getContext("2d")!;
      const tooLong = (list: HTMLSelectElement) => {
        const { font, paddingLeft, paddingRight } = getComputedStyle(list);
        const room = list.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
        pen.font = font;
        return [...list.options].map(({ text }) => text).filter((text) => pen.measureText(text).width > room);
      };

      const body = root.querySelector(".red-ui-tray-body")!;
      const dialog = body.querySelector(".cardata-node, .cardata-account")!;
      const shown = [...dialog.querySelectorAll<HTMLElement>("*")].filter(
        // What a closed <details> hides has a place, but is not seen.
        (element) => element.offsetParent !== null && element.checkVisibility() && element.closest(others) === null,
      );
      const fields = shown.filter((element) => element.matches(fieldSelector));
      const texts = shown
        .filter((element) => element.closest(fieldSelector) === null)
        .flatMap((element) => [...element.childNodes])
        .filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      return {
        scrolls: body.scrollWidth > body.clientWidth,
        tray: boxOf(root),
        elements: shown.map(boxOf),
        fields: fields.map(boxOf),
        lines: texts.flatMap(linesOf),
        cutOff: fields.filter((field) => field instanceof HTMLSelectElement).flatMap(tooLong),
      };
    },
    [width, FIELDS, OTHERS] as const,
  );
}
