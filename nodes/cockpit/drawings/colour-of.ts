/** Returns the colour that a name has where an element stands, in the light or in the dark. */
export function colourOf(element: HTMLElement, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}
