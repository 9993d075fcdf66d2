import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { assertSameBytes, exportFile, segmentKinds, type ExportedFile } from '../export-csv/compare.js';
import { copyOf } from '../export-csv/reference.js';
import { DEEP } from '../support/depth.js';
import { describeStores } from '../support/stores.js';
import { startService, someUser, type TestService } from '../support/service.js';

const ROWS = 120_000;
const SELECT = `SELECT row_to_json(item) FROM (SELECT id, tenant_id, user_id, customer_id, customer_name, email, status,
  total, currency, quantity, note, placed_at, updated_at FROM orders WHERE tenant_id = '${NORTHWIND.id}' ORDER BY id) AS item`;

if (DEEP)
  describeStores('a file whose segments are parts', (stackEnv, isWhole) => {
    let service: TestService;
    let lines: Buffer;

    before(async () => {
      const tuning = { segmentBytes: 9 * 1024 * 1024 };
      service = await startService({ stackEnv: stackEnv(), orders: ROWS, singleTenant: true, tuning });
      await service.startWorker();
      const settings = `FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'`;
      lines = await copyOf({ databaseUrl: service.databaseUrl, select: SELECT, settings });
    });
    after(() => service.close());

    async function exported(format: string, compression: string): Promise<ExportedFile> {
      const file = await exportFile(service, someUser(), { type: 'orders', format, options: { compression } });
      assert.equal(file.rows, ROWS);
      assert.ok((await segmentKinds(service, file.jobId)).includes('parts'));
      return file;
    }

    it('equals PostgreSQL’s row_to_json, line by line, as NDJSON', async () => {
      assertSameBytes((await exported('NDJSON', 'none')).bytes, lines, 'NDJSON');
    });

    if (!isWhole) return;

    it('has the same lines between brackets and commas as JSON', async () => {
      const { bytes } = await exported('JSON', 'none');
      const rows = lines.toString().trimEnd().split('\n');
      assertSameBytes(bytes, Buffer.from(`[${rows.join('\n,')}\n]\n`), 'JSON');
      assert.equal((JSON.parse(bytes.toString()) as unknown[]).length, ROWS);
    });

    it('has the same content when compressed', async () => {
      const { bytes } = await exported('NDJSON', 'gzip');
      assertSameBytes(gunzipSync(bytes), lines, 'gzip');
      assert.ok(bytes.length < lines.length / 3, `${bytes.length} of ${lines.length} bytes`);
    });
  });
