import assert from "node:assert/strict";
import { ImageStore } from "../../../src/rest/image-store.js";
import { Store } from "../../../src/store/store.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { CarDataError } from "../../../src/support/errors.js";
import { PNG } from "../../helpers/announcing.js";
import { START, VIN } from "../../helpers/fakes.js";
import { TroubledFiles } from "../../helpers/troubled-files.js";

const DAY_MS = 24 * 3600_000;

function shelf(files = new TroubledFiles(), answer: Buffer | null = PNG, clock = new SimulatedClock(START)) {
  const calls: string[] = [];
  const shelved = new ImageStore({ store: new Store("/account", files, clock, () => undefined), clock });
  const fetch = async () => {
    calls.push(VIN);
    if (answer === null) throw new CarDataError("cu_126", { vin: "…0001" });
    return { bytes: answer, type: "image/png" };
  };
  const images = {
    get: (vin: string, force: boolean) => shelved.get(vin, fetch, force),
    kept: (vin: string) => shelved.kept(vin),
  };
  return { files, clock, images, calls };
}

describe("the pictures of the cars", () => {
  it("are asked for once, over restarts", async () => {
    const { files, images, calls } = shelf();
    for (let time = 0; time < 2; time++) assert.deepEqual((await images.get(VIN, false)).bytes, PNG);
    assert.deepEqual((await shelf(files).images.get(VIN, false)).bytes, PNG);
    assert.equal(calls.length, 1);
  });

  it("are found without a call where there is one, and are none where BMW has none or nobody has asked", async () => {
    const { files, images } = shelf();
    assert.equal(await images.kept(VIN), null);
    await images.get(VIN, false);
    assert.deepEqual(await shelf(files, null).images.kept(VIN), { bytes: PNG, type: "image/png" });
    const without = shelf(new TroubledFiles(), null);
    await assert.rejects(without.images.get(VIN, false), { code: "cu_126" });
    assert.equal(await without.images.kept(VIN), null);
  });

  it("are asked for once where they cannot be written, and get to the disk when they can", async () => {
    const { files, clock, images, calls } = shelf();
    files.trouble("write", "ENOSPC");
    for (let time = 0; time < 3; time++) assert.deepEqual((await images.get(VIN, false)).bytes, PNG);
    const deployed = shelf(files, PNG, clock);
    assert.deepEqual((await deployed.images.get(VIN, false)).bytes, PNG);
    assert.deepEqual([calls.length, deployed.calls.length], [1, 0]);
    files.mend();
    await clock.advance(60_000);
    assert.deepEqual(await files.content(files.names()[0] ?? ""), PNG);
  });

  it("are asked for once more where they cannot be read, and not again", async () => {
    const { files, images } = shelf();
    await images.get(VIN, false);
    for (const operation of ["read", "write"] as const) files.trouble(operation, "EACCES");
    const next = shelf(files);
    for (let time = 0; time < 3; time++) assert.deepEqual((await next.images.get(VIN, false)).bytes, PNG);
    assert.equal(next.calls.length, 1);
  });

  it("that BMW does not have are not asked for again for a month, whatever the disk does", async () => {
    const { files, clock, images, calls } = shelf(new TroubledFiles(), null);
    files.trouble("write", "EROFS");
    const isRefused = { code: "cu_126" };
    for (let time = 0; time < 3; time++) await assert.rejects(images.get(VIN, false), isRefused);
    await clock.advance(29 * DAY_MS);
    await assert.rejects(images.get(VIN, false), isRefused);
    assert.equal(calls.length, 1);
    await clock.advance(2 * DAY_MS);
    await assert.rejects(images.get(VIN, false), isRefused);
    assert.equal(calls.length, 2);
  });
});
