import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { FORMATS } from '../../shared/formats/index.js';
import { choicesSchema } from '../../shared/request/choices-schema.js';
import { previewSchema } from '../../shared/request/preview-schema.js';
import { assertProblem } from '../api/problems.js';
import { queryRows } from '../support/database.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { allow, CANARIES, LIMITED_COLUMNS } from './people.js';

interface Stage {
  /** May see everything. */
  readonly alice: Principal;
  /** May not. */
  readonly bob: Principal;
  readonly service: () => TestService;
}

/** Exports and downloads a file of people. */
export async function fileOfPeople(service: TestService, as: Principal, body: object): Promise<Buffer> {
  const jobId = await postExport(service, as, { type: 'people', ...body });
  await untilEnded(service, as, jobId);
  return download(service, as, jobId);
}

/** Rights on columns after the request: in previews and runs, when an export begins, and at its downloads. */
export function rightsLater({ alice, bob, service: started }: Stage): void {
  it('applies to previews and to runs of schedules and shared saved exports', async () => {
    const service = started();
    for (const format of FORMATS.keys()) {
      const answer = await service.ask('POST', '/v1/exports/preview', { as: bob, body: { type: 'people', format } });
      const [file] = previewSchema.parse(answer.json).files;
      assert.deepEqual(
        file?.columns.map(({ name }) => name),
        LIMITED_COLUMNS,
      );
      assert.ok(answer.text.includes('****') && !answer.text.includes('canary'), format);
      assert.deepEqual(
        CANARIES.filter((canary) => answer.text.includes(canary)),
        [],
      );
    }
    const asAlice = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await service.ask('POST', path, { as: alice, body });
      assert.equal(answer.status, 201, answer.text);
      return answer.json as Record<string, unknown>;
    };
    const request = { type: 'people', format: 'csv', columns: ['id', 'email'] };
    const { saved_export_id: id } = await asAlice('/v1/saved-exports', { name: 'Contacts', shared: true, request });
    const run = await service.ask('POST', `/v1/saved-exports/${String(id)}/run`, { as: bob });
    assertProblem(run, 'NOT_PERMITTED', ['/request/columns/1']);

    const schedule = { name: 'Daily', cron: '@daily', timezone: 'UTC' };
    const erin = someUser();
    await allow(erin, service.databaseUrl, true);
    const create = async (columns: readonly string[] | undefined) => {
      const body = { ...schedule, request: { type: 'people', format: 'csv', columns } };
      const answer = await service.ask('POST', '/v1/schedules', { as: erin, body });
      assert.equal(answer.status, 201, answer.text);
      return (answer.json as { schedule_id: string }).schedule_id;
    };
    const [named, all] = [await create(['id', 'email']), await create(undefined)];
    await allow(erin, service.databaseUrl, false);
    const runOf = async (scheduleId: string): Promise<string> => {
      const answer = await service.ask('POST', `/v1/schedules/${scheduleId}/run`, { as: erin });
      assert.equal(answer.status, 202, answer.text);
      return until('the run', async () => {
        const { json } = await service.ask('GET', `/v1/schedules/${scheduleId}`, { as: erin });
        return (json as { recent_runs: { job_id: string }[] }).recent_runs[0]?.job_id;
      });
    };
    const failed = await runOf(named);
    await until('its row', async () => (await service.deps.jobs.find(failed)) !== null);
    assert.equal((await untilEnded(service, erin, failed, 'FAILED')).error_code, 'NOT_PERMITTED');
    const whole = await runOf(all);
    await until('its row', async () => (await service.deps.jobs.find(whole)) !== null);
    await untilEnded(service, erin, whole);
    assert.deepEqual(String(await download(service, erin, whole)).split('\n')[0], LIMITED_COLUMNS.join(','));
  });

  it('is checked again when the export begins', async () => {
    const service = started();
    // Revokes the permission as soon as the export has its row.
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION revoke_may_see() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN UPDATE staff SET may_see = false WHERE id = NEW.user_id; RETURN NEW; END $$;
       CREATE TRIGGER revoke_may_see AFTER INSERT ON export_jobs FOR EACH ROW EXECUTE FUNCTION revoke_may_see()`,
    );
    const carol = someUser();
    try {
      for (const body of [
        { columns: ['id', 'email'] },
        { columns: ['id'], filters: { email: 'canary' } },
        { columns: ['rank'] },
        {},
      ]) {
        await allow(carol, service.databaseUrl, true);
        const jobId = await postExport(service, carol, { type: 'people', ...body });
        const { error_code: code } = await untilEnded(service, carol, jobId, 'FAILED');
        assert.equal(code, 'NOT_PERMITTED');
      }
      await allow(carol, service.databaseUrl, true);
      // Masked from then on.
      assert.match(
        String(await fileOfPeople(service, carol, { columns: ['id', 'phone'] })),
        /^id,phone\n1,\*{4}1-55\n/,
      );
      await allow(carol, service.databaseUrl, true);
      assert.match(
        String(await fileOfPeople(service, carol, { columns: ['id', 'badge'] })),
        /^id,badge\n1,\*{4}1-77\n/,
      );
    } finally {
      await queryRows(service.databaseUrl, 'DROP TRIGGER revoke_may_see ON export_jobs');
    }
  });

  it('is checked again at every download: a file with more than its owner may see is not handed out', async () => {
    const service = started();
    const dave = someUser();
    await allow(dave, service.databaseUrl, true);
    const made = async (body: object) => {
      const jobId = await postExport(service, dave, { type: 'people', ...body });
      const { download_url: link } = await untilEnded(service, dave, jobId);
      return { api: `/v1/exports/${jobId}/download`, link: new URL(link ?? '').pathname };
    };
    const more = [
      await made({ columns: ['id', 'email'] }),
      await made({ columns: ['id', 'phone'] }),
      await made({ columns: ['contact'] }),
      await made({ columns: ['badge'] }),
      await made({ columns: ['bonus'] }),
      await made({ columns: ['id'], filters: { salary: { gt: 0 } } }),
      await made({ type: 'account', format: 'json', columns: undefined }),
    ];
    const same = await made({ columns: ['id', 'name', 'tax_id', 'greeting'] });

    await allow(dave, service.databaseUrl, false);
    for (const { api, link } of more) {
      assertProblem(await service.ask('GET', api, { as: dave }), 'NOT_PERMITTED');
      assertProblem(await service.ask('GET', link), 'NOT_FOUND');
    }
    assert.equal((await service.ask('GET', same.link)).status, 302);
    // A masked file stays fine when its owner may see more.
    const masked = await made({ columns: ['id', 'phone'] });
    await allow(dave, service.databaseUrl, true);
    for (const { link } of [...more, masked]) assert.equal((await service.ask('GET', link)).status, 302);
  });

  it('never allows hashes of two keys in one file', async () => {
    const service = started();
    // As if the plan had been made by a worker with another MASK_KEY.
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION other_key() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.plan := jsonb_set(NEW.plan, '{maskKeyId}', '"0123456789abcdef"'); RETURN NEW; END $$;
       CREATE TRIGGER other_key BEFORE UPDATE ON export_jobs FOR EACH ROW
         WHEN (NEW.plan->>'maskKeyId' IS NOT NULL) EXECUTE FUNCTION other_key()`,
    );
    const hashed = await postExport(service, bob, { type: 'people', columns: ['id', 'card'] });
    assert.equal((await untilEnded(service, bob, hashed, 'FAILED')).error_code, 'WORKER_OUTDATED');
    const others = await postExport(service, bob, { type: 'people', columns: ['id', 'phone'] });
    await untilEnded(service, bob, others);
    await queryRows(service.databaseUrl, 'DROP TRIGGER other_key ON export_jobs');
  });

  it('releases nothing while it cannot be checked', async () => {
    const service = started();
    await queryRows(service.databaseUrl, 'ALTER TABLE staff RENAME TO nobody');
    try {
      for (const path of ['/v1/exports', '/v1/exports/estimate']) {
        const body = { type: 'people', format: 'csv' };
        assertProblem(await service.ask('POST', path, { as: alice, body }), 'DATASET_UNAVAILABLE');
      }
      // As for Bob, who has no permission.
      const [listed] = choicesSchema.parse((await service.ask('GET', '/v1/datasets', { as: alice })).json).datasets;
      assert.deepEqual(
        listed?.columns.map(({ name }) => name),
        ['id', 'name', 'phone', 'card', 'tax_id', 'born_on', 'seen_at', 'salary', 'badge', 'greeting', 'bonus'],
      );
      assert.equal(listed.rights_unknown, true);
    } finally {
      await queryRows(service.databaseUrl, 'ALTER TABLE nobody RENAME TO staff');
    }
  });
}
