import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CronError, parseCron, type Calendar } from '../../../shared/schedules/cron.js';

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const EVERY = { minutes: numbers(0, 59), hours: numbers(0, 23), months: numbers(1, 12) };
const ALL_DAYS = { daysOfMonth: numbers(1, 31), daysOfWeek: numbers(0, 6) };

describe('cron', () => {
  const CASES: readonly (readonly [string, readonly Calendar[]])[] = [
    ['* * * * *', [{ ...EVERY, ...ALL_DAYS }]],
    ['*/20 9-17/4 * * *', [{ ...EVERY, ...ALL_DAYS, minutes: [0, 20, 40], hours: [9, 13, 17] }]],
    [
      '50/5,3 6 1 jan,JUL-SEP *',
      [{ ...ALL_DAYS, minutes: [3, 50, 55], hours: [6], months: [1, 7, 8, 9], daysOfMonth: [1] }],
    ],
    ['0 6 * * MON-fri', [{ ...EVERY, ...ALL_DAYS, minutes: [0], hours: [6], daysOfWeek: [1, 2, 3, 4, 5] }]],
    ['0 6 * * 5-7', [{ ...EVERY, ...ALL_DAYS, minutes: [0], hours: [6], daysOfWeek: [0, 5, 6] }]],
    ['@monthly', [{ ...EVERY, ...ALL_DAYS, minutes: [0], hours: [0], daysOfMonth: [1] }]],
    [
      '0 6 1 * 1',
      [
        { ...EVERY, minutes: [0], hours: [6], daysOfMonth: [1] },
        { ...EVERY, minutes: [0], hours: [6], daysOfWeek: [1] },
      ],
    ],
    [
      '0 6 */2 * 1',
      [{ ...EVERY, minutes: [0], hours: [6], daysOfMonth: numbers(1, 31).filter((d) => d % 2), daysOfWeek: [1] }],
    ],
  ];
  for (const [text, calendars] of CASES) {
    it(`${text} is read as in Vixie cron`, () => {
      assert.deepEqual(parseCron(text).calendars, calendars);
    });
  }

  it('is rejected if it is invalid', () => {
    for (const wrong of [
      ...['', 'daily', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 8'],
      ...['5-1 * * * *', '1-2-3 * * * *', '*/0 * * * *', '1,,2 * * * *', '*-5 * * * *', '1.5 * * * *', '-1 * * * *'],
      ...['* * * FEBRUARY *', '* * MON * *', '* * ? * *', '* * L * *', '0 0 30 2 *', '0 0 31 4,6 *'],
    ]) {
      assert.throws(() => parseCron(wrong), CronError, wrong);
    }
  });

  it('never runs twice within its minimum interval', () => {
    const some = (max: number) => fc.uniqueArray(fc.nat(max), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some(59), some(23), (minutes, hours) => {
        const { leastSeconds } = parseCron(`${minutes.join(',')} ${hours.join(',')} * * *`);
        const runs = numbers(0, 2 * 1440 - 1).filter(
          (minute) => minutes.includes(minute % 60) && hours.includes(Math.floor(minute / 60) % 24),
        );
        const pauses = runs.slice(1).map((run, index) => run - (runs[index] ?? 0));
        assert.equal(leastSeconds, 60 * Math.min(...pauses));
      }),
    );
  });
});
