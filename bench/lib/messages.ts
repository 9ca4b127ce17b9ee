import { definitionOf, type DescriptorDefinition } from "../../src/vehicle/catalogue.js";

/** The values that a rich electric car sends at once while it drives, by the seconds of the drive. */
const RICH: Readonly<Record<string, (seconds: number) => unknown>> = {
  "vehicle.drivetrain.batteryManagement.header": (seconds) => 90 - Math.floor(seconds / 90),
  "vehicle.drivetrain.electricEngine.charging.status": () => "NOCHARGING",
  "vehicle.drivetrain.electricEngine.remainingElectricRange": (seconds) => 420 - Math.floor(seconds / 45),
  "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange": (seconds) => 415 - Math.floor(seconds / 45),
  "vehicle.powertrain.electric.battery.charging.power": () => 0,
  "vehicle.powertrain.electric.battery.stateOfCharge.target": () => "80",
  "vehicle.cabin.infotainment.navigation.currentLocation.latitude": (seconds) => 48 + seconds / 5000,
  "vehicle.cabin.infotainment.navigation.currentLocation.longitude": (seconds) => 11 + seconds / 7000,
  "vehicle.cabin.infotainment.navigation.currentLocation.heading": (seconds) => (40 + seconds) % 360,
  "vehicle.vehicle.travelledDistance": (seconds) => 23_456 + Math.floor(seconds / 40),
  "vehicle.isMoving": () => "ASN_isTrue",
  "vehicle.cabin.door.status": () => "LOCKED",
  "vehicle.cabin.door.row1.driver.isOpen": () => false,
  "vehicle.body.trunk.isOpen": () => "CLOSED",
  "vehicle.cabin.window.row1.driver.status": (seconds) => (seconds % 300 < 60 ? "OPEN" : "CLOSED"),
  "vehicle.body.chargingPort.status": () => "DISCONNECTED",
  "vehicle.chassis.axle.row1.wheel.left.tire.pressure": (seconds) => 250 + (seconds % 7),
  "vehicle.chassis.axle.row1.wheel.right.tire.pressure": (seconds) => 251 + (seconds % 5),
  "vehicle.chassis.axle.row2.wheel.left.tire.pressure": (seconds) => 248 + (seconds % 6),
  "vehicle.chassis.axle.row2.wheel.left.tire.temperature": (seconds) => 20 + (seconds % 30) / 2,
};

export const RICH_DESCRIPTORS: readonly DescriptorDefinition[] = Object.keys(RICH).map((id) => {
  const definition = definitionOf(id);
  if (definition === undefined) throw new Error(`the catalogue lacks ${id}`);
  return definition;
});

/** BMW's own spellings on the stream. */
const WIRE_UNITS: Readonly<Record<string, string>> = { "%": "percent", "°C": "Celsius", "°": "degrees" };
const WORDS = ["CLOSED", "OPEN", "INTERMEDIATE", "SECURED", "CHARGINGACTIVE", "NOCHARGING"];
const CUSTOMER = "7a1e5c34-2b6d-4f80-a9c3-d4e5f6071829";

/** Invented. */
export function benchVin(car: number): string {
  return `WBY1Z2C30N7A${String(car).padStart(5, "0")}`;
}

/**
 * Builds one stream message as BMW writes it. Each `step` is a second later than the one before and has other values.
 */
export function benchMessage(vin: string, descriptors: readonly DescriptorDefinition[], start: number, step: number) {
  const time = start + step * 1000;
  // Entries have nearly the same time: some were measured a second or two before the others.
  const times = [0, 1, 2].map((age) => `${new Date(time - age * 1000).toISOString().slice(0, 19)}Z`);
  const data = Object.fromEntries(
    descriptors.map((definition, index) => {
      const timestamp = times[Math.floor((index * times.length) / descriptors.length)];
      const unit = definition.unit === null ? {} : { unit: WIRE_UNITS[definition.unit] ?? definition.unit };
      return [
        definition.id,
        { timestamp, value: RICH[definition.id]?.(step) ?? valueOf(definition, step + index), ...unit },
      ];
    }),
  );
  return { vin, entityId: CUSTOMER, topic: vin, timestamp: new Date(time + 412).toISOString(), data };
}

function valueOf({ type, unit }: DescriptorDefinition, n: number): number | boolean | string {
  if (type === "boolean") return n % 2 === 0 ? "ASN_isTrue" : n % 3 === 0;
  if (type === "string" || (type === null && unit === null)) return WORDS[n % WORDS.length] ?? "";
  if (unit === "%") return (n % 1000) / 10;
  if (type?.includes("int8") === true) return n % 120;
  return type === "float" || type === "double" ? (n % 30_000) / 7 : n % 30_000;
}
