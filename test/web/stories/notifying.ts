import assert from 'node:assert/strict';
import { someUser } from '../../support/service.js';
import { rowOf } from '../../workflows/support.js';
import { newest, visitAs } from '../visit.js';
import { onlyJobOf, type World } from '../world.js';
import type { Teller } from '../teller.js';

/** Who gets an email. */
export function notifying(world: () => World, tell: Teller): void {
  tell.story('emails nobody when the box is cleared', async () => {
    const user = someUser();
    const { page, look, end } = await visitAs(world(), user);
    await page.getByText('Notify me when it’s ready').click();
    const box = page.getByRole('checkbox', { name: 'Send an email' });
    assert.equal(await box.isChecked(), true, 'it is the default');
    await page.getByLabel('Email address').fill('what is typed here no longer matters');
    await box.uncheck();
    await page.getByLabel('Email address').waitFor({ state: 'detached' });
    await look('email-nobody');
    await page.getByRole('button', { name: 'Start export' }).click();
    await newest(page).getByText('Ready').waitFor();
    await end();
    assert.deepEqual((await rowOf(world().service, await onlyJobOf(world(), user))).notify, {});
  });
}
