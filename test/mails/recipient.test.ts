import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import { asciiAddress, mailAddress } from '../../shared/mails/address.js';
import { readRecipientRule, recipientOf, type RecipientRule } from '../../shared/mails/recipient.js';
import { assertProblem, nameOf } from '../api/problems.js';
import { someone, startApi, type TestApi } from '../api/support.js';

const OWN = 'ana@northwind.example';
const DOMAINS: RecipientRule = { domains: ['northwind.example', 'xn--bcher-kva.example'] };

describe('validation of a mail address', () => {
  const GOOD = [
    ...['ana@example.com', 'a&b@example.com', 'a/b@example.com', 'a=b@example.com', "o'neil+x@mail.example.co.uk"],
    ...['ana@bücher.example', 'ana@例え.テスト', 'ana@xn--bcher-kva.example', 'ana@EXAMPLE.com'],
    `${'a'.repeat(64)}@example.com`,
  ];
  const BAD = [
    ...['', 'ana', '@example.com', 'ana@', 'ana@localhost', 'a b@example.com', '.a@example.com', 'a..b@example.com'],
    ...['ana@exa mple.com', 'ana@-x.com', 'ana@1.2.3.4', 'ana@[1.2.3.4]', 'ana@example.com\r\nBcc: x@y.example'],
    ...['a@b@example.com', 'ana@example.com,x@y.example', '"a"@example.com', 'änä@example.com', 'ana@example.com/x'],
    ...[`${'a'.repeat(65)}@example.com`, `a@${'a'.repeat(64)}.com`, `a@${'abc.'.repeat(70)}com`],
  ];
  for (const address of GOOD) {
    it(`accepts ${address}`, () => {
      assert.ok(mailAddress.safeParse(address).success);
    });
  }
  for (const address of BAD) {
    it(`rejects ${JSON.stringify(address)}`, () => {
      assert.ok(!mailAddress.safeParse(address).success);
    });
  }
  it('converts its domain to ASCII', () => {
    assert.equal(asciiAddress('a/b@bücher.example'), 'a/b@xn--bcher-kva.example');
    assert.equal(asciiAddress('Ana@Example.com'), 'Ana@example.com');
  });
});

describe('NOTIFY_EMAIL', () => {
  it('can be token, any or domains', () => {
    assert.equal(readRecipientRule('token'), 'token');
    assert.equal(readRecipientRule('any'), 'any');
    assert.deepEqual(readRecipientRule('domains:northwind.example, bücher.example'), DOMAINS);
    for (const text of ['', 'all', 'domains', 'domains:', 'domains:a b.com', 'domains:x.com:y', 'domains:x.com,']) {
      assert.equal(readRecipientRule(text), null, text);
    }
  });

  it('decides which addresses users may send email to, besides their own', () => {
    const goes = (email: string, rule: RecipientRule) => 'email' in recipientOf(email, OWN, rule);
    assert.ok(goes('Ana@Northwind.example', 'token'));
    assert.ok(!goes('bob@northwind.example', 'token'));
    assert.ok(goes('bob@northwind.example', DOMAINS));
    assert.ok(goes('bob@bücher.example', DOMAINS));
    for (const email of ['bob@example.com', 'bob@x.northwind.example', 'bob@northwind.example.com']) {
      assert.ok(!goes(email, DOMAINS), email);
    }
    assert.ok(goes('bob@example.com', 'any'));
  });
});

describe('notify.email', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const me: Principal = { ...someone(), email: OWN };
  const request = (email?: unknown) => ({
    ...{ type: 'orders', format: 'csv', columns: ['nothing'] },
    notify: email === undefined ? {} : { email },
  });
  /** Pointers of a value's errors; the unknown column keeps requests with a valid value from starting an export. */
  async function problems(email: unknown, as = me): Promise<readonly string[]> {
    const answer = await api.ask('POST', '/v1/exports', { as, body: request(email) });
    const { errors } = assertProblem(answer, 'VALIDATION_FAILED');
    return (errors ?? []).map(nameOf).filter((pointer) => pointer !== '/columns/0');
  }

  for (const email of [null, '', 'ana', 7, [], `${OWN},x@y.example`]) {
    it(`cannot be ${JSON.stringify(email)}`, async () => {
      assert.deepEqual(await problems(email), ['/notify/email']);
    });
  }

  const refusal = async (email: unknown, as: Principal): Promise<unknown> => {
    const body = { ...request(email), columns: ['id'] };
    const { errors } = assertProblem(await api.ask('POST', '/v1/exports', { as, body }), 'VALIDATION_FAILED');
    return errors;
  };
  it("cannot be another person's address, unless NOTIFY_EMAIL allows it", async () => {
    const detail = "must be your own address (your token's)";
    assert.deepEqual(await refusal('bob@example.com', me), [{ pointer: '/notify/email', detail }]);
  });
  it('cannot be true for a token without a valid address', async () => {
    const detail = 'is true, but your token has no valid email address';
    for (const as of [someone(), { ...someone(), email: 'nobody at all' }]) {
      assert.deepEqual(await refusal(true, as), [{ pointer: '/notify/email', detail }]);
    }
  });
  it("cannot be another person's address in a schedule either", async () => {
    const body = {
      ...{ name: 'Nightly', cron: '0 5 * * *', timezone: 'UTC' },
      request: { ...request('bob@example.com'), columns: ['id'] },
    };
    const { errors } = assertProblem(await api.ask('POST', '/v1/schedules', { as: me, body }), 'VALIDATION_FAILED');
    assert.deepEqual(errors, [{ pointer: '/request/notify/email', detail: "must be your own address (your token's)" }]);
  });

  it('sends to the address of the token when it is absent or true, to nobody when it is false', () => {
    assert.deepEqual(recipientOf(undefined, OWN, 'token'), { email: OWN });
    assert.deepEqual(recipientOf(true, OWN, 'token'), { email: OWN });
    assert.deepEqual(recipientOf(false, OWN, 'any'), { email: undefined });
    assert.deepEqual(recipientOf(undefined, undefined, 'any'), { email: undefined });
  });
});
