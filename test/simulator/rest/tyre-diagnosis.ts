import type { SimulatedCar } from "../cars/car.js";
import type { ServerAnswer } from "../http.js";

/** The tyres of a car; without a record BMW answers with nothing in it rather than with an error. */
export function tyreDiagnosis({ design }: SimulatedCar): ServerAnswer {
  const state = design.services?.tyres ?? "good";
  if (state === "unknown") return { status: 200, body: { passengerCar: {}, errors: [] } };
  const isWorn = state === "worn";
  const mountedTyres = tyreSet("Mounted tyres", "SUMMER", isWorn);
  const unmountedTyres = tyreSet("Unmounted tyres", "WINTER", false);
  return { status: 200, body: { passengerCar: { mountedTyres, unmountedTyres }, errors: [] } };
}

function tyreSet(label: string, season: string, isWorn: boolean): object {
  const [qualityStatus, value] = isWorn ? ["WARNING", "Replace soon"] : ["GOOD", "OK"];
  return {
    label,
    aggregatedQualityStatus: { label: "Condition", qualityStatus, value },
    frontLeft: tyre("Front left", season, isWorn),
    frontRight: tyre("Front right", season, false),
    rearLeft: tyre("Rear left", season, false),
    rearRight: tyre("Rear right", season, false),
  };
}

function tyre(label: string, season: string, isWorn: boolean): object {
  return {
    label,
    dimension: {
      label: "Dimension",
      aspectRatio: 45,
      constructionType: "R",
      loadIndex: 99,
      rimDiameter: 19,
      sectionWidth: 245,
      speedRating: "Y",
      value: "245/45 R19 99Y",
    },
    mountingDate: { label: "Mounted", mountingDate: "2024-03-11", value: "03/2024" },
    optimizedForOem: { label: "Made for BMW", optimizedForOem: "true", value: "Yes" },
    partNumber: { label: "Part number", partNumber: "00000000001", value: "00000000001" },
    qualityStatus: { label: "Condition", qualityStatus: isWorn ? "WARNING" : "GOOD", value: isWorn ? "Worn" : "OK" },
    runFlat: { label: "Run-flat", runFlat: true, value: "Yes" },
    season: { label: "Season", season, value: season },
    tread: {
      label: "Tread",
      carcass: "Textile",
      manufacturer: "Example",
      treadDesign: "Round",
      value: "Example Round",
    },
    tyreDefect: { label: "Defect", value: "None", status: "NO_DEFECT", statusColor: "GREEN" },
    tyreProductionDate: { label: "Made", value: "2023-W42", statusColor: "GREEN" },
    tyreWear: wear(isWorn),
  };
}

function wear(isWorn: boolean): object {
  const state = isWorn
    ? { value: "2.1 mm", status: "WARNING", statusColor: "YELLOW", dueMileage: 1500 }
    : { value: "5.8 mm", status: "OK", statusColor: "GREEN", dueMileage: 30_000 };
  return { label: "Wear", ...state, unit: "KILOMETER" };
}
