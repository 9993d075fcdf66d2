import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Principal } from '../../api/deps.js';
import { defineDataset } from '../../shared/datasets/index.js';
import { ScheduleStore } from '../../shared/schedules/store.js';
import { webhookSecret } from '../../shared/webhooks/signature.js';
import { assertProblem } from '../api/problems.js';
import { seedFor } from '../api/support.js';
import type { Answer } from '../support/answer.js';
import { queryRows } from '../support/database.js';
import { download, untilEnded } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';

/** Part of every text that only its owner may see. */
const CANARY = 'canary7f3a';
const WRITER = ['exports:read', 'exports:write'];
const owner: Principal = {
  userId: `owner-${CANARY}`,
  tenantId: `tenant-${CANARY}`,
  scopes: [...WRITER, 'exports:admin'],
};
const colleague: Principal = { userId: 'colleague', tenantId: owner.tenantId, scopes: WRITER };
/** Tokens of others, except administrators of the owner's tenant, who may see and erase data of all its users. */
const STRANGERS: Readonly<Record<string, Principal>> = {
  'another user of the tenant': colleague,
  'the same user id of another tenant': { ...owner, tenantId: 'globex', scopes: WRITER },
  'an administrator of another tenant': { ...owner, userId: 'admin', tenantId: 'globex' },
};

/** Every row has the same user. Only the owner's tenant has rows with the canary. */
const orders = defineDataset({
  ...{ name: 'orders', title: 'Orders', table: 'notes', key: ['id'], tenantColumn: 'tenant', userColumn: 'author' },
  columns: { id: { type: 'integer' }, note: { type: 'text' } },
  filters: { status: { kind: 'equals', column: 'note' } },
});

const REQUEST = { type: 'orders', format: 'CSV', name: CANARY };
/** A valid body of each operation that has one. */
const BODIES: Readonly<Record<string, (ids: Ids) => object>> = {
  createExport: () => ({ ...REQUEST, name: 'mine', on_behalf_of: owner.userId }),
  estimateExport: () => ({ ...REQUEST, name: 'mine', on_behalf_of: owner.userId }),
  previewExport: () => ({ ...REQUEST, name: 'mine', on_behalf_of: owner.userId }),
  createSchedule: ({ saved_export_id: id }) => ({ name: 'mine', cron: '@yearly', saved_export_id: id }),
  replaceSchedule: () => ({ name: 'mine', cron: '@yearly', request: { type: 'orders', format: 'CSV' } }),
  createSavedExport: () => ({ name: 'mine', request: { ...REQUEST, name: 'mine', on_behalf_of: owner.userId } }),
  replaceSavedExport: () => ({ name: 'mine', request: { type: 'orders', format: 'CSV' } }),
  decodePayloads: () => ({ payloads: [] }),
  encodePayloads: () => ({ payloads: [] }),
};
interface Ids {
  readonly job_id: string;
  readonly schedule_id: string;
  readonly saved_export_id: string;
  readonly user_id: string;
}

const parameterSchema = z.looseObject({ name: z.string(), in: z.string() });
const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z.unknown().optional(),
});
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });
type Operation = z.infer<typeof operationSchema> & { readonly method: string; readonly path: string };

