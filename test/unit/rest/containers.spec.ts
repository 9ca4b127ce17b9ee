import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CORE_DESCRIPTORS,
  covers,
  DEFAULT_DESCRIPTORS,
  signatureOf,
  smallerSets,
} from "../../../src/rest/containers/descriptor-sets.js";
import {
  requireContainerId,
  createContainer,
  deleteContainer,
  fetchContainerDescriptors,
  fetchContainers,
  parseContainerDescriptors,
  parseContainerId,
  parseContainers,
} from "../../../src/rest/containers/container-calls.js";
import { CarDataError } from "../../../src/support/errors.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { OWN } from "../../helpers/container-server.js";
import { refusal, scriptedRest } from "../../helpers/rest.js";
import { runs } from "../../helpers/random.js";

const ID = "G00B025F732UD";
const listed = { containerId: ID, ...OWN, state: "ACTIVE", created: "2026-01-02T03:04:05Z" };
const container = {
  id: ID,
  name: OWN.name,
  purpose: OWN.purpose,
  state: "ACTIVE",
  created: "2026-01-02T03:04:05Z",
  own: true,
  active: true,
};
const invalid = { code: "rest_invalid_response" };

describe("list of containers", () => {
  for (const [title, answer] of [
    ["`containers`, as BMW's document says", { containers: [listed] }],
    ["`items`", { items: [listed] }],
    ["a bare array", [listed]],
    ["members that are none", [null, 7, "x", [], {}, { ...listed, containerId: "../x" }, { containerId: 7 }, listed]],
  ] as const)
    it(`is read from ${title}`, () => {
      assert.deepEqual(parseContainers(answer), [container]);
    });

  for (const [title, changes, expected] of [
    ["by another name", { name: "BMW CarData HV Battery" }, { name: "BMW CarData HV Battery", own: false }],
    ["for another purpose", { purpose: "x" }, { purpose: "x", own: false }],
    ["in almost our name", { name: "node-red bmw cardata" }, { name: "node-red bmw cardata", own: false }],
    ["that is deleted", { state: "DELETED" }, { state: "DELETED", active: false }],
    ["that is inactive", { state: "INACTIVE" }, { state: "INACTIVE", active: false }],
    ["in small letters", { state: "active" }, { state: "active", active: false }],
    ["without a date", { created: 7 }, { created: null }],
    [
      "without anything",
      { name: null, purpose: {}, state: 1 },
      { name: "", purpose: "", state: "", own: false, active: false },
    ],
  ] as const)
    it(`distinguishes one ${title} from ours that can be read`, () => {
      assert.deepEqual(parseContainers([{ ...listed, ...changes }]), [{ ...container, ...expected }]);
    });

  for (const answer of [null, 7, "x", {}, { containers: {} }])
    it(`is refused as ${JSON.stringify(answer)}`, () => {
      assert.throws(() => parseContainers(answer), invalid);
    });

  it("costs one call", async () => {
    const { rest, calls } = scriptedRest({ containers: [] });
    assert.deepEqual(await fetchContainers(rest, "manual"), []);
    assert.deepEqual(calls, [{ endpoint: "containers", path: "/customers/containers", budget: "manual" }]);
  });
});

