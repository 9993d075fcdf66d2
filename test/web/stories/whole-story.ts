import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Principal } from '../../../api/deps.js';
import { download, readJob } from '../../support/exports.js';
import { someUser } from '../../support/service.js';
import { focused, tabTo } from '../keyboard.js';
import { choose, newest, visit, visitAs } from '../visit.js';
import { onlyJobOf, countOrders, tokenFor, type World } from '../world.js';
import type { Teller } from '../teller.js';

const PAID = "status = 'paid' AND total >= 10";

/** Runs in the page. Counts what it has stored at the moment it shows the sign-in form. */
const WATCH_STORAGE = `new MutationObserver(() => {
  const signIn = [...document.querySelectorAll('h1, h2')].some((heading) => heading.textContent === 'Sign in');
  if (signIn) window.stored ??= sessionStorage.length;
}).observe(document.body, { childList: true, subtree: true })`;

const estimated = (page: Page, text: string): Promise<void> => page.locator('.estimate').getByText(text).waitFor();

/** Asserts that the browser saves the job's file, byte for byte. @param words of the file's name */
async function assertDownloads(
  world: World,
  page: Page,
  as: Principal,
  press: () => Promise<void>,
  words = 'orders',
): Promise<void> {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  const wanted = await download(world.service, as, await onlyJobOf(world, as));
  assert.ok((await readFile(await file.path())).equals(wanted));
  assert.match(file.suggestedFilename(), new RegExp(`^${words}-.*\\.csv$`));
}

/** From signing in to downloading the file. */
export function wholeStory(world: () => World, tell: Teller): void {
  tell.story('exports, downloads and deletes a file by mouse', async () => {
    const me = someUser();
    const { page, look, end } = await visit(world(), '/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look('sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Paste a token first.').waitFor();
    await look('sign-in-problem');
    await page.getByLabel('Token').fill(await tokenFor(me));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await estimated(page, `${await countOrders(world(), 'true')} rows`);
    assert.equal(await focused(page), 'New export');
    await look('new-export');

    await choose(page, 'Orders');
    await page.getByRole('button', { name: 'Select none' }).click();
    for (const column of ['Order ID', 'Status', 'Total']) await page.getByLabel(column, { exact: true }).check();
    await page.getByLabel('Export name').fill('Paid orders, Q3');
    await page.getByLabel('paid').check();
    await page.getByLabel('At least').fill('10');
    await page.getByLabel('From').fill('2020-01-01');
    await page.getByLabel('Sort by').selectOption('Placed at, newest first');
    await estimated(page, `${await countOrders(world(), PAID)} rows`);
    await page.getByText('Counted exactly.').waitFor();
    await page.getByRole('button', { name: 'Start export' }).dblclick();
    await newest(page).getByText('Ready').waitFor();
    await look('ready');
    await newest(page).getByRole('heading', { name: 'Paid orders, Q3' }).waitFor();
    const press = () => page.getByRole('link', { name: /^Download / }).click();
    await assertDownloads(world(), page, me, press, 'Paid-orders-Q3');
    const {
      columns,
      filters,
      sort,
      row_count: rows,
    } = await readJob(world().service, me, await onlyJobOf(world(), me));
    assert.deepEqual(
      { columns, filters, sort, rows },
      {
        columns: ['id', 'status', 'total'],
        filters: { date_range: { from: '2020-01-01' }, status: ['paid'], total: { gte: '10' } },
        sort: '-placed_at',
        rows: await countOrders(world(), PAID),
      },
    );

    await page.reload();
    await newest(page).getByText('Ready').waitFor();
    await newest(page).getByRole('button', { name: 'Delete file' }).click();
    await look('delete-question');
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await newest(page).getByText('Deleted').waitFor();
    await page.evaluate(WATCH_STORAGE);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate('window.stored'), 0, 'the token is removed before the sign-in form appears');
    await end();
  });

  tell.story('exports and downloads a file by keyboard alone', async () => {
    const me = someUser();
    const { page, end } = await visitAs(world(), me);
    await page.getByRole('heading', { name: 'New export' }).waitFor();
    assert.equal(new URL(page.url()).hash, '', 'the token is removed from the address');
    await tabTo(page, 'Data');
    await page.keyboard.type('Orders');
    await tabTo(page, 'Select none');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Order ID');
    await page.keyboard.press('Space');
    await tabTo(page, 'Status');
    await page.keyboard.press('Space');
    await tabTo(page, 'Reorder columns');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Move Status up');
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'Move Status up', 'the focus moves along');
    await tabTo(page, 'refunded');
    await page.keyboard.press('Space');
    await estimated(page, `${await countOrders(world(), "status = 'refunded'")} rows`);
    await tabTo(page, 'Start export');
    await page.keyboard.press('Enter');
    await newest(page).getByText('Ready').waitFor();
    assert.equal(await focused(page), 'Orders as CSV', 'the new export has the focus');
    await tabTo(page, /^Download /);
    await assertDownloads(world(), page, me, () => page.keyboard.press('Enter'));
    const { columns } = await readJob(world().service, me, await onlyJobOf(world(), me));
    assert.deepEqual(columns, ['status', 'id']);
    await end();
  });
}
