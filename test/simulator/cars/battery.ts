/** A high-voltage battery with its true size; what the car reports of it may be rounded or late. */
export class Battery {
  /** @param capacityKwh usable when new; `health` (0..1) is what ageing left of it; `energyKwh` is what is in it */
  constructor(
    readonly capacityKwh: number,
    readonly health: number,
    public energyKwh: number,
  ) {}

  get usableKwh(): number {
    return this.capacityKwh * this.health;
  }

  /** Exact state of charge in percent; 0 in a car without such a battery. */
  get soc(): number {
    return this.usableKwh === 0 ? 0 : (100 * this.energyKwh) / this.usableKwh;
  }

  /** Takes in energy; returns what fitted, in kWh. */
  store(kwh: number): number {
    const taken = Math.min(kwh, this.usableKwh - this.energyKwh);
    this.energyKwh += taken;
    return taken;
  }

  /** Gives energy; returns what was there, in kWh. */
  draw(kwh: number): number {
    const given = Math.min(kwh, this.energyKwh);
    this.energyKwh -= given;
    return given;
  }
}

/** Power at the plug in kW that a fast charger gives at a state of charge: full to 45 %, then falling. */
export function dcPower(soc: number, peakKw: number): number {
  if (soc < 45) return peakKw;
  if (soc < 80) return peakKw * (1 - (0.6 * (soc - 45)) / 35);
  return peakKw * Math.max(0.08, 0.4 - (0.32 * (soc - 80)) / 20);
}
