import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportFile } from '../export-csv/compare.js';
import { findSecrets } from '../support/secrets.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser } from '../support/service.js';
import { stack } from '../support/stack.js';

/** global-setup.ts runs this search at the end of every run; these tests prove that it finds something. */
describe('the search for secrets', () => {
  it('finds secrets in service logs', async () => {
    const secret = randomUUID();
    await appendFile(join(stack().logDir, 'test-workers.log'), `{"msg":"a log line","with":"${secret}"}\n`);
    const [found, ...others] = await findSecrets(stack(), { 'the secret': secret, 'another one': randomUUID() });
    assert.deepEqual(others, []);
    assert.match(found ?? '', /test-workers\.log has the secret: ".*a log line/);
    assert.ok(found?.includes(secret) === false);
  });

  it('finds secrets in workflow inputs', async () => {
    const service = await startService({ orders: 20 });
    await service.startWorker();
    const note = `${randomUUID()}@example.com`;
    const user = { ...someUser(), email: note };
    await exportFile(service, user, { type: 'orders', format: 'csv', notify: { email: note } });
    await closeCleanly(service);
    const found = await findSecrets(stack(), { 'the address': note });
    assert.ok(
      found.some((line) => /temporal\/.*sqlite/.test(line)),
      found.join('\n'),
    );
  });
});