describe("a container", () => {
  it("gives its descriptors", async () => {
    const { rest, paths } = scriptedRest({ ...listed, technicalDescriptors: ["b", 7, "", null, "a"] });
    assert.deepEqual(await fetchContainerDescriptors(rest, ID, "event"), ["b", "a"]);
    assert.deepEqual(paths(), [`/customers/containers/${ID}`]);
  });

  it("is made under our own name, once", async () => {
    const { rest, calls } = scriptedRest({ containerId: ID });
    assert.equal(await createContainer(rest, ["a", "b"], "scheduled"), ID);
    assert.deepEqual(calls, [
      {
        endpoint: "containers",
        path: "/customers/containers",
        budget: "scheduled",
        method: "POST",
        body: { name: "Node-RED BMW CarData", purpose: "Node-RED telemetry", technicalDescriptors: ["a", "b"] },
        retry: false,
      },
    ]);
  });

  for (const answer of [null, [], {}, { containerId: 7 }, { containerId: "short" }, { containerId: `${ID}\n` }])
    it(`is not made by an answer such as ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(createContainer(scriptedRest(answer).rest, ["a"], "manual"), invalid);
    });

  for (const [title, answer] of [
    ["204", null],
    ["200 with something", { ok: true }],
    ["208 and CU-122", { exveErrorId: "CU-122" }],
    ["an accepted request without JSON", new CarDataError("rest_invalid_response")],
    ["404", refusal("rest_unexpected", 404)],
    ["404 and CU-105", refusal("cu_105", 404, "CU-105")],
    ["CU-122 by another status", refusal("rest_unexpected", 400, "CU-122")],
  ] as const)
    it(`is deleted by ${title}`, async () => {
      const { rest, calls } = scriptedRest(answer);
      await deleteContainer(rest, ID, "manual");
      assert.deepEqual(
        calls.map(({ method, path }) => [method, path]),
        [["DELETE", `/customers/containers/${ID}`]],
      );
    });

  for (const failure of [
    refusal("cu_500", 500, "CU-500"),
    refusal("cu_105", 403, "CU-105"),
    new CarDataError("rest_network", { reason: "x" }),
    new CarDataError("cu_429", { time: "00:00 UTC" }),
  ])
    it(`is not deleted by ${failure.code}`, async () => {
      await assert.rejects(deleteContainer(scriptedRest(failure).rest, ID, "manual"), failure);
    });

  for (const id of [
    "",
    "G00B025F732U",
    "G00B025F732UD1",
    "G00B025F732U/",
    "G00B025F732UÄ",
    `${ID}\n`,
    null,
    undefined,
    7,
  ])
    it(`is not named ${JSON.stringify(id)}`, () => {
      assert.throws(() => requireContainerId(id), { code: "container_id_invalid" });
    });

  it("is named by 13 letters and digits", () => {
    assert.equal(requireContainerId(ID), ID);
  });

  it("is data or a clear error, whatever comes (property)", () => {
    const member = fc.constantFrom("containerId", "containers", "items", "technicalDescriptors", "name", "state");
    const answers = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.dictionary(member, fc.jsonValue({ maxDepth: 3 })),
      fc.array(fc.dictionary(member, fc.oneof(fc.constant(ID), fc.jsonValue({ maxDepth: 1 })))),
    );
    fc.assert(
      fc.property(answers, (answer) => {
        for (const parse of [parseContainers, parseContainerDescriptors, parseContainerId])
          try {
            parse(answer);
          } catch (error) {
            assert.ok(error instanceof CarDataError && error.code === "rest_invalid_response");
          }
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe("sets of descriptors", () => {
  const known = new Set([...allDefinitions()].map(({ id }) => id));
  const isKnown = (descriptor: string) => known.has(descriptor);

  it("are 35 where nobody chooses, all of them known", () => {
    assert.equal(new Set(DEFAULT_DESCRIPTORS).size, 35);
    assert.deepEqual(
      DEFAULT_DESCRIPTORS.filter((descriptor) => !isKnown(descriptor)),
      [],
    );
    assert.equal(signatureOf(DEFAULT_DESCRIPTORS), "258e0e2fce238ec836d97c6cb0f49939a4f87bfa");
  });

  it("are distinguished whatever their order", () => {
    assert.equal(signatureOf(["b", "a", "b"]), signatureOf(["a", "b"]));
    assert.notEqual(signatureOf(["a"]), signatureOf(["a", "b"]));
  });

  it("cover what they hold", () => {
    assert.equal(covers(["a", "b"], ["b"]), true);
    assert.equal(covers(["a"], ["a", "b"]), false);
  });

  it("have a core that is worth most", () => {
    assert.equal(new Set(CORE_DESCRIPTORS).size, 15);
    assert.ok(covers(DEFAULT_DESCRIPTORS, CORE_DESCRIPTORS));
  });

  it("become smaller when BMW refuses them: first what is unknown goes, then all but the core", () => {
    const wanted = [...DEFAULT_DESCRIPTORS, "vehicle.unknown"];
    assert.deepEqual(smallerSets(wanted, isKnown), [
      DEFAULT_DESCRIPTORS,
      DEFAULT_DESCRIPTORS.filter((descriptor) => CORE_DESCRIPTORS.includes(descriptor)),
    ]);
  });

  for (const [title, wanted, sizes] of [
    ["everything is known", DEFAULT_DESCRIPTORS, [15]],
    ["nothing is known", ["x", "y"], []],
    ["it is the core already", CORE_DESCRIPTORS, []],
    ["nothing of the core is wanted", ["vehicle.cabin.infotainment.x", "vehicle.body.chargingPort.lockedStatus"], [1]],
    ["only the core is known", [...CORE_DESCRIPTORS.slice(0, 3), "x"], [3]],
  ] as const)
    it(`are not tried twice when ${title}`, () => {
      assert.deepEqual(
        smallerSets(wanted, isKnown).map(({ length }) => length),
        sizes,
      );
    });
});
