import "./usable-language.js";
import { CockpitElement } from "./element.js";
import { remembered } from "./remembered.js";

/** Who has switched the map on gets the page that may load it. Returns whether it is another one than this. */
function goToTiles(): boolean {
  const isPage = document.documentElement.dataset.page === "cockpit";
  const wants = remembered().tiles === true;
  if (!isPage || wants === location.search.includes("tiles")) return false;
  location.replace(wants ? "?tiles" : location.pathname);
  return true;
}

if (!goToTiles()) customElements.define("cardata-cockpit", CockpitElement);
