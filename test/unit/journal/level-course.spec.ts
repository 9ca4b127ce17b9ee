import assert from "node:assert/strict";
import { LevelCourse } from "../../../src/journal/level-course.js";

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 2, 2, 6);
const noSun = (from: number, to: number) => [{ from, to, price: null, solarShare: 0 }];

/** The energy of each quarter of what was looked at: minute, level. */
function quartersOf(looks: readonly (readonly [minute: number, level: number])[], restartAt = -1): number[] {
  let course = new LevelCourse();
  for (const [minute, level] of looks) {
    course.look(level, 1, noSun, BEGIN + minute * MINUTE);
    if (minute !== restartAt) continue;
    const saved: unknown = JSON.parse(JSON.stringify(course.save()));
    course = new LevelCourse();
    course.restore(saved);
  }
  return course.partsUntil(Infinity).map(({ kwh }) => Number(kwh.toFixed(3)));
}

describe("the course of a charge by its level", () => {
  const rising = Array.from({ length: 61 }, (_, minute) => [minute, 20 + minute / 2] as const);

  it("has as much energy in each quarter as the level has gained, also after a restart anywhere", () => {
    assert.deepEqual(quartersOf(rising), [7.5, 7.5, 7.5, 7.5]);
    for (const place of [0, 3, 15, 44]) assert.deepEqual(quartersOf(rising, place), [7.5, 7.5, 7.5, 7.5]);
  });

  it("counts nothing twice that falls and rises again", () => {
    const corrected = rising.map(
      ([minute, level]) => [minute, minute > 20 && minute < 40 ? level - 4 : level] as const,
    );
    const sum = quartersOf(corrected).reduce((total, kwh) => total + kwh, 0);
    assert.ok(Math.abs(sum - 30) < 0.001, String(sum));
  });

  it("has nothing in a pause", () => {
    const course = new LevelCourse();
    for (let minute = 0; minute <= 15; minute++) course.look(20 + minute, 1, noSun, BEGIN + minute * MINUTE);
    for (let minute = 16; minute <= 45; minute++) course.rest(BEGIN + minute * MINUTE);
    for (let minute = 46; minute <= 60; minute++) course.look(minute - 10, 1, noSun, BEGIN + minute * MINUTE);
    const parts = course
      .partsUntil(Infinity)
      .map(({ quarter, kwh }) => [quarter - BEGIN / (15 * MINUTE), Math.round(kwh)]);
    assert.deepEqual(parts, [
      [0, 15],
      [3, 15],
    ]);
  });

  it("starts anew from a state that is damaged, and has nothing without a capacity", () => {
    const course = new LevelCourse();
    course.restore({ course: 7, reached: "x", at: {} });
    for (let minute = 0; minute <= 30; minute++) course.look(20 + minute, 0, noSun, BEGIN + minute * MINUTE);
    assert.deepEqual(course.partsUntil(Infinity), []);
  });
});
