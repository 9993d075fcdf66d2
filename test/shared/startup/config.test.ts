import express from 'express';
import assert from 'node:assert/strict';
import { ConfigError, parseApiConfig, parseWorkerConfig, tuningOf } from '../../../shared/startup/config.js';
import { tuningFor } from '../../../shared/temporal/tenant-weights.js';
import { WRONG_SETTINGS } from './wrong-settings.js';

const GOOD = {
  DATABASE_URL: 'postgres://user:secret@localhost/exports',
  EXPORT_BUCKET: 'exports',
  LINK_SECRET: 'sixteen characters and more',
  JWT_SECRET: 'thirty-two characters, and a few more',
  WEBHOOK_KEY: 'another thirty-two characters or more',
};

const OTHER = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02';
const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';

function sentence(
  change: Record<string, string>,
  parse: (env: Record<string, string>) => unknown = parseApiConfig,
): string {
  try {
    parse({ ...GOOD, ...change });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
}

describe('the configuration', () => {
  it('has a default for everything that is not a secret', () => {
    const config = parseApiConfig(GOOD);
    assert.ok(Object.isFrozen(config));
    const { PORT, HOST, S3_REGION, PUBLIC_URL, RETRY_WINDOW, LOG_LEVEL, MAX_ACTIVE_EXPORTS, URL_TTL_SECONDS } = config;
    assert.deepEqual(
      { PORT, HOST, S3_REGION, PUBLIC_URL, RETRY_WINDOW, LOG_LEVEL, MAX_ACTIVE_EXPORTS, URL_TTL_SECONDS },
      {
        PORT: 3000,
        HOST: '0.0.0.0',
        S3_REGION: 'us-east-1',
        PUBLIC_URL: 'http://localhost:3000',
        RETRY_WINDOW: 86_400_000,
        LOG_LEVEL: 'info',
        MAX_ACTIVE_EXPORTS: 2,
        URL_TTL_SECONDS: 86_400,
      },
    );
    assert.equal(parseWorkerConfig(GOOD).WORKER_DATA_SLOTS, 4);
  });

  describe('for mail', () => {
    const mail = (change: Record<string, string>): string => sentence(change, parseWorkerConfig);
    const EMAIL_FROM = 'Exports <exports@example.com>';
    const SMTP_URL = 'smtps://user:s3cret@mail.example.com';

    it('can be missing: no mail is sent then', () => {
      assert.equal(mail({}), '');
    });
    it('is Resend or SMTP, with a sender', () => {
      assert.equal(mail({ RESEND_API_KEY: 're_1', EMAIL_FROM }), '');
      assert.equal(mail({ SMTP_URL, EMAIL_FROM: 'exports@example.com' }), '');
      assert.match(mail({ SMTP_URL }), /^EMAIL_FROM is not set\. /);
      assert.match(mail({ RESEND_API_KEY: 're_1' }), /^EMAIL_FROM is not set\. /);
      assert.match(mail({ RESEND_API_KEY: 're_1', SMTP_URL, EMAIL_FROM }), /^RESEND_API_KEY and SMTP_URL are both set/);
    });
    for (const wrong of [
      'smtp://',
      'mail.example.com:587',
      'http://user:s3cret@mail.example.com',
      'smtp:user:s3cret@x',
    ]) {
      it(`rejects ${wrong} as a mail server without revealing its password`, () => {
        const said = mail({ SMTP_URL: wrong, EMAIL_FROM });
        assert.match(said, /^SMTP_URL must be an address such as smtp:\/\/user:password@host:587 /);
        assert.doesNotMatch(said, /s3cret/);
      });
    }
    for (const wrong of ['Exports', 'Exports <exports>', 'a@b.c, d@e.f', 'Exports <a@b.c>\nBcc: <d@e.f>']) {
      it(`does not accept ${JSON.stringify(wrong)} as a sender`, () => {
        assert.match(mail({ SMTP_URL, EMAIL_FROM: wrong }), /^EMAIL_FROM must be an address such as /);
      });
    }
  });

  for (const name of ['DATABASE_URL', 'EXPORT_BUCKET', 'LINK_SECRET', 'WEBHOOK_KEY']) {
    it(`reports ${name} as not set if it is missing or empty`, () => {
      assert.equal(sentence({ [name]: '' }), `${name} is not set.`);
      assert.equal(sentence({ [name]: '' }, parseWorkerConfig), `${name} is not set.`);
    });
  }

  describe('for a database', () => {
    const url = (text: string): string => sentence({ DATABASE_URL: text });
    for (const right of [
      `postgres://${encodeURIComponent('me@shop')}:${encodeURIComponent('@:/?#&%+ é')}@db.example:5432/exports`,
      'postgresql://me:p+s&w=d:x@db.example/exports?sslmode=verify-full&sslrootcert=/ca.pem',
      'postgres://me:secret@/exports?host=/run/postgresql',
      'postgres://%2Frun%2Fpostgresql/exports',
      'postgres://db.example/exports?user=me@shop',
    ]) {
      it(`accepts ${right}`, () => {
        assert.equal(url(right), '');
      });
    }
    for (const password of [
      's3/cret',
      's3?cret',
      's3#cret',
      '12/3s3cret',
      '12?s3cret',
      '12#s3cret',
      's3%cret',
      's3 cret',
    ]) {
      it(`rejects a URL with the password ${password}, and does not repeat it`, () => {
        const said = url(`postgres://me:${password}@db.example:5432/exports`);
        assert.match(said, /^DATABASE_URL must be an address such as .* percent-encoded/);
        assert.doesNotMatch(said, /s3/);
      });
    }
  });

  for (const [name, value, problem] of WRONG_SETTINGS) {
    it(`reports that ${name} ${problem} if it is ${JSON.stringify(value)}`, () => {
      assert.equal(sentence({ [name]: value }), `${name} ${problem}.`);
    });
  }

  it('names the invalid variables of workers', () => {
    assert.equal(sentence({ WORKER_DATA_SLOTS: '0' }, parseWorkerConfig), 'WORKER_DATA_SLOTS must be at least 1.');
    assert.match(sentence({ WORKER_DRAIN: 'soon' }, parseWorkerConfig), /^WORKER_DRAIN must be a time such as/);
    const timeout = sentence({ SOURCE_STATEMENT_TIMEOUT: '500ms' }, parseWorkerConfig);
    assert.equal(timeout, 'SOURCE_STATEMENT_TIMEOUT must be at least 1s.');
    assert.match(sentence({ JOB_TTL: '3 months' }, parseWorkerConfig), /^JOB_TTL must be a time such as/);
    assert.match(
      sentence({ SOURCE_DATABASE_URL: 'orders' }, parseWorkerConfig),
      /^SOURCE_DATABASE_URL must begin with/,
    );
  });

  it('lists all problems together, without values, which may be secret', () => {
    const said = sentence({ DATABASE_URL: '', LINK_SECRET: 'hunter2', PORT: 'http' });
    assert.deepEqual(said.split('. ').length, 3);
    for (const name of ['DATABASE_URL', 'LINK_SECRET', 'PORT']) assert.ok(said.includes(name));
    assert.ok(!said.includes('hunter2'));
  });

  it('requires a way to verify tokens', () => {
    assert.equal(sentence({ JWT_SECRET: '' }), 'Set JWT_SECRET or JWT_JWKS_URL.');
    const provider = { JWT_SECRET: '', JWT_JWKS_URL: 'https://login.example/keys' };
    assert.equal(
      sentence(provider),
      'JWT_AUDIENCE is not set: the keys at JWT_JWKS_URL also sign tokens for other services.',
    );
    assert.equal(sentence({ ...provider, JWT_AUDIENCE: 'exports' }), '');
  });

  const TIMES: readonly (readonly [string, number])[] = [
    ['0s', 0],
    ['1500ms', 1500],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24 h', 86_400_000],
    ['7d', 604_800_000],
  ];
  for (const [text, ms] of TIMES) {
    it(`reads RETRY_WINDOW=${text} as ${ms} ms`, () => {
      assert.equal(parseWorkerConfig({ ...GOOD, RETRY_WINDOW: text }).RETRY_WINDOW, ms);
    });
  }
  for (const text of ['24', 'h', '1.5h', '-1h', '1h30m', '24H']) {
    it(`rejects RETRY_WINDOW=${text}`, () => {
      assert.match(sentence({ RETRY_WINDOW: text }, parseWorkerConfig), /^RETRY_WINDOW must be a time such as/);
    });
  }

  it('parses ranges of addresses', () => {
    const { WEBHOOK_ALLOWED_RANGES } = parseWorkerConfig({ ...GOOD, WEBHOOK_ALLOWED_RANGES: '10.0.0.0/8, ::1' });
    assert.deepEqual(WEBHOOK_ALLOWED_RANGES, ['10.0.0.0/8', '::1']);
    assert.deepEqual(parseWorkerConfig(GOOD).WEBHOOK_ALLOWED_RANGES, []);
  });

  it('reads TRUST_PROXY as Express does, and trusts nobody without it', () => {
    const read = (text: string) => parseApiConfig({ ...GOOD, TRUST_PROXY: text }).TRUST_PROXY;
    assert.deepEqual(['', 'false', 'true', '0', '2'].map(read), [false, false, true, 0, 2]);
    assert.deepEqual(read('loopback, 10.0.0.0/8, ::1'), ['loopback', '10.0.0.0/8', '::1']);
    for (const text of ['true', '2', 'loopback, 10.0.0.0/8, ::1']) express().set('trust proxy', read(text));
  });

  it('assigns weights to tenants', () => {
    const config = parseWorkerConfig({ ...GOOD, TENANT_WEIGHTS: `${TENANT.toUpperCase()}=2.5, ${OTHER}=0.001,` });
    const weightOf = (tenantId: string) => tuningFor(tenantId, tuningOf(config), config.TENANT_WEIGHTS).fairnessWeight;
    assert.deepEqual([TENANT, OTHER, ''].map(weightOf), [2.5, 0.001, undefined]);
  });

  it('assigns weights to tenants with text ids', () => {
    const { TENANT_WEIGHTS: weights } = parseApiConfig({ ...GOOD, TENANT_WEIGHTS: 'acme=2, org|7 ä=3,a%2Cb%3Dc%25=4' });
    assert.deepEqual(Object.fromEntries(weights), { acme: 2, 'org|7 ä': 3, 'a,b=c%': 4 });
  });

  it('names the claims of tokens; an empty tenant claim means a single tenant', () => {
    const claimsOf = (more: object) => {
      const { JWT_USER_CLAIM: user, JWT_TENANT_CLAIM: tenant } = parseApiConfig({ ...GOOD, ...more });
      return [user, tenant];
    };
    assert.deepEqual(claimsOf({}), ['sub', 'tenant_id']);
    assert.deepEqual(claimsOf({ JWT_USER_CLAIM: 'oid', JWT_TENANT_CLAIM: 'tid' }), ['oid', 'tid']);
    assert.deepEqual(claimsOf({ JWT_USER_CLAIM: '', JWT_TENANT_CLAIM: '' }), ['sub', null]);
  });

  it('passes limits to workflows', () => {
    const config = parseApiConfig({
      ...GOOD,
      MAX_ROWS: '5',
      MAX_BYTES: '6',
      SEGMENTS_IN_FLIGHT: '7',
      URL_TTL_SECONDS: '8',
    });
    const { maxRows, maxBytes, segmentsInFlight, urlTtlSeconds } = tuningOf(config);
    assert.deepEqual([maxRows, maxBytes, segmentsInFlight, urlTtlSeconds], [5, 6, 7, 8]);
  });
});
