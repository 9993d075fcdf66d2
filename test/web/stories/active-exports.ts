import assert from 'node:assert/strict';
import { postExport, until, untilEnded } from '../../support/exports.js';
import { someUser } from '../../support/service.js';
import { focused, tabTo } from '../keyboard.js';
import { openLine } from '../line.js';
import { newest, visit, visitAs } from '../visit.js';
import { jobsOf, onlyJobOf, countOrders, tokenFor, type World } from '../world.js';
import type { Teller } from '../teller.js';

/** Exports while they run. */
export function activeExports(world: () => World, tell: Teller): void {
  tell.deepStory('shows the progress of an export, and cancels it by keyboard', async () => {
    const me = someUser();
    const { page, look, end } = await visitAs(world(), me);
    await tabTo(page, 'Data');
    await page.keyboard.type('Slow');
    await tabTo(page, 'Start export');
    await page.keyboard.press('Enter');
    const percent = (): Promise<number> => page.evaluate<number>("document.querySelector('progress')?.value ?? 0");
    await until('some progress', async () => (await percent()) > 0);
    const before = await percent();
    await look('exporting');
    await until('more progress', async () => (await percent()) > before);
    await newest(page)
      .getByText(new RegExp(` of ${await countOrders(world(), 'true')} rows · .* rows/s · .* left`))
      .waitFor();

    const cancel = 'Cancel Slow orders as CSV';
    await tabTo(page, cancel);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await look('cancel-question');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), cancel, 'the focus returns to the button');
    // A dialog that is closing doesn't swallow the next key, however quickly it is pressed.
    for (let round = 0; round < 10; round++) {
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Enter');
    await tabTo(page, 'Cancel the export');
    await page.keyboard.press('Enter');
    await newest(page).getByText('Canceled', { exact: true }).waitFor();
    await until('the focus stays there', async () => (await focused(page)) === 'Slow orders as CSV', 1000);
    await untilEnded(world().service, me, await onlyJobOf(world(), me), 'CANCELLED');
    await end();
  });

  tell.deepStory('resumes showing progress after the connection was lost', async () => {
    const { service } = world();
    const me = someUser();
    const jobId = await postExport(service, me, { type: 'slow' });
    const line = await openLine(service.url);
    try {
      const { page, end } = await visit(world(), `/#token=${await tokenFor(me)}`, line.url);
      await newest(page).getByText('rows/s').waitFor();
      line.cut();
      await newest(page).getByText('Connection lost').waitFor();
      line.mend();
      await newest(page).getByText('rows/s').waitFor();
      await service.ask('POST', `/v1/exports/${jobId}/cancel`, { as: me });
      await newest(page).getByText('Canceled', { exact: true }).waitFor();
      await end(/net::ERR_/);
    } finally {
      await line.close();
    }
  });

  tell.deepStory('says that the limit is reached before the user tries to start another', async () => {
    const { service } = world();
    const me = someUser();
    const active = await Promise.all([1, 2].map(() => postExport(service, me, { type: 'slow' })));
    const { page, look, end } = await visitAs(world(), me);
    await page.getByText('2 exports running (limit 2). Wait for one to finish.').waitFor();
    const start = page.getByRole('button', { name: 'Start export' });
    assert.equal(await start.getAttribute('aria-disabled'), 'true');
    await start.click({ force: true });
    await look('limit');
    assert.equal((await jobsOf(world(), me)).length, 2);
    for (const jobId of active) await service.ask('POST', `/v1/exports/${jobId}/cancel`, { as: me });
    await page.getByText('0 of 2 exports running.').waitFor();
    assert.equal(await start.getAttribute('aria-disabled'), 'false');
    await end();
  });
}
