import assert from 'node:assert/strict';
import { TenantTurns, type TenantTurn } from '../../activities/notify/tenant-turns.js';

const LIMIT = 10;

/** Takes all free turns. @returns the turns, and after how many ms the other deliveries may retry */
function arrive(turns: TenantTurns, tenant: string, count: number, now: number) {
  const taken: TenantTurn[] = [];
  const waits: number[] = [];
  for (let n = 0; n < count; n++) {
    const answer = turns.take(tenant, now);
    if ('turn' in answer) taken.push(answer.turn);
    else waits.push(answer.waitMs);
  }
  return { taken, waits };
}

describe("a tenant's delivery turns", () => {
  it('are limited per tenant', () => {
    const turns = new TenantTurns(LIMIT);
    assert.equal(arrive(turns, 'a', 100, 0).taken.length, LIMIT);
    assert.equal(arrive(turns, 'b', 100, 0).taken.length, LIMIT);
  });

  it('are free again when a delivery ends', () => {
    const turns = new TenantTurns(LIMIT);
    const { taken } = arrive(turns, 'a', LIMIT, 0);
    for (const turn of taken) turns.release('a', turn, 50);
    assert.equal(arrive(turns, 'a', 1, 51).taken.length, 1);
  });

  it('spread out the retries of other deliveries, over less time if receivers are quick', () => {
    const turns = new TenantTurns(LIMIT);
    const { waits } = arrive(turns, 'a', 110, 0);
    assert.equal(waits.length, 100);
    assert.deepEqual(
      waits,
      waits.toSorted((a, b) => a - b),
    );
    assert.ok((waits.at(-1) ?? 0) < 2000, `${waits.at(-1) ?? 0} ms`);
  });

  it('cause only a few retries a second for a thousand deliveries to silent receivers', () => {
    const turns = new TenantTurns(LIMIT);
    const timeoutMs = 15_000;
    const due = Array.from({ length: 1000 }, () => 0);
    const running: { turn: TenantTurn; endsAt: number }[] = [];
    let looks = 0;
    let begun = 0;
    for (let now = 0; now < 300_000; now += 50) {
      for (const one of running.splice(0)) {
        if (one.endsAt <= now) turns.release('a', one.turn, now);
        else running.push(one);
      }
      for (const at of due.splice(0)) {
        if (at > now) {
          due.push(at);
          continue;
        }
        looks += 1;
        const answer = turns.take('a', now);
        if ('waitMs' in answer) due.push(now + answer.waitMs);
        else {
          begun += 1;
          running.push({ turn: answer.turn, endsAt: now + timeoutMs });
        }
      }
    }
    // If all turns are always in use, 200 deliveries start in these five minutes.
    assert.ok(begun >= 150, `${begun} deliveries started`);
    assert.ok(looks < 6000, `${looks} attempts`);
    console.log(`      ${begun} started, ${looks} attempts in five minutes`);
  });
});
