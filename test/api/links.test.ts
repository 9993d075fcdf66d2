import assert from 'node:assert/strict';
import fc from 'fast-check';
import { downloadUrl, linkExpiry, makeDownloadToken, readDownloadToken } from '../../shared/job/links.js';

const SECRET = 'sixteen characters or more';
const JOB = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const EXPIRES = new Date('2026-11-23T12:00:00.999Z');

const uuids = fc.uuid();
const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });

describe('a download token', () => {
  it('contains its job and its expiry, in whole seconds', () => {
    fc.assert(
      fc.property(uuids, dates, fc.string({ minLength: 1 }), (jobId, expiresAt, secret) => {
        const link = readDownloadToken(secret, makeDownloadToken(secret, jobId, expiresAt));
        assert.deepEqual(link, { jobId, expires: linkExpiry(expiresAt) });
      }),
    );
  });

  it('is rejected if any character is changed', () => {
    const token = makeDownloadToken(SECRET, JOB, EXPIRES);
    const alphabet = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((c) =>
      /[A-Za-z0-9_-]/.test(c),
    );
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(token[at] !== character);
        assert.equal(readDownloadToken(SECRET, token.slice(0, at) + character + token.slice(at + 1)), null);
      }),
    );
  });

  it('is rejected in any other encoding', () => {
    const token = makeDownloadToken(SECRET, JOB, EXPIRES);
    for (const other of [`${token}=`, `${token}A`, ` ${token}`, token.slice(1), token.replace(/.$/, ''), '', '%00']) {
      assert.equal(readDownloadToken(SECRET, other), null, other);
    }
  });

  it('is rejected if another secret signed it', () => {
    assert.equal(readDownloadToken('another secret of that length', makeDownloadToken(SECRET, JOB, EXPIRES)), null);
  });

  it('is the last part of a URL under the public base URL', () => {
    const token = makeDownloadToken(SECRET, JOB, EXPIRES);
    assert.equal(
      downloadUrl('https://exports.example/base/', SECRET, JOB, EXPIRES),
      `https://exports.example/base/d/${token}`,
    );
    assert.match(token, /^[A-Za-z0-9_-]{72}$/);
  });
});
