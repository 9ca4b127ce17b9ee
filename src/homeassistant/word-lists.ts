/*
 * The words that BMW lists for a value, without those for "no value". BMW sends others as well, with new models and in
 * new spellings: a list is what an owner may expect, not what may come.
 */

const OPENING = ["CLOSED", "INTERMEDIATE", "OPEN"];
const CABLE = ["CONNECTED", "DISCONNECTED"];
const LOCK = ["SECURED", "LOCKED", "SELECTIVE_LOCKED", "UNLOCKED"];
const PRESET = ["OFF", "ON", "AUTOMATIC", "NO_CHANGE"];
const END_OF_CHARGE = [
  "CHARGING_GOAL_REACHED",
  "END_REQUESTED_BY_DRIVER",
  "CONNECTOR_REMOVED",
  "POWERGRID_FAILED",
  "HV_SYSTEM_FAILURE",
  "CHARGING_STATION_FAILURE",
  "PARKING_LOCK_FAILED",
  "NO_PARKING_LOCK",
];

const LISTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.chargingPort\.(status|combinedStatus|dcStatus|statusClearText)$/, CABLE],
  [/\.charging\.connectorStatus$/, [...CABLE, "ERROR"]],
  [
    /\.chargingPort\.lockedStatus$/,
    ["CHARGING_CABLE_LOCKED", "CHARGING_CABLE_NOT_LOCKED", "CHARGING_CABLE_LOCKING_ERROR_DETECTED"],
  ],
  [/\.cabin\.door\.(lock\.)?status$/, LOCK],
  [/\.cabin\.window\..*\.status$|\.sunroof\.(status|tiltStatus)$/, OPENING],
  [/\.sunroof\.overallStatus$/, ["CLOSED", "INTERMEDIATE_TILT", "OPEN_TILT", "OPEN"]],
  [/\.convertible\.roofStatus$/, ["CLOSEDSECURED", "OPENSECURED"]],
  [/\.climate\.timers\..*\.action$/, ["ACTIVATE", "DEACTIVATE", "NO_ACTION"]],
  [/\.preconditioning\.configuration\..*\.(cooling|heating)$/, PRESET],
  [
    /\.preconditioning\.status\.comfortState$/,
    ["NOT_ACTIVE", "COMFORT_HEATING", "COMFORT_COOLING", "COMFORT_VENTILATION", "DEFROST", "COMFORT_UNDEFINED"],
  ],
  [/\.hvac\.statusAirPurification$/, ["UNFILTERED", "PURIFYING_ONGOING", "PURIFIED"]],
  [/\.preConditioning\.activity$/, ["standby", "heating", "cooling", "ventilation", "inactive"]],
  [
    /\.preConditioning\.error$/,
    ["OK", "LowFuel", "LowBattery", "QuotaExceeded", "HeaterFailure", "ComponentFailure", "OpenOrUnlocked"],
  ],
  [/\.displayUnit\.distance$|\.hmi\.distanceUnit$/, ["KM", "MILES"]],
  [/\.currentLocation\.fixStatus$/, ["NO_FIX", "GPS_FIX_2D", "GPS_FIX_3D"]],
  [/\.teleservice\.status$/, ["IDLE", "PENDING", "SUCCESSFUL", "ERROR"]],
  [
    /\.obfcm\.lastTransmissionStatus$/,
    ["OK", "ECU_COMMUNICATION_ERROR", "VEHICLE_MANIPULATION_DETECTED", "MANUFACTURER_EXCLUDED"],
  ],
  [/\.alarm\.armStatus$/, ["unarmed", "doorsOnly", "doorsTiltCabin"]],
  [/\.vehicle\.timeSetting$/, ["wintertime", "summertime", "utc", "manual"]],
  [
    /\.charging\.status$/,
    ["NOCHARGING", "INITIALIZATION", "CHARGINGACTIVE", "CHARGINGPAUSED", "CHARGINGENDED", "CHARGINGERROR"],
  ],
  [
    /\.charging\.hvStatus$/,
    ["NOT_CHARGING", "WAITING_FOR_CHARGING", "CHARGING", "FINISHED_FULLY_CHARGED", "FINISHED_NOT_FULL", "ERROR"],
  ],
  [/\.charging\.method$/, ["NOCHARGING", "AC_TYPE1PLUG", "AC_TYPE2PLUG"]],
  [/\.charging\.phaseNumber$/, ["NO_CHARGING", "1-PHASES", "2-PHASES", "3-PHASES"]],
  [/\.charging\.(hvpmFinishReason|lastChargingReason)$/, END_OF_CHARGE],
  [/\.charging\.lastChargingResult$/, ["SUCCESS", "FAILED"]],
  [/\.charging\.acRestriction\.factor$/, ["MAXCHARGING", "REDUCEDCHARGING", "MINCHARGING"]],
  [/\.charging\.chargingMode$/, ["NORMAL_PROGNOSE_BASED", "STEP_BASED", "PLC_MODE"]],
  [/\.charging\.connectionType$/, ["CONDUCTIVE", "INDUCTIVE"]],
  [/\.charging\.profile\.preference$/, ["CHARGING_WINDOW", "SMART_CHARGING", "NO_PRESELECTION"]],
  [
    /\.charging\.routeOptimizedChargingStatus$/,
    ["ROUTE_OPTIMIZED_CHARGING_IN_PROGRESS", "ROUTE_OPTIMIZED_SOC_TARGET_REACHED"],
  ],
  [/\.charging\.windowSelection$/, ["CHOSEN", "NOTCHOSEN"]],
  [/\.charging\.acousticLimit$/, ["NO_ACTION", "AUTOMATIC", "UNLIMITED", "LIMITED"]],
  [/\.charging\.dcChargingModeActive$/, ["EFFICIENT", "STANDARD", "PERFORMANCE"]],
  [/\.charging\.preferenceSmartCharging$/, ["PRICE_OPTIMIZED", "RENEWABLE_ENERGEY", "CO2_OPTIMIZED"]],
  [/\.battery\.preconditioning\.automaticMode\.statusFeedback$/, ["OFF", "ON", "TEMP_OFF"]],
  [/\.battery\.preconditioning\.manualMode\.statusFeedback$/, ["OFF", "ON_CHARGE", "ON_DRIVE"]],
  [
    /\.battery\.preconditioning\.state$/,
    ["OFF", "ON_LEGACY", "MANUAL_ON_CHARGE", "AUTOMATIC_ON", "REMOTE_ON_CHARGE", "REMOTE_ON_DRIVE", "REMOTE_OFF"],
  ],
  [
    /\.chargingDuration\.displayControl$/,
    ["NO_DISPLAY_TIME_FOR_CHARGING", "DISPLAY_CHARGING_DURATION", "NO_DISPLAY_CHARGING_DURATION"],
  ],
  [
    /\.departureTime\.displayControl$/,
    ["DONT_DISPLAY", "DISPLAY_DEPARTURE_TIME", "DISPLAY_DEPARTURE_TIME_WITH_V2XSOE"],
  ],
];

const cache = new Map<string, readonly string[] | null>();
const LARGEST_CACHE = 2000;

/** Returns the words that BMW lists for a value; `null` where it lists none, or so many that a list helps nobody. */
export function wordListOf(descriptor: string): readonly string[] | null {
  const known = cache.get(descriptor);
  if (known !== undefined) return known;
  const list = LISTS.find(([pattern]) => pattern.test(descriptor))?.[1] ?? null;
  if (cache.size < LARGEST_CACHE) cache.set(descriptor, list);
  return list;
}
