import { until } from '../../support/exports.js';
import { BUILT_IN_DATASETS } from '../../../shared/datasets/index.js';
import { closeCleanly } from '../../support/leak-guard.js';
import { someUser, startService } from '../../support/service.js';
import { openLine } from '../line.js';
import { visit, visitAs } from '../visit.js';
import { tokenFor, type World } from '../world.js';
import type { Teller } from '../teller.js';

/** Requests and tokens that the service rejects, and a service that is down. */
export function shownProblems(world: () => World, tell: Teller): void {
  tell.deepStory('shows each problem at its field', async () => {
    const { page, look, end } = await visitAs(world(), someUser());
    const start = page.getByRole('button', { name: 'Start export' });
    await page.getByLabel('At least').fill('much');
    await page.getByText('must be a number.').waitFor();
    await page.getByLabel('At least').fill('');

    await page.getByLabel('From').fill('2026-02-01');
    await page.getByLabel('To', { exact: true }).fill('2026-01-31');
    await page.getByText('must not end before it starts.').waitFor();
    await page.getByLabel('From').fill('');
    await page.getByLabel('To', { exact: true }).fill('');

    await page.getByText('Notify me when it’s ready').click();
    await page.getByLabel('Email address').fill('nobody');
    await start.click();
    await page.getByText('an email address such as ana@example.com').waitFor();
    await look('field-problem');
    await page.getByText('More CSV options').click();
    await page.getByText('Reorder columns').click();
    await look('unfolded');
    await end(/status of 400/);
  });

  tell.deepStory('returns to sign-in with an explanation when the token expires', async () => {
    // The service allows for five seconds of clock skew, so this token is valid for that long.
    const { page, look, end } = await visitAs(world(), someUser(), 0);
    await page.getByRole('heading', { name: 'New export' }).waitFor();
    const sentence = page.getByText('The token has expired. Please sign in again.');
    const expired = async (): Promise<boolean> => {
      // Each change requests another estimate a moment later.
      const column = page.getByLabel('Order ID', { exact: true });
      await column.click({ timeout: 500 }).catch(() => undefined);
      return sentence.isVisible();
    };
    await until('the token has expired', expired, 20_000, () => 600);
    await look('token-expired');
    await end(/status of 401/);
  });

  tell.story('rejects text that is not a token, and says why', async () => {
    const { page, end } = await visitAs(world(), someUser());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').fill('not a token: it has a colon');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText("This isn't an access token").waitFor();
    await page.getByLabel('Token').fill('bm90.YQ.dG9rZW4');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Please sign in again.').waitFor();
    await end(/status of 401/);
  });

  tell.deepStory('says that the service is not responding, and retries on demand', async () => {
    const line = await openLine(world().service.url);
    try {
      const { page, look, end } = await visit(world(), '/', line.url);
      await page.getByLabel('Token').fill(await tokenFor(someUser()));
      line.cut();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText("The service isn't responding.").waitFor();
      await look('no-answer');
      line.mend();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'New export' }).waitFor();
      await end(/net::ERR_/);
    } finally {
      await line.close();
    }
  });
  tell.deepStory('says so if there is nothing that a user may export', async () => {
    const datasets = BUILT_IN_DATASETS.map(({ userColumn: _, ...shared }) => ({ ...shared, permission: 'false' }));
    const service = await startService({ orders: 1, page: true, datasets });
    try {
      const { page, look, end } = await visitAs({ ...world(), service }, someUser());
      await page.getByText("You don't have permission to export anything.").waitFor();
      await look('nothing-to-export');
      await end();
    } finally {
      await closeCleanly(service);
    }
  });
}
