import assert from 'node:assert/strict';
import { ERRORS } from '../../../shared/errors.js';
import { queryRows } from '../../support/database.js';
import { postExport, until, untilEnded } from '../../support/exports.js';
import { someUser } from '../../support/service.js';
import { choose, exportsOn, newest, visitAs } from '../visit.js';
import type { World } from '../world.js';
import type { Teller } from '../teller.js';

/** Exports that have ended. */
export function pastExports(world: () => World, tell: Teller): void {
  tell.deepStory('says why an export failed', async () => {
    const { page, look, end } = await visitAs(world(), someUser());
    await choose(page, 'Broken');
    await page.getByRole('button', { name: 'Start export' }).click();
    await newest(page).getByText(ERRORS.DATASET_UNAVAILABLE.sentence).waitFor();
    await look('failed');
    await end();
  });

  tell.deepStory('counts down the last hour of a link, then removes the download button', async () => {
    const { service } = world();
    const me = someUser();
    const jobId = await postExport(service, me, { columns: ['id'] });
    await untilEnded(service, me, jobId);
    const endsIn = (interval: string): Promise<unknown> =>
      queryRows(service.databaseUrl, 'UPDATE export_jobs SET url_expires_at = now() + $2::interval WHERE job_id = $1', [
        jobId,
        interval,
      ]);
    await endsIn('59 minutes');
    const { page, look, end } = await visitAs(world(), me);
    const clock = newest(page).getByText(/link expires in 58:\d\d/);
    const first = await clock.textContent();
    await until('the next second', async () => (await clock.textContent()) !== first);
    await look('last-hour');
    await endsIn('3 seconds');
    await page.reload();
    await newest(page).getByText('link expired').waitFor();
    assert.equal(await page.getByRole('link', { name: /^Download / }).count(), 0);
    await page.reload();
    await newest(page).getByText('Expired').waitFor();
    await end();
  });

  tell.story('finds exports by their name, also older ones', async () => {
    const { service } = world();
    const me = someUser();
    const jobId = await postExport(service, me, { columns: ['id'], name: 'Paid orders, Q3' });
    await untilEnded(service, me, jobId);
    await queryRows(
      service.databaseUrl,
      `INSERT INTO export_jobs (job_id, user_id, tenant_id, user_ref, tenant_ref, name, type, filters, columns, format, options,
         notify, status, request_hash, created_at)
       SELECT gen_random_uuid(), user_id, tenant_id, user_ref, tenant_ref, 'Number ' || n, type, filters, columns, format, options,
         notify, 'CANCELLED', request_hash, created_at + n * interval '1 second'
       FROM export_jobs, generate_series(1, 199) AS n WHERE job_id = $1`,
      [jobId],
    );
    const { page, look, end } = await visitAs(world(), me);
    const items = exportsOn(page);
    await newest(page).getByText('Number 199').waitFor();
    await page.getByLabel('Find by name').fill('paid ORDERS');
    await page.getByText('1 export found.').waitFor();
    assert.equal(await items.count(), 1);
    await newest(page)
      .getByRole('link', { name: /^Download / })
      .waitFor();
    await look('found');
    await page.getByLabel('Find by name').fill('number 1');
    await page.getByText('The newest 20 exports with this in their name.').waitFor();
    await page.getByLabel('Find by name').fill('nothing');
    await page.getByText('No export has this in its name.').waitFor();
    await page.getByLabel('Find by name').fill('');
    await newest(page).getByText('Number 199').waitFor();
    await end();
  });

  tell.deepStory('loads older exports page by page', async () => {
    const { service } = world();
    const me = someUser();
    const jobId = await postExport(service, me, { columns: ['id'] });
    await untilEnded(service, me, jobId);
    await queryRows(
      service.databaseUrl,
      `INSERT INTO export_jobs (job_id, user_id, tenant_id, user_ref, tenant_ref, type, filters, columns, format, options, notify, status,
         request_hash, created_at)
       SELECT gen_random_uuid(), user_id, tenant_id, user_ref, tenant_ref, type, filters, columns, format, options, notify, 'CANCELLED',
         request_hash, created_at - n * interval '1 hour'
       FROM export_jobs, generate_series(1, 44) AS n WHERE job_id = $1`,
      [jobId],
    );
    const { page, look, end } = await visitAs(world(), me);
    const items = exportsOn(page);
    const older = page.getByRole('button', { name: 'Show older exports' });
    await newest(page).waitFor();
    assert.equal(await items.count(), 20);
    await older.click();
    await items.nth(39).waitFor();
    await look('history');
    await older.click();
    await items.nth(44).waitFor();
    assert.equal(await items.count(), 45);
    assert.equal(await older.count(), 0);
    await end();
  });

  tell.deepStory('exports all of the user’s data as one archive', async () => {
    const { page, look, end } = await visitAs(world(), someUser());
    await choose(page, 'Account');
    await page.getByText('One archive with your own rows from Orders, Transactions.').waitFor();
    await look('account');
    await page.getByRole('button', { name: 'Start export' }).click();
    await newest(page).getByText('Ready').waitFor();
    await newest(page)
      .getByRole('link', { name: /\.zip$/ })
      .waitFor();
    await end();
  });
}
