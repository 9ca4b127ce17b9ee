import type { CockpitCar, CockpitOpening } from "../../../src/cockpit/contract.js";
import type { Texts } from "../texts.js";
import { h, type VNode } from "../view.js";
import { isLow, openingsText } from "./car-words.js";

type Place = CockpitOpening["place"];
type Side = "left" | "right";

const BODY =
  "M66 20C82 9 118 9 134 20C150 31 156 58 157 92L160 296C160 338 154 366 140 378C122 389 78 389 60 378C46 366 40 338 40 296L43 92C44 58 50 31 66 20Z";
const WINDSCREEN = "M53 128C80 114 120 114 147 128L138 164C116 156 84 156 62 164Z";
const REAR_WINDOW = "M62 300C86 307 114 307 138 300L146 330C118 341 82 341 54 330Z";
const BONNET = "M61 38C80 26 120 26 139 38C148 56 151 86 151 112C120 101 80 101 49 112C49 86 52 56 61 38Z";
const BOOT = "M56 344C84 354 116 354 144 344C144 358 140 367 132 371C114 379 86 379 68 371C60 367 56 358 56 344Z";
const SUNROOF = "M72 176h56v62h-56z";
/** On the left of the drawing; the right side is its mirror. */
const FRONT_DOOR = "M42 132L52 134L58 168L58 226L42 226Z";
const REAR_DOOR = "M42 230L58 230L58 288L50 304L42 304Z";
const FRONT_WINDOW = "M62 176L68 172L68 224L62 224Z";
const REAR_WINDOW_SIDE = "M62 232L68 232L68 280L62 286Z";
const FLAP = "M152 316h7v18h-7z";
/** What is part of every car: mirror, lights; on the left, too. */
const MIRROR = "M43 138L31 133Q25 141 31 150L42 151Z";
const HEADLIGHT = "M62 27Q71 18 86 16L84 22Q72 24 65 33Z";
const REAR_LIGHT = "M55 366Q60 376 72 380L74 375Q64 371 60 362Z";
/** The paths are drawn longer than cars are. */
const SHORTENED = "scale(1 0.84)";
/** How far a door swings out [degrees], and around which points. */
const SWING = 34;
const HINGES = { front: [44, 134], rear: [44, 232] } as const;
const WHEELS = { frontLeft: [33, 74], frontRight: [153, 74], rearLeft: [33, 306], rearRight: [153, 306] } as const;

/** Draws the car from above, front upwards, with what is open and which tyre is low. */
export function carDrawing(car: CockpitCar, texts: Texts): VNode {
  const states = new Map(car.openings.map(({ place, isOpen }) => [place, isOpen]));
  const part = (place: Place, d: string, transform?: string) =>
    h(
      "path",
      { key: place, class: `part ${toneOf(states, place)}`, d, transform },
      h("title", {}, texts.text(`place.${place}`)),
    );
  return h(
    "svg.drawing",
    { viewBox: "16 4 168 330", role: "img", "aria-label": openingsText(car, texts).text },
    h(
      "g",
      { transform: SHORTENED },
      car.tyres.map((tyre) =>
        wheel(tyre.place, tyre.pressureKpa === null ? "unknown" : isLow(tyre) ? "open" : "closed"),
      ),
      h("path.body", { d: BODY }),
      h("path.glass", { d: WINDSCREEN }),
      part("bonnet", BONNET),
      part("bootWindow", REAR_WINDOW),
      part("boot", BOOT),
      part("sunroof", SUNROOF),
      part("chargingFlap", FLAP),
      (["left", "right"] as const).map((side) => sideParts(side, car, states, part)),
    ),
  );
}

function sideParts(
  side: Side,
  { driverSide }: CockpitCar,
  states: ReadonlyMap<Place, boolean | null>,
  part: (place: Place, d: string, transform?: string) => VNode,
): VNode {
  // Where nobody has told, most cars of the world.
  const who = side === (driverSide ?? "left") ? "Driver" : "Passenger";
  const swing = (place: Place, [x, y]: readonly [number, number]) =>
    states.get(place) === true ? `rotate(${SWING} ${x} ${y})` : undefined;
  const [front, rear] = [`doorFront${who}`, `doorRear${who}`] as const;
  return h(
    "g",
    { key: side, transform: side === "right" ? "matrix(-1 0 0 1 200 0)" : undefined },
    h("path.mirror", { key: "mirror", d: MIRROR }),
    h("path.headlight", { key: "headlight", d: HEADLIGHT }),
    h("path.rear-light", { key: "rear-light", d: REAR_LIGHT }),
    part(front, FRONT_DOOR, swing(front, HINGES.front)),
    part(rear, REAR_DOOR, swing(rear, HINGES.rear)),
    part(`windowFront${who}`, FRONT_WINDOW),
    part(`windowRear${who}`, REAR_WINDOW_SIDE),
  );
}

function wheel(place: keyof typeof WHEELS, tone: string): VNode {
  const [x, y] = WHEELS[place];
  return h("rect", { key: place, class: `wheel ${tone}`, x, y, width: 14, height: 46, rx: 5 });
}

/** `none`: the car tells nothing of it. */
function toneOf(states: ReadonlyMap<Place, boolean | null>, place: Place): "open" | "closed" | "unknown" | "none" {
  const state = states.get(place);
  if (state === undefined) return "none";
  return state === null ? "unknown" : state ? "open" : "closed";
}
