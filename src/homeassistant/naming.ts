const NO_CAR_NAME = "car";

/** The part of an entity's id that stands for a name, as Home Assistant writes it. */
export function slugOf(name: string): string {
  const plain = name.replace(/ß/g, "ss").normalize("NFD").replace(/\p{M}/gu, "");
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

/** The id that Home Assistant gives the entity unless it has one already. */
export function entityIdOf(platform: string, deviceName: string, entityName: string | null): string {
  const parts = [slugOf(deviceName) || NO_CAR_NAME, slugOf(entityName ?? "")];
  return `${platform}.${parts.filter((part) => part !== "").join("_")}`;
}

/** The entity's name; it must not begin with the name of its device, with which Home Assistant shows it anyway. */
export function entityNameOf(name: string, deviceName: string): string {
  if (!name.toLowerCase().startsWith(deviceName.toLowerCase())) return name;
  // No name of a device is the beginning of both.
  const word = "car".startsWith(deviceName.slice(0, 1).toLowerCase()) ? "Its" : "Car";
  return `${word} ${name}`;
}
