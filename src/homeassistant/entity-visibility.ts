/*
 * A car with all descriptors yields over 200 entities. Those that few people need are diagnostic, and rarely useful
 * ones are disabled until they are enabled in Home Assistant.
 */

/** Lists values that BMW's own requests answer, and those that people enter elsewhere. */
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
  // They form the entity "location".
  /\.currentLocation\.(latitude|longitude|heading|altitude)$/,
  // Nearly all cars have one port, "anyPosition".
  /\.charging\.port\.(front|rear)/,
];

export function isDiagnostic(descriptor: string): boolean {
  return DIAGNOSTIC.some((pattern) => pattern.test(descriptor));
}

export function isOffByDefault(descriptor: string): boolean {
  return OFF.some((pattern) => pattern.test(descriptor));
}
