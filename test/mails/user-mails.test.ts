import assert from 'node:assert/strict';
import { readableTime } from '../../shared/mails/readable.js';
import { deeply } from '../support/depth.js';
import { download, postExport, until, untilEnded } from '../support/exports.js';
import { behind, endStage, startStage, type DoorStage } from '../workflows/doors.js';
import { mailsTo, operateOn, rowOf, someReader, type ReceivedMail, type Reader } from '../workflows/support.js';

describe('the user of an export', () => {
  let stage: DoorStage;
  before(async () => {
    stage = await startStage();
  });
  after(() => endStage(stage));

  const mailOf = (user: Reader): Promise<ReceivedMail> => until('a mail', async () => (await mailsTo(user))[0]);
  const notify = ({ email }: Reader) => ({ notify: { email } });

  it('gets a mail with the facts and the expiry in the export’s timezone, and can download the file', async () => {
    const { service } = stage;
    const user = someReader();
    const options = { timezone: 'Asia/Kathmandu', compression: 'gzip' };
    const jobId = await postExport(service, user, { ...notify(user), columns: ['id', 'total'], options });
    const { row_count: rows } = await untilEnded(service, user, jobId);
    const { subject, text } = await mailOf(user);
    const { url_expires_at: expiresAt } = await rowOf(service, jobId);
    assert(expiresAt !== null);
    assert.equal(subject, 'Your Orders export is ready');
    assert.ok(text.includes(`The link works until ${readableTime(expiresAt, 'Asia/Kathmandu')}.`), text);
    assert.match(text, new RegExp(`Rows:\\s+${rows?.toLocaleString('en') ?? ''}\\n`));
    assert.match(text, /File:\s+orders-[\d-]+-[0-9a-f]{8}\.csv\.gz\nFormat:\s+CSV, compressed with gzip\n/);
    assert.match(text, /Columns:\s+2\n/);
    const [link = ''] = /^http\S+$/m.exec(text) ?? [];
    const answer = await service.ask('GET', new URL(link).pathname);
    assert.equal(answer.status, 302, answer.text);
    const file = await fetch(answer.headers.get('location') ?? '');
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(await download(service, user, jobId)));
  });

  deeply('gets a mail if an operator canceled it', async () => {
    const { service, doors } = stage;
    const user = someReader();
    const door = await doors.closed(1);
    const jobId = await postExport(service, user, { ...behind(1), ...notify(user) });
    await door.untilWaiting();
    await operateOn(service, 'cancel', jobId);
    await untilEnded(service, user, jobId, 'CANCELLED');
    await door.open();
    const { subject, text } = await mailOf(user);
    assert.equal(subject, 'Your Orders export was canceled');
    assert.match(text, /An operator canceled your Orders export/);
  });
});
