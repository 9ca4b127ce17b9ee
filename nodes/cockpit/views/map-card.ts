import type { CockpitCar, CockpitTracks } from "../../../src/cockpit/contract.js";
import { placeMap, type Place } from "../drawings/place-map.js";
import type { Actions, State } from "../state.js";
import { h, type Child, type VNode } from "../view.js";
import { button, card } from "./parts.js";
import { icon } from "./icons.js";

/** Where the car is, and where it has been. */
export function mapCard(state: State, car: CockpitCar, actions: Actions): VNode {
  const { texts, details, now } = state;
  const { position } = car;
  const fetched = details?.key === car.key ? details.tracks : null;
  const tracks = fetched?.kind === "there" ? tracksFor(fetched.value) : NONE;
  const content: Child =
    position === null && tracks.length === 0
      ? h("p.soft.middle", { key: "none" }, texts.text("map.none"))
      : [
          h("div.map", {
            key: "map",
            role: "region",
            "aria-label": texts.text("map.label"),
            drawing: placeMap(viewOf(state, car, tracks)),
          }),
          tilesChoice(state, actions),
          position !== null &&
            h(
              "p.soft",
              { key: "age" },
              texts.text("map.age", { age: texts.formats.age(Date.parse(position.at), now) }),
            ),
          position !== null && links(position, state),
        ];
  return card("place", texts.text("map.title"), content);
}

function viewOf({ texts, hasTiles }: State, car: CockpitCar, tracks: readonly (readonly Place[])[]) {
  const { latitude, longitude } = car.position ?? {};
  const place = latitude === undefined || longitude === undefined ? null : { latitude, longitude };
  const [zoomIn, zoomOut] = [texts.text("map.zoomIn"), texts.text("map.zoomOut")];
  return {
    car: place,
    tracks,
    hasTiles,
    choice: car.key,
    zoomIn,
    zoomOut,
    name: car.name,
    distanceUnit: car.distanceUnit,
  };
}

const NONE: readonly (readonly Place[])[] = [];
const made = new WeakMap<CockpitTracks, readonly (readonly Place[])[]>();

/** The same lines for the same tracks, so that a map is drawn anew only if something has changed. */
function tracksFor(tracks: CockpitTracks): readonly (readonly Place[])[] {
  const known = made.get(tracks);
  if (known !== undefined) return known;
  const lines = tracks.trips
    .map(({ points }) => points.map(([latitude, longitude]) => ({ latitude, longitude })).filter(isPlace))
    .filter((line) => line.length > 0);
  made.set(tracks, lines);
  return lines;
}

/** A map throws at what is no place. */
function isPlace({ latitude, longitude }: Place): boolean {
  return Number.isFinite(latitude) && Number.isFinite(longitude);
}

/** Who makes the pictures of the map learns where the car is, so that they are asked for only if somebody wants it. */
function tilesChoice({ texts, hasTiles }: State, actions: Actions): VNode {
  return h(
    "p.tiles",
    { key: "tiles" },
    button([icon("pin"), texts.text(hasTiles ? "map.hide" : "map.show")], () => {
      actions.switchTiles(!hasTiles);
    }),
    h("small.soft", {}, texts.text(hasTiles ? "map.shown" : "map.why")),
  );
}

function links({ latitude, longitude }: Place, { texts }: State): VNode {
  const place = `${latitude},${longitude}`;
  const all = {
    OpenStreetMap: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`,
    "Google Maps": `https://www.google.com/maps/search/?api=1&query=${place}`,
    "Apple Maps": `https://maps.apple.com/?ll=${place}&q=${place}`,
  };
  return h(
    "p.open-in",
    { key: "links" },
    texts.text("map.openIn"),
    Object.entries(all).map(([name, href]) =>
      h("a", { key: name, href, target: "_blank", rel: "noopener noreferrer" }, name),
    ),
  );
}
