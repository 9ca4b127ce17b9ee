import { CockpitElement } from "./element.js";
import { remembered } from "./remembered.js";

/** Who has switched the map on gets the page that may load it. */
function goToTiles(): void {
  const isPage = document.documentElement.dataset.page === "cockpit";
  const wants = remembered().tiles === true;
  if (isPage && wants !== location.search.includes("tiles")) location.replace(wants ? "?tiles" : location.pathname);
}

goToTiles();
customElements.define("cardata-cockpit", CockpitElement);
