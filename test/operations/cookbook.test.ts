import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../dev/stack/run-command.js';
import { orders } from '../../shared/datasets/orders.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { behind, endStage, startStage, type Door, type Doors } from '../workflows/doors.js';
import { someReader, untilCommitted } from '../workflows/support.js';
import { commandsIn, fits, withIds, type Command, type Ids } from './transcript.js';

const PAGE = new URL('../../docs/operations.md', import.meta.url);
/** Read-only commands, which can be repeated until they show the expected result. */
const LOOKS = /^temporal (?:batch describe|workflow (?:list|count|describe|metadata|query)) /;

describeDeeply('docs/operations.md', function () {
  // The CLI runs about forty times.
  this.timeout(180_000);
  let service: TestService;
  let doors: Doors;
  let door: Door;

  before(async () => {
    // The export runs one segment at a time, and the third waits at the door.
    ({ service, doors } = await startStage({
      datasets: [{ ...orders, table: behind(1).type }],
      tuning: { maxSegmentRows: 300, segmentsInFlight: 1 },
    }));
    // A rate is shown only after a second of work.
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_sleep(1.1); RETURN NEW; END $$;
       CREATE TRIGGER linger BEFORE UPDATE ON export_segments FOR EACH ROW
         WHEN (NEW.segment = 0 AND NEW.rows IS NOT NULL) EXECUTE FUNCTION linger()`,
    );
    door = await doors.closed(1);
    await door.open();
  });
  after(() => endStage({ service, doors }));

  /** Runs a line as an operator's shell would, and returns its output; the test fails if the command fails. */
  async function type(line: string, job: string): Promise<string> {
    const { temporalCli, dataDir } = stack();
    const env = {
      PATH: [dirname(temporalCli), process.env.PATH].join(delimiter),
      HOME: dataDir,
      TEMPORAL_ADDRESS: service.env.TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: service.namespace,
      J: job,
    };
    const { ok, output } = await runCommand('sh', ['-c', line], { env, timeoutMs: 20_000 });
    // Retry, as an operator would, while Temporal handles another request.
    if (output.includes('Workflow is busy')) return sleep(500).then(() => type(line, job));
    assert.ok(ok, `$ ${line}\n${output}`);
    return output;
  }

  async function answerTo(command: Command, ids: Ids, job: string): Promise<void> {
    const line = withIds(command.line, ids);
    let answer = '';
    const fitting = async (): Promise<boolean> => fits(command, (answer = await type(line, job)), ids);
    const isSo = LOOKS.test(line) ? await until(line, fitting, 10_000).catch(() => false) : await fitting();
    assert.ok(isSo, `$ ${line}\n${answer}\nbut the page says\n${command.output}`);
  }

  it('has commands that work in order, and shows what Temporal really prints', async () => {
    const page = await readFile(PAGE, 'utf8');
    const commands = commandsIn(page);
    const [, jobOfPage = ''] = /`J=(.*?)`/.exec(page) ?? [];
    const [, tenantOfPage = '', userOfPage = ''] = /export-slots\/([-\w]{36})\/([-\w]{36})/.exec(page) ?? [];
    const [, otherOfPage = ''] = /Running +export\/(\S+)/.exec(page) ?? [];
    const [user, colleague] = [someReader(), someReader()];
    const ids: Ids = new Map([
      [tenantOfPage, user.tenantId],
      [userOfPage, user.userId],
    ]);
    const job = (): string => ids.get(jobOfPage) ?? '';
    /** An export with committed segments and one that waits at the door. */
    async function begun(as = user): Promise<string> {
      const jobId = await postExport(service, as, { format: 'ndjson' });
      await untilCommitted(service, jobId);
      return jobId;
    }

    /** Sets up the situation that a section describes; sections without one continue from the previous section. */
    const situations: Record<string, () => Promise<unknown>> = {
      'Find exports': async () => {
        for (let n = 0; n < 3; n += 1) await untilEnded(service, user, await postExport(service, user));
        await door.close();
        ids.set(jobOfPage, await begun());
        ids.set(otherOfPage, await begun());
      },
      'Cancel, one or many': () => begun(colleague),
      Terminate: async () => {
        for (const id of [job(), ids.get(otherOfPage) ?? '']) await untilEnded(service, user, id, 'CANCELLED');
        ids.set(jobOfPage, await begun());
        await door.untilWaiting();
      },
      Retry: () => untilEnded(service, user, job(), 'FAILED'),
      Pause: () =>
        until('the third segment', async () =>
          (await type('temporal workflow describe -w export/$J', job())).includes('segment-0002'),
        ),
    };

    const sections = [...new Set(commands.map(({ section }) => section))];
    for (const section of Object.keys(situations)) assert.ok(sections.includes(section), `commands under ${section}`);
    for (const section of sections) {
      await situations[section]?.();
      for (const command of commands.filter((one) => one.section === section)) await answerTo(command, ids, job());
    }
    await door.open();
    await untilEnded(service, user, job());

    const [, others = ''] = /Other useful queries: (.*)/.exec(page) ?? [];
    const queries = [...others.matchAll(/`(.*?)`/g)].map(([, query = '']) => query);
    assert.ok(queries.length > 0);
    for (const query of queries)
      assert.match(await type(`temporal workflow count -q '${query}'`, job()), /^Total: \d+$/);
  });
});
