import assert from "node:assert/strict";
import { parsePlaces, placeOf, purposeByPlaces } from "../../../src/journal/places.js";
import { CarDataError } from "../../../src/support/errors.js";
import { HOME, WORK } from "../../helpers/journal.js";

const places = parsePlaces([
  { name: "home", ...HOME },
  { name: "garage", latitude: HOME.latitude + 0.0005, longitude: HOME.longitude, radius: 30 },
  { name: "work", ...WORK, purpose: "commute" },
  { name: "customer", latitude: 48.3, longitude: 11.7, purpose: "business" },
]);

describe("the places of the journal", () => {
  it("name a point by the nearest place that it belongs to", () => {
    assert.equal(placeOf(HOME, places)?.name, "home");
    assert.equal(placeOf({ latitude: HOME.latitude + 0.0005, longitude: HOME.longitude }, places)?.name, "garage");
    assert.deepEqual(placeOf({ latitude: 1.1234567, longitude: 2 }, places), {
      name: null,
      latitude: 1.12346,
      longitude: 2,
    });
    assert.equal(placeOf(null, places), null);
  });

  it("tell the purpose of a trip, business first", () => {
    const [home, work, customer] = [HOME, WORK, { latitude: 48.3, longitude: 11.7 }].map((at) => placeOf(at, places));
    assert.equal(purposeByPlaces(home!, work!, places), "commute");
    assert.equal(purposeByPlaces(work!, home!, places), "commute");
    assert.equal(purposeByPlaces(work!, customer!, places), "business");
    assert.equal(purposeByPlaces(home!, null, places), null);
  });

  it("are refused with the name of the one that cannot be used", () => {
    const refusal = (value: unknown) => {
      try {
        parsePlaces(value);
      } catch (error) {
        assert.ok(error instanceof CarDataError);
        return [error.code, error.params["place"]];
      }
      return null;
    };
    assert.deepEqual(refusal({}), ["place_invalid", "?"]);
    assert.deepEqual(refusal([{ name: "home" }]), ["place_invalid", "home"]);
    assert.deepEqual(refusal([{ ...HOME }]), ["place_invalid", "?"]);
    for (const wrong of [{ latitude: 91 }, { longitude: "x" }, { radius: 0 }, { radius: 1e9 }, { purpose: "fun" }])
      assert.deepEqual(refusal([{ name: "home", ...HOME, ...wrong }]), ["place_invalid", "home"]);
    assert.deepEqual(
      refusal([
        { name: "a", ...HOME },
        { name: "a", ...WORK },
      ]),
      ["place_invalid", "a"],
    );
  });
});
