const PREFIX = "cardata-";
/** What people type who look for their car. */
const WORDS = "BMW MINI";

/**
 * Lets the search of the palette find our nodes by the brands: Node-RED looks at the type and at this attribute, which is
 * not shown.
 */
export function addPaletteWords(): void {
  RED.events.on("registry:node-type-added", (type) => {
    if (!type.startsWith(PREFIX)) return;
    const node = $(`.red-ui-palette-node[data-palette-type="${type}"]`);
    node.attr("data-palette-label", `${node.attr("data-palette-label") ?? ""} ${WORDS}`);
  });
}