describe("the ids of a user's exports, schedules and saved exports", () => {
  let service: TestService;
  let ids: Ids;
  let operations: readonly Operation[];

  before(async () => {
    service = await startService({ orders: 1, datasets: [orders] });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE notes AS SELECT n AS id, CASE n % 2 WHEN 0 THEN 'globex' ELSE '${owner.tenantId}' END AS tenant,
         '${owner.userId}' AS author, CASE n % 2 WHEN 0 THEN 'own' ELSE '${CANARY}' END AS note
       FROM generate_series(1, 10) AS n;
       ALTER TABLE notes ADD PRIMARY KEY (id)`,
    );
    await service.startWorker();
    operations = await readOperations();
    const seed = seedFor(owner, {
      request: {
        ...seedFor(owner).request,
        ...{ name: CANARY, filters: { status: [CANARY] } },
        notify: { email: `${CANARY}@example.com`, webhook_url: `https://${CANARY}.test/hook` },
      },
      idempotencyKey: CANARY,
    });
    const { jobs, webhooks } = service.deps;
    await jobs.insert(seed);
    await jobs.markProcessing(seed.jobId);
    const file = { rowCount: 1, fileKey: CANARY, fileSize: 5, checksum: 'crc32:0a1b2c3d', warnings: [] };
    await jobs.complete(seed.jobId, file, 3600);
    await webhooks.begin({
      ...{ jobId: seed.jobId, event: 'completed', webhookId: 'msg_1', runId: 'run' },
      host: `${CANARY}.test`,
    });
    const created = async (path: string, body: object, name: string): Promise<string> => {
      const { json, text } = await service.ask('POST', path, { as: owner, body });
      return (json as Record<string, string | undefined>)[name] ?? assert.fail(text);
    };
    ids = {
      job_id: seed.jobId,
      schedule_id: await created('/v1/schedules', { name: CANARY, cron: '@yearly', request: REQUEST }, 'schedule_id'),
      saved_export_id: await created('/v1/saved-exports', { name: CANARY, request: REQUEST }, 'saved_export_id'),
      user_id: owner.userId,
    };
  });
  after(() => closeCleanly(service));

  async function readOperations(): Promise<Operation[]> {
    const { json } = await service.ask('GET', '/openapi.json');
    return Object.entries(documentSchema.parse(json).paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    );
  }

  const valueOf = (name: string): string | undefined =>
    Object.entries(ids).flatMap(([id, value]: [string, string]) => (id === name ? [value] : []))[0];

  function call(
    { operationId, method, path, parameters = [], requestBody }: Operation,
    as: Principal,
  ): Promise<Answer> {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name) ?? 'x'));
    const query = parameters.flatMap(({ name, in: where }) => {
      // A subject is a user. Only administrators may send on_behalf_of.
      const value = name === 'subject' || (name === 'on_behalf_of' && isAdmin(as)) ? owner.userId : valueOf(name);
      return where === 'query' && value !== undefined ? [`${name}=${encodeURIComponent(value)}`] : [];
    });
    const body = BODIES[operationId]?.(ids);
    assert.equal(body === undefined, requestBody === undefined, `${operationId} needs a body in BODIES`);
    return service.ask(method, `${filled}?${query.join('&')}`, { as, ...(body === undefined ? {} : { body }) });
  }
  const isAdmin = ({ scopes }: Principal): boolean => scopes?.includes('exports:admin') === true;

  it('show the data to its owner', async () => {
    for (const path of [
      ...['/v1/exports', `/v1/exports/${ids.job_id}`, `/v1/exports/${ids.job_id}/deliveries`, '/v1/schedules'],
      ...[`/v1/schedules/${ids.schedule_id}`, '/v1/saved-exports', `/v1/saved-exports/${ids.saved_export_id}`],
      ...['/v1/audit', `/v1/audit?job_id=${ids.job_id}`],
    ]) {
      assert.ok((await service.ask('GET', path, { as: owner })).text.includes(CANARY), path);
    }
  });

  for (const [who, as] of Object.entries(STRANGERS)) {
    it(`reveal nothing in any operation to ${who}`, async () => {
      const secret = webhookSecret(service.env.WEBHOOK_KEY ?? '', { tenantId: owner.tenantId, version: 1 });
      assert.ok(operations.length >= 30);
      for (const operation of operations) {
        const { operationId, path } = operation;
        const answer = await call(operation, as);
        const what = `${operationId}: ${answer.status} ${answer.text}`;
        // A problem may repeat what the client sent: the owner's id.
        const told = answer.text.replaceAll(owner.userId, '').replaceAll(encodeURIComponent(owner.userId), '');
        assert.ok(!told.includes(CANARY) && !told.includes(secret), what);
        assert.ok(answer.status < 500, what);
        if (/\{(job_id|schedule_id|saved_export_id)\}/.test(path)) assertProblem(answer, 'NOT_FOUND');
        if (path.includes('{user_id}') && !isAdmin(as)) assertProblem(answer, 'FORBIDDEN');
      }
    });
  }

  it('let an administrator of another tenant act only on the user with that id in their own tenant', async () => {
    const as = STRANGERS['an administrator of another tenant'] ?? assert.fail();
    const body = { ...REQUEST, name: 'mine', on_behalf_of: owner.userId };
    const estimate = await service.ask('POST', '/v1/exports/estimate', { as, body });
    assert.equal((estimate.json as { rows: number }).rows, 5);
    const preview = await service.ask('POST', '/v1/exports/preview', { as, body });
    const own = [2, 4, 6, 8, 10].map((id) => [String(id), 'own']);
    assert.deepEqual((preview.json as { files: readonly { rows: unknown }[] }).files[0]?.rows, own);
    const created = await service.ask('POST', '/v1/exports', { as, body });
    const { job_id: jobId } = created.json as { job_id: string };
    await untilEnded(service, as, jobId);
    const file = String(await download(service, as, jobId));
    assert.equal(file, ['id,note', ...own.map((row) => row.join()), ''].join('\n'));
    assertProblem(await service.ask('GET', `/v1/exports/${jobId}`, { as: owner }), 'NOT_FOUND');
  });

  it('show a shared saved export only to users of the tenant, who cannot change it', async () => {
    const path = `/v1/saved-exports/${ids.saved_export_id}`;
    const body = { name: CANARY, shared: true, request: REQUEST };
    assert.equal((await service.ask('PUT', path, { as: owner, body })).status, 200);
    assert.equal((await service.ask('GET', path, { as: colleague })).status, 200);
    assertProblem(await service.ask('PUT', path, { as: colleague, body }), 'NOT_OWNER');
    assertProblem(await service.ask('DELETE', path, { as: colleague }), 'NOT_OWNER');
    const { 'another user of the tenant': _, ...foreign } = STRANGERS;
    for (const as of Object.values(foreign)) assertProblem(await service.ask('GET', path, { as }), 'NOT_FOUND');
  });

  it('still lead to the same data, which nobody else has changed', async () => {
    const { jobs, places, savedExports, temporal } = service.deps;
    const schedules = new ScheduleStore(temporal, places);
    assert.equal((await jobs.find(ids.job_id))?.shown_status, 'COMPLETED');
    assert.equal((await schedules.find(owner, ids.schedule_id))?.input.definition.name, CANARY);
    assert.equal((await savedExports.find(owner, ids.saved_export_id))?.name, CANARY);
    const { events } = (await service.ask('GET', '/v1/audit', { as: owner })).json as { events: { action: string }[] };
    assert.ok(!events.some(({ action }) => /deleted|erased|canceled/.test(action)));
  });
});
