/*
 * A car with everything ticked yields over 200 entities. What few people look at is diagnostic, and what hardly anybody
 * does is off until it is switched on in Home Assistant.
 */

/** Values that BMW's own requests answer, and what people type in elsewhere. */
const NO_MEASUREMENTS = [
  /\.chassis\.axle\.wheel\.tire\.diagnosis$/,
  /\.optionalEquipment\.code$/,
  /^vehicle\.learningNavigation$/,
  /^vehicle\.look\.image$/,
  /\.charging\.history\.sessionsList$/,
  /\.charging\.settingsList$/,
  /\.vehicleIdentification\./,
  /^vehicle\.manual_/,
];

const DIAGNOSTIC_AND_OFF = [
  ...NO_MEASUREMENTS,
  /\.climate\.timers\./,
  /\.preconditioning\.configuration\.(?!.*\.targetTemperature$)/,
  /\.numberOfSatellites$/,
  /\.pointsOfInterests\./,
  /\.consumptionOverLifeTime\./,
  /\.isImmediateChargingSystemReason$/,
  /\.isRcpConfigComplete$/,
  /\.profile\.settings\.biDirectionalCharging\./,
  /\.batteryCarePersisted\./,
  /\.isAutomaticOpenAndCloseActive$/,
  /\.regulations\.obfcm$/,
  /^vehicle\.sim\.status$/,
];

const DIAGNOSTIC = [
  ...DIAGNOSTIC_AND_OFF,
  /\.tire\.pressureTarget$/,
  /\.batteryManagement\.(maxEnergy|batterySizeMax)$/,
  /\.hvsMaxEnergyAbsolute$/,
  /\.isMobilePhoneConnected$/,
  /\.charging\.profile\.mode$/,
  /\.diagnosticTroubleCodes\./,
  /\.electric\.battery\.stateOfHealth\.displayed$/,
  /\.range\.displayControl$/,
  /\.status\.checkControlMessages$/,
  /\.status\.conditionBasedServices(Count)?$/,
  /\.serviceTime\.(hUandAuServiceYellow|yellow)$/,
];

const OFF = [
  ...DIAGNOSTIC_AND_OFF,
  /\.preconditioning\.configuration\./,
  /\.cabin\.door\..*\.position$/,
  /\.cabin\.seat\./,
  // They make the entity "location".
  /\.currentLocation\.(latitude|longitude|heading|altitude)$/,
  // Nearly all cars have one port, which is "anyPosition".
  /\.charging\.port\.(front|rear)/,
];

export function isDiagnostic(descriptor: string): boolean {
  return DIAGNOSTIC.some((pattern) => pattern.test(descriptor));
}

export function isOffByDefault(descriptor: string): boolean {
  return OFF.some((pattern) => pattern.test(descriptor));
}
