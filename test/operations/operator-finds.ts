import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { operateOn, slotsOf, someReader, temporal } from '../workflows/support.js';
import { standings, type HeldAt } from './standings.js';

import { operatorCalls } from './operator-calls.js';

/** How an operator finds exports and sees what they do. */
export function operatorFinds(at: () => HeldAt): void {
  const { workflow, holds, listed, untilListed } = operatorCalls(() => at().service);
  const { queued, planning, inSegments } = standings(at);

  it('finds all exports that ended badly with one query, and none that ended well', async () => {
    const { service, door } = at();
    const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, query = ''] = /^### Exports that ended badly\n[^]*?^```\n(.*)\n```/m.exec(page) ?? [];
    const saved = [...page.matchAll(/^\/namespaces\/default\/workflows(\?.*)$/gm)].map(([, search]) =>
      new URLSearchParams(search).get('query'),
    );
    assert(saved.includes(query), 'the saved view has the same query');

    const user = someReader();
    const { jobId: terminated, go } = await inSegments(user);
    await operateOn(service, 'terminate', terminated);
    await untilEnded(service, user, terminated, 'FAILED');
    await go();
    const completed = await postExport(service, user);
    await untilEnded(service, user, completed);
    await until('its slot is free', async () => !(await holds(user, completed)));
    await door.close();
    const { jobId: failed } = await inSegments(user);
    await door.trap();
    await untilEnded(service, user, failed, 'FAILED');
    assert.match(await workflow('metadata', failed), /FAILED \(\w+\), was \*\*exporting\*\*/);

    const own = `ExportUserId = "${user.userId}"`;
    await untilListed(`${own} AND ExecutionStatus = "Completed"`, completed);
    for (const jobId of [terminated, failed]) await untilListed(`${own} AND ${query}`, jobId);
    assert(!(await listed(`${own} AND ${query}`)).includes(exportWorkflowId(completed)));
  });

  it('sees when planning began, and its attempt under Pending Activities', async () => {
    const { service } = at();
    const user = someReader();
    const { jobId, go } = await planning(user);
    const attempt = /Pending Activities: 1\s+ActivityId +plan\s[^]*Attempt +1/;
    await until('its attempt', async () => attempt.test(await workflow('describe', jobId)));
    assert.match(
      await workflow('metadata', jobId),
      /\*\*planning\*\* since \d\d:\d\d:\d\d UTC\s+attempts and last failure: Pending Activities/,
    );
    await go();
    await untilEnded(service, user, jobId);
    assert.match(await workflow('metadata', jobId), /\*\*done\*\*: \d+ rows/);
  });

  it('finds exports by user, dataset and status, and sees their progress', async () => {
    const { service, door } = at();
    const user = someReader();
    const own = `ExportUserId = "${user.userId}" AND ExportTenantId = "${user.tenantId}" AND ExportFormat = "CSV"`;
    const waiting = await queued(user);
    await untilListed(`${own} AND ExportState = "QUEUED" AND ExecutionStatus = "Running"`, waiting.jobId);
    await untilListed(`${own} AND ExportState = "CANCELLED"`, waiting.jobId);
    const slots = `export-slots/${user.tenantId}/${user.userId}`;
    const semaphore = `${own.replace(/ AND ExportFormat.*/, '')} AND WorkflowType = "userExportSlots"`;
    assert.deepEqual(await listed(`${semaphore} AND ExecutionStatus = "Running"`), [slots]);
    const details = await temporal(service, 'workflow', 'metadata', '--workflow-id', slots);
    assert.match(details, new RegExp(`1 of 1 slots held: .*waiting: ${waiting.jobId}`, 's'));
    const holder = Object.keys((await slotsOf(service, user))?.holders ?? {})[0] ?? '';
    await untilListed(`${own} AND ExportState = "PROCESSING"`, holder);
    const shown = await workflow('metadata', holder);
    assert.match(shown, /exporting\*\*, \d+%: 1 of 2 segments, \d+ of 1700 rows(, \d+ rows\/s until [\d:]+ UTC)?\s*\n/);
    assert.match(await workflow('describe', holder), /orders_behind_door_1 as CSV.*segment-0001/s);
    await door.trap();
    await untilListed(`${own} AND ExportState = "FAILED"`, holder);
    await door.open();
    const { row_count } = await untilEnded(service, user, waiting.jobId);
    await untilListed(`${own} AND ExportState = "COMPLETED" AND ExportRows = ${row_count}`, waiting.jobId);
  });
}
