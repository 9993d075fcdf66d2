import assert from 'node:assert/strict';
import { connectTemporal } from '../../shared/temporal/client.js';
import { assertProblem } from '../api/problems.js';
import { someone, startApi } from '../api/support.js';
import { queryRows } from '../support/database.js';

describe('MAX_ACTIVE_EXPORTS_PER_TENANT while Temporal is down', () => {
  it('is not used up by requests that are answered with a 503', async () => {
    // Nothing listens there.
    const temporal = connectTemporal({ connection: { address: '127.0.0.1:1' }, namespace: 'none' });
    const api = await startApi({ temporal, settings: { tenantLimit: 1, admissionDeadlineMs: 1200 } });
    try {
      const { tenantId } = someone();
      for (let n = 0; n < 3; n++) {
        const as = { ...someone(), tenantId };
        const answer = await api.ask('POST', '/v1/exports', { as, body: { type: 'orders', format: 'csv' } });
        assertProblem(answer, 'TEMPORARILY_UNAVAILABLE');
      }
      assert.deepEqual(await queryRows(api.databaseUrl, 'SELECT FROM tenant_places'), []);
    } finally {
      await api.close();
      await temporal.close();
    }
  });
});
