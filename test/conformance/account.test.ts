import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Principal } from '../../api/deps.js';
import { findOnPath } from '../../dev/find-on-path.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { serviceVersion } from '../../shared/process/service-version.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { deeply } from '../support/depth.js';
import { postExport, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { manifestOf, testedByUnzip, unpacked, verified } from './archives.js';
import { expectedContents, readByPython, savedFile } from './contents.js';

/** Rows per segment. */
const SEGMENT = 40;

const common = { key: ['id'], tenantColumn: 'tenant_id', userColumn: 'owner' };
const letters = defineDataset({
  ...common,
  ...{ name: 'letters', title: 'Letters', table: 'letters' },
  columns: { id: { type: 'integer', label: 'Number' }, owner: { type: 'uuid' }, body: { type: 'text', label: 'Text' } },
});
/** None of these belong to me. */
const parcels = defineDataset({
  ...common,
  ...{ name: 'parcels', title: 'Parcels', table: 'parcels' },
  columns: { id: { type: 'integer' }, weight: { type: 'numeric' } },
});
const visits = defineDataset({
  ...common,
  ...{ name: 'visits', title: 'Visits', table: 'visits', key: ['at', 'id'] },
  columns: { id: { type: 'bigint' }, owner: { type: 'text' }, at: { type: 'timestamptz' }, details: { type: 'jsonb' } },
});
/** Has no owner column, so it is in no account. */
const catalog = defineDataset({
  ...{ name: 'catalog', title: 'Catalog', table: 'letters', key: ['id'], tenantColumn: 'tenant_id' },
  columns: { id: { type: 'integer' } },
});
const OWNED = [letters, parcels, visits];

describe('an account export', () => {
  let service: TestService;
  const me = someUser();
  const colleague = someUser();
  /** The same user id in another tenant. */
  const namesake: Principal = { userId: me.userId, tenantId: randomUUID() };

  before(async () => {
    service = await startService({ orders: 100, datasets: [...OWNED, catalog], tuning: { maxSegmentRows: SEGMENT } });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE people AS SELECT * FROM (VALUES (0, '${me.tenantId}'::uuid, '${me.userId}'::uuid),
         (1, '${colleague.tenantId}', '${colleague.userId}'), (2, '${namesake.tenantId}', '${namesake.userId}'))
         AS person (n, tenant_id, owner);
       CREATE TABLE letters AS SELECT i AS id, tenant_id, owner,
           'of ' || tenant_id || ' ' || owner || CASE i % 5 WHEN 0 THEN E': "quotes", commas;\\nlines 🙂' ELSE '' END AS body
         FROM generate_series(1, 690) AS i JOIN people ON n = i % 3;
       CREATE TABLE parcels AS SELECT i AS id, tenant_id, owner, i * 1.50 AS weight
         FROM generate_series(1, 90) AS i JOIN people ON n = 1 + i % 2;
       CREATE TABLE visits AS SELECT 9007199254740993 + i AS id, tenant_id, owner::text,
           timestamptz '2026-03-29 00:59:59.123456+00' + i * interval '1 hour' AS at,
           jsonb_build_object('by', tenant_id || '/' || owner) AS details
         FROM generate_series(1, 285) AS i JOIN people ON n = i % 3;
       ALTER TABLE letters ADD PRIMARY KEY (id); ALTER TABLE parcels ADD PRIMARY KEY (id);
       ALTER TABLE visits ADD PRIMARY KEY (at, id)`,
    );
  });
  after(() => closeCleanly(service));

  const exported = (format: string, options: object = {}) =>
    exportFile(service, me, { type: 'account', format, options });

  const archives = new Map<string, ReturnType<typeof exported>>();
  /** The archive in a format, made once. */
  function archiveIn(format: string): ReturnType<typeof exported> {
    const archive = archives.get(format) ?? exported(format);
    archives.set(format, archive);
    return archive;
  }

  async function hasMyRows(files: ReadonlyMap<string, Buffer>, format: string): Promise<void> {
    const mine = `tenant_id = '${me.tenantId}' AND owner::text = '${me.userId}'`;
    for (const dataset of OWNED) {
      const file = files.get(`${dataset.name}.${format.toLowerCase()}`);
      assert.ok(file !== undefined, dataset.name);
      const wanted = await expectedContents(service.databaseUrl, dataset, format, mine);
      assert.deepEqual(await readByPython(format, 'none', file), wanted);
    }
  }

  for (const [format, nothing] of [
    ['JSON', '[]\n'],
    ['CSV', 'id,weight\n'],
    ['NDJSON', ''],
  ] as const) {
    const test = format === 'JSON' ? it : deeply;
    test(`contains exactly the caller’s own rows of every dataset as ${format}, value for value`, async () => {
      const { bytes, rows } = await archiveIn(format);
      assert.equal(rows, 230 + 95);
      const files = await unpacked(bytes);
      const names = OWNED.map(({ name }) => `${name}.${format.toLowerCase()}`);
      assert.deepEqual([...files.keys()], ['README.txt', ...[...names, 'manifest.json'].sort()]);
      await hasMyRows(files, format);
      assert.equal(String(files.get(`parcels.${format.toLowerCase()}`)), nothing);
      for (const [name, file] of files) {
        assert.ok(!file.includes(colleague.userId), name);
        assert.ok(!file.includes(namesake.tenantId), name);
      }
    });

    deeply(`passes unzip -t, as ${format}`, async function () {
      if ((await findOnPath('unzip')) === undefined) this.skip();
      assert.match(await testedByUnzip((await archiveIn(format)).bytes), /No errors detected/);
    });
  }

  deeply("contains only the owner's rows, for a colleague and for the same user id in another tenant", async () => {
    for (const [who, parcelsOfTheirs] of [
      [colleague, 45],
      [namesake, 45],
    ] as const) {
      const { bytes, rows } = await exportFile(service, who, { type: 'account', format: 'ndjson' });
      assert.equal(rows, 230 + 95 + parcelsOfTheirs);
      assert.ok(!(await unpacked(bytes)).get('letters.ndjson')?.includes(`${me.tenantId} ${me.userId}`));
    }
  });

  deeply("doesn't limit other exports to the user's own rows", async () => {
    const { rows } = await exportFile(service, me, { type: 'letters' });
    assert.equal(rows, 460);
  });

  it('describes itself and its files in its manifest', async () => {
    const { bytes, jobId } = await exported('csv', { timezone: 'Asia/Tokyo' });
    const files = await unpacked(bytes);
    const { files: described, planned_at, options, ...about } = manifestOf(files);
    assert.deepEqual(about, {
      type: 'account',
      service: { name: 'export-service', version: serviceVersion() },
      ...{
        job_id: jobId,
        user_id: me.userId,
        tenant_id: me.tenantId,
        requested_by: null,
        format: 'CSV',
        left_out_files: 0,
      },
    });
    assert.equal(options.timezone, 'Asia/Tokyo');
    assert.ok(Math.abs(Date.parse(planned_at) - Date.now()) < 60_000);
    assert.deepEqual(
      described.map(({ name, dataset, title, rows }) => [name, dataset, title, rows]),
      [
        ['letters.csv', 'letters', 'Letters', 230],
        ['parcels.csv', 'parcels', 'Parcels', 0],
        ['visits.csv', 'visits', 'Visits', 95],
      ],
    );
    assert.deepEqual(described[0]?.schema, [
      { name: 'id', label: 'Number', type: 'integer' },
      { name: 'owner', label: 'owner', type: 'uuid' },
      { name: 'body', label: 'Text', type: 'text' },
    ]);
    for (const { name, bytes: size } of described) assert.equal(files.get(name)?.length, size);
    assert.equal(described[0].pieces.length, 6);
    assert.match(String(files.get('visits.csv')), /\+09/);
    assert.match(String(files.get('README.txt')), /timezone Asia\/Tokyo/);
  });

  deeply('is verified by the Python script in docs/formats.md, which finds any change', async () => {
    const { bytes } = await archiveIn('JSON');
    await verified(bytes);
    for (const [change, complaint] of [
      // The changed archive is a valid ZIP: only the manifest reveals the change.
      ["text.replace(b'quotes', b'QUOTES', 1)", /letters\.json: piece 0 is not/],
      ["text.replace(b'commas', b'COMMAS')", /letters\.json: piece 0 is not/],
      ['text + b"\\n"', /letters\.json is not/],
      ['text[:-2]', /letters\.json: piece 6 is not/],
    ] as const) {
      await assert.rejects(verified(await changed(bytes, change)), complaint, change);
    }
  });

  deeply('starts each file correctly, even if rows were deleted after planning', async () => {
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE kept AS TABLE visits;
       CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         DELETE FROM visits WHERE at IN (SELECT at FROM visits WHERE tenant_id || owner = '${me.tenantId}${me.userId}' ORDER BY at LIMIT 45);
         RETURN NEW; END $$;
       CREATE TRIGGER lose AFTER UPDATE ON export_jobs FOR EACH ROW
         WHEN (NEW.plan IS NOT NULL AND OLD.plan IS NULL) EXECUTE FUNCTION lose()`,
    );
    const { bytes, rows } = await exported('json');
    await queryRows(service.databaseUrl, 'DROP TRIGGER lose ON export_jobs');
    assert.equal(rows, 230 + 50);
    await hasMyRows(await unpacked(bytes), 'JSON');
    await verified(bytes);
    await queryRows(service.databaseUrl, 'TRUNCATE visits; INSERT INTO visits TABLE kept');
  });

  it('is one job, named and typed as an archive, and found by its type', async () => {
    const jobId = await postExport(service, me, { type: 'account', format: 'json' });
    const job = await untilEnded(service, me, jobId);
    assert.match(String(job.file_name), /^account-\d{4}-\d\d-\d\d-[\da-f]{8}\.zip$/);
    const { headers } = await service.ask('GET', `/v1/exports/${jobId}/download`, { as: me });
    const answer = await fetch(headers.get('location') ?? '');
    await answer.arrayBuffer();
    assert.equal(answer.headers.get('content-type'), 'application/zip');
    const list = await service.ask('GET', '/v1/exports?type=account&limit=1', { as: me });
    assert.ok(list.text.includes(jobId), list.text);
    const deleted = await service.ask('DELETE', `/v1/exports/${jobId}`, { as: me });
    assert.equal(deleted.status, 204);
  });
});

/** Rewrites the archive in Python, with changed text in letters.json. */
async function changed(archive: Buffer, change: string): Promise<Buffer> {
  const file = await savedFile(archive, 'zip');
  const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[1] + '.new', 'w') as new:
    for name in old.namelist():
        text = old.read(name)
        new.writestr(name, (${change}) if name == 'letters.json' else text)
`;
  await promisify(execFile)('python3', ['-c', program, file]);
  return readFile(`${file}.new`);
}
