import assert from 'node:assert/strict';
import { ERRORS, sentenceOf } from '../../shared/errors.js';
import { BUILT_IN_DATASETS, defineDataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { connectionFault } from '../../shared/webhooks/connection-fault.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { operatorsReason } from '../support/failures.js';
import { attemptsAfterTheFirst } from '../support/history.js';
import { closeCleanly } from '../support/leak-guard.js';
import { startService, type TestService } from '../support/service.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';
import { deliveriesOf, untilTried } from '../webhooks/support.js';
import { mailsTo, someReader, untilMailed } from '../workflows/support.js';

/** Terms of the database, the store, Temporal and Node, and names that only operators should see. */
const FOREIGN =
  /permission denied|secret_ledger|pg_|SQL|select |relation|column "|127\.0\.0\.1|ECONN|at .*\.(ts|js):\d|temporal|activity/i;

const { columns, key, tenantColumn } = orders;
const ledger = defineDataset({ name: 'ledger', title: 'Ledger', table: 'ledger', key, tenantColumn, columns });

describe('a failure', () => {
  let service: TestService;
  let receiver: Receiver;
  const user = someReader();

  before(async () => {
    receiver = await startReceiver();
    service = await startService({ orders: 100, datasets: [...BUILT_IN_DATASETS, ledger] });
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE secret_ledger AS SELECT * FROM orders;
       CREATE VIEW ledger AS SELECT * FROM secret_ledger;
       ALTER VIEW ledger OWNER TO pg_monitor`,
    );
    await service.startWorker();
  });
  after(async () => {
    await receiver.close();
    await closeCleanly(service);
  });

  it('for lack of privileges is immediate; the user reads a plain sentence, operators the reason', async () => {
    const jobId = await postExport(service, user, { type: 'ledger', notify: { webhook_url: receiver.url } });
    const { error_code, error_message } = await untilEnded(service, user, jobId, 'FAILED');
    assert.deepEqual([error_code, error_message], ['SOURCE_FORBIDDEN', sentenceOf('SOURCE_FORBIDDEN')]);
    assert.deepEqual(await attemptsAfterTheFirst(service, jobId), []);
    assert.match(await operatorsReason(service, jobId), /permission denied for table secret_ledger/);

    await untilMailed(user);
    await until('a webhook', () => Promise.resolve(receiver.received.length > 0));
    await untilTried(service, user, jobId, 1);
    const [mail] = await mailsTo(user);
    const estimate = await service.ask('POST', '/v1/exports/estimate', {
      as: user,
      body: { type: 'ledger', format: 'csv' },
    });
    const seen = {
      mail: `${mail?.subject} ${mail?.text}`,
      webhook: receiver.received[0]?.body ?? '',
      job: (await service.ask('GET', `/v1/exports/${jobId}`, { as: user })).text,
      list: (await service.ask('GET', '/v1/exports', { as: user })).text,
      estimate: estimate.text,
    };
    assert.equal(estimate.status, 500);
    const ofTheUser = receiver.url;
    for (const [where, text] of Object.entries(seen)) {
      assert.ok(text.includes("isn't allowed to read this dataset"), `${where}: ${text}`);
      assert.doesNotMatch(text.replaceAll(ofTheUser, ''), FOREIGN, where);
    }
  });

  it('to reach a receiver is explained in plain words in the list of deliveries', async () => {
    await receiver.close();
    const jobId = await postExport(service, user, { notify: { webhook_url: receiver.url } });
    await untilEnded(service, user, jobId);
    await untilTried(service, user, jobId, 1);
    const [delivery] = await deliveriesOf(service, user, jobId);
    assert.equal(delivery?.error, '127.0.0.1 refused the connection.');
  });
});

describe('error messages', () => {
  it('are plain sentences for every code that another service can cause', () => {
    for (const { sentence } of Object.values(ERRORS).filter((entry) => 'sentence' in entry)) {
      assert.doesNotMatch(sentence, FOREIGN);
      assert.doesNotMatch(sentence, /PostgreSQL|S3|bucket|[A-Z]{2,}_|\d/);
    }
  });

  it('are shown unchanged for exactly the codes whose messages the service writes itself', () => {
    const own = Object.entries(ERRORS).flatMap(([code, entry]) => ('sentence' in entry ? [] : [code]));
    assert.deepEqual(
      own.filter((code) => !AT_THE_DOOR.includes(code)),
      ['TOO_MANY_ROWS', 'FILE_TOO_LARGE', 'SCHEDULE_OUTDATED', 'WEBHOOK_UNAVAILABLE', 'WEBHOOK_REFUSED'],
    );
  });

  it('about connections to receivers contain no Node error code', () => {
    const codes = [
      'ENOTFOUND',
      'ECONNRESET',
      'CERT_HAS_EXPIRED',
      'EPROTO',
      'HPE_INVALID_CONSTANT',
      'EAI_AGAIN',
      'EWHAT',
    ];
    for (const code of codes) {
      const sentence = connectionFault('hook.example', code);
      assert.ok(sentence.includes('hook.example') && !sentence.includes(code), sentence);
    }
  });
});

/** Codes returned before a job exists: the service writes their messages itself. */
const AT_THE_DOOR = Object.keys(ERRORS).slice(0, Object.keys(ERRORS).indexOf('TOO_MANY_ROWS'));
