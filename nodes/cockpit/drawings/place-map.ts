import * as L from "leaflet";
import type { DistanceUnit } from "../../../src/support/distances.js";
import { drawingKind, type Running } from "../view.js";

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface MapView {
  readonly car: Place | null;
  /** The last trips, the newest last. */
  readonly tracks: readonly (readonly Place[])[];
  /** Whether pictures of a map may be fetched, from whom then learns where the car is. */
  readonly hasTiles: boolean;
  /** Changes with the car: another one is looked for. */
  readonly choice: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly name: string;
  /** Of the scale. */
  readonly distanceUnit: DistanceUnit;
}

const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
/** They refuse requests that do not say from where; the path of the page stays here. */
const REFERRER = "origin";
const THANKS = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>';
const NEAR = 16;
/** Without it a map without tiles goes to a zoom that is no number. */
const MAX_ZOOM = 19;

/** Draws the last position and the tracks on a map, or on a plain grid with a scale. */
export const placeMap = drawingKind<MapView>((element, first) => new PlaceMap(element, first));

class PlaceMap implements Running<MapView> {
  #shown: MapView;
  readonly #map: L.Map;
  readonly #marks = L.layerGroup();
  #ground: L.GridLayer;
  #scale: L.Control;
  readonly #sizes: ResizeObserver;

  constructor(element: HTMLElement, first: MapView) {
    this.#shown = first;
    this.#map = L.map(element, { maxZoom: MAX_ZOOM, zoomControl: false, scrollWheelZoom: false });
    this.#map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: first.zoomIn, zoomOutTitle: first.zoomOut }).addTo(this.#map);
    this.#scale = scaleOf(first).addTo(this.#map);
    this.#ground = groundOf(first.hasTiles);
    this.#look();
    this.#ground.addTo(this.#map);
    this.#marks.addTo(this.#map);
    this.#mark();
    this.#sizes = new ResizeObserver(() => {
      this.#map.invalidateSize();
    });
    this.#sizes.observe(element);
  }

  update(next: MapView): void {
    const before = this.#shown;
    this.#shown = next;
    if (next.hasTiles !== before.hasTiles) this.#change(groundOf(next.hasTiles));
    if (next.distanceUnit !== before.distanceUnit) {
      this.#scale.remove();
      this.#scale = scaleOf(next).addTo(this.#map);
    }
    if (isSame(next, before)) return;
    this.#mark();
    const isOutside = next.car !== null && !this.#map.getBounds().contains(latLng(next.car));
    if (next.choice !== before.choice || next.tracks.length !== before.tracks.length || isOutside) this.#look();
  }

  stop(): void {
    this.#sizes.disconnect();
    this.#map.remove();
  }

  #change(ground: L.GridLayer): void {
    this.#ground.remove();
    this.#ground = ground.addTo(this.#map);
  }

  #look(): void {
    const { car, tracks } = this.#shown;
    const places = [...tracks.flat(), ...(car === null ? [] : [car])].map(latLng);
    if (places.length === 0) this.#map.setView([0, 0], 1);
    else this.#map.fitBounds(L.latLngBounds(places), { maxZoom: NEAR, padding: [32, 32], animate: false });
  }

  #mark(): void {
    this.#marks.clearLayers();
    const { car, tracks, name } = this.#shown;
    tracks.forEach((track, index) => {
      const isLast = index === tracks.length - 1;
      const className = isLast ? "track last" : "track";
      L.polyline(track.map(latLng), { className, interactive: false, weight: isLast ? 4 : 3 }).addTo(this.#marks);
    });
    if (car === null) return;
    const icon = L.divIcon({ className: "car-mark", iconSize: [22, 22] });
    L.marker(latLng(car), { icon, interactive: false, keyboard: false, alt: name, title: name }).addTo(this.#marks);
  }
}

function latLng({ latitude, longitude }: Place): L.LatLngTuple {
  return [latitude, longitude];
}

function isSame(one: MapView, other: MapView): boolean {
  return (
    one.car?.latitude === other.car?.latitude &&
    one.car?.longitude === other.car?.longitude &&
    one.tracks === other.tracks &&
    one.choice === other.choice
  );
}

function scaleOf({ distanceUnit }: MapView): L.Control {
  return L.control.scale({ metric: distanceUnit === "km", imperial: distanceUnit === "mi" });
}

function groundOf(hasTiles: boolean): L.GridLayer {
  if (hasTiles) return L.tileLayer(TILES, { maxZoom: MAX_ZOOM, attribution: THANKS, referrerPolicy: REFERRER });
  return new Grid({ maxZoom: MAX_ZOOM });
}

/** Squares in place of a map; how large they are, the scale says. */
class Grid extends L.GridLayer {
  protected override createTile(): HTMLElement {
    const tile = document.createElement("div");
    tile.className = "grid-tile";
    return tile;
  }
}
