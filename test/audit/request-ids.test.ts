import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Principal } from '../../api/deps.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { eventsOf, officerOf } from './events.js';

const OWN = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

describe('an X-Request-Id', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ orders: 100 });
    await service.startWorker();
  });
  after(() => service.close());

  const preview = async (user: Principal, id: string): Promise<string | null> => {
    const body = { type: 'orders', format: 'csv' };
    const headers = { 'X-Request-Id': id };
    const answer = await service.ask('POST', '/v1/exports/preview', { as: user, body, headers });
    assert.equal(answer.status, 200, answer.text);
    return answer.headers.get('x-request-id');
  };

  it('of the client is in the audit log if it is up to 128 letters, digits and _.:-, and otherwise one of the service', async () => {
    const user = someUser();
    const kept = ['a', 'trace:1.2_3-4', 'x'.repeat(128)];
    // In a header, Node accepts no characters above 255, and no control characters but the tab.
    const replaced = [
      'x'.repeat(129),
      'a b',
      'a\tb',
      '{"a":1}',
      "'; --",
      '=1+1',
      '<b>',
      'é',
      'a,b',
      'a%0Ab',
      'a|b',
      'a@b',
    ];
    for (const id of kept) assert.equal(await preview(user, id), id);
    for (const id of replaced) assert.match((await preview(user, id)) ?? '', OWN, id);
    const ids = (await eventsOf(service, user)).map(({ request_id: id }) => id ?? '');
    assert.deepEqual(ids.slice(0, kept.length), kept);
    assert.equal(ids.length, kept.length + replaced.length);
    for (const id of ids.slice(kept.length)) assert.match(id, OWN);
  });

  it('can carry no line break, and counts as none if it is sent twice', async () => {
    const { hostname, port } = new URL(service.url);
    /** What the service answers to raw bytes. */
    const send = (lines: readonly string[]): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`,
            'latin1',
          );
        });
        socket.setEncoding('latin1').on('data', (chunk) => (answer += String(chunk)));
        socket
          .on('end', () => {
            resolve(answer);
          })
          .on('error', reject);
      });
    const idIn = (answer: string): string => /^x-request-id: (.*)$/im.exec(answer)?.[1] ?? '';
    assert.equal(idIn(await send(['X-Request-Id: mine'])), 'mine');
    assert.match(idIn(await send(['X-Request-Id: mine', 'X-Request-Id: other'])), OWN);
    for (const id of ['a\rb', 'a\nb: c', 'a\0b', 'a\r\n b', 'a\x7fb', 'a\x1b[2Jb', 'a\x85b']) {
      const answer = await send([`X-Request-Id: ${id}`]);
      // Either the server refuses the request, or it makes an id of its own, or the header ends before the break.
      assert.ok(
        answer.startsWith('HTTP/1.1 400 ') || OWN.test(idIn(answer)) || idIn(answer) === 'a',
        JSON.stringify([id, answer]),
      );
      assert.doesNotMatch(answer, /^b: c/m);
    }
  });

  it('disappears from the audit log with the user who sent it, and from events about them if it names them', async () => {
    const [user, other] = [someUser(), someUser()];
    const officer = { ...officerOf(user), scopes: ['exports:read', 'exports:write', 'exports:admin'] };
    await preview(user, 'chosen-by-user');
    await preview(other, 'chosen-by-other');
    const headers = (id: string) => ({ headers: { 'X-Request-Id': id } });
    const jobIds: string[] = [];
    for (const id of ['ticket-1', `for-${user.userId.toUpperCase()}`]) {
      const body = { type: 'orders', format: 'csv', on_behalf_of: user.userId };
      const answer = await service.ask('POST', '/v1/exports', { as: officer, body, ...headers(id) });
      const { job_id: jobId } = answer.json as { job_id: string };
      jobIds.push(jobId);
      await untilEnded(service, user, jobId);
    }
    const erased = await service.ask('DELETE', `/v1/users/${user.userId}/exports`, {
      ...{ as: officer, ...headers('ticket-2') },
    });
    assert.equal(erased.status, 200, erased.text);
    const seen = (await eventsOf(service, user)).map(({ action, request_id: id }) => [action, id]);
    assert.deepEqual(seen, [
      ['export.previewed', null],
      ['export.requested', 'ticket-1'],
      ['export.requested', null],
      ['user.erased', 'ticket-2'],
    ]);
    assert.deepEqual(
      (await eventsOf(service, other)).map(({ request_id: id }) => id),
      ['chosen-by-other'],
    );
    const sql = 'SELECT FROM audit_events WHERE position($1 in lower(audit_events::text)) > 0';
    assert.deepEqual(await queryRows(service.databaseUrl, sql, [user.userId]), []);
    // Those of an erased administrator go from events about others.
    await service.ask('DELETE', `/v1/users/${officer.userId}/exports`, { as: officerOf(user) });
    const left = await until('the officer is erased', async () => {
      const events = await eventsOf(service, user);
      return events.every(({ actor }) => actor !== officer.userId) && events;
    });
    assert.deepEqual(
      left.map(({ request_id: id }) => id).filter((id) => id !== null),
      [],
    );
    await postExport(service, user);
  });
});
