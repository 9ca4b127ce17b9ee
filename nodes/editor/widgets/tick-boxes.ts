/** What is said in the end, with `{…}` in the place of numbers and names. */
export interface TickWords {
  readonly done: string;
  readonly missing: string;
  readonly noBoxes: string;
}

/**
 * Ticks checkboxes of BMW's page "Configure data stream"; presses nothing else. Runs in the console of that page, where
 * only its own text arrives: it must not use anything from outside.
 * @param wanted ids of descriptors; `null`: all boxes
 */
export async function tickBoxes(wanted: readonly string[] | null, words: TickWords): Promise<void> {
  const BOX = "label.chakra-checkbox";
  const boxes = [...document.querySelectorAll<HTMLElement>(BOX)];
  const isTicked = (box: HTMLElement) =>
    box.hasAttribute("data-checked") || box.querySelector("input")?.checked === true;
  const isOff = (box: HTMLElement) =>
    box.hasAttribute("data-disabled") || box.querySelector("input")?.disabled === true;
  /** The largest element that holds no other box: the line with its name. */
  const rowOf = (box: HTMLElement) => {
    let row = box;
    while (row.parentElement?.querySelectorAll(BOX).length === 1) row = row.parentElement;
    return row;
  };
  const textsOf = (node: Node): string[] => [
    ...(node.nodeType === Node.TEXT_NODE ? [node.textContent ?? ""] : []),
    ...[...node.childNodes].flatMap(textsOf),
  ];
  /** Whole ids, because some are the beginning of others. */
  const idsOf = (box: HTMLElement): string[] => {
    const input = box.querySelector("input");
    const places = [...textsOf(rowOf(box)), box.id, input?.value, input?.id, input?.name];
    return places.join(" ").match(/vehicle(\.\w+)+/g) ?? [];
  };
  const found = new Set<string>();
  const chosen = boxes.filter((box) => {
    const ids = idsOf(box).filter((id) => wanted?.includes(id));
    ids.forEach((id) => found.add(id));
    return wanted === null || ids.length > 0;
  });
  const open = chosen.filter((box) => !isTicked(box) && !isOff(box));
  for (const box of open) box.click();
  // The page marks what was ticked a moment later.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ticked = open.filter(isTicked).length;
  const missing = wanted?.filter((id) => !found.has(id)) ?? [];
  const fill = (text: string) =>
    text
      .replace("{ticked}", String(ticked))
      .replace("{before}", String(chosen.length - open.length))
      .replace("{count}", String(missing.length))
      .replace("{names}", missing.join("\n"));
  if (boxes.length === 0) console.log(fill(words.noBoxes));
  else console.log([fill(words.done), ...(missing.length > 0 ? [fill(words.missing)] : [])].join("\n"));
}
