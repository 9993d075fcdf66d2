import assert from 'node:assert/strict';
import { checkPublicUrl } from '../../../shared/startup/check-public-url.js';

const LOCAL = {
  PUBLIC_URL: 'http://localhost:3000',
  RESEND_API_KEY: 're_local',
  RESEND_BASE_URL: 'http://127.0.0.1:4321',
  WEBHOOK_ALLOWED_RANGES: ['127.0.0.0/8'],
};

describe('PUBLIC_URL, when a worker starts', () => {
  it('can be localhost if mails and webhooks stay on the machine', () => {
    assert.equal(checkPublicUrl(LOCAL), null);
    assert.equal(checkPublicUrl({ PUBLIC_URL: LOCAL.PUBLIC_URL, WEBHOOK_ALLOWED_RANGES: ['::1/128'] }), null);
    const smtp = { ...LOCAL, RESEND_API_KEY: undefined, SMTP_URL: 'smtp://localhost:1025' };
    assert.equal(checkPublicUrl(smtp), null);
  });

  it('must not be localhost, however it is spelled, if mails leave the machine', () => {
    const resend = { ...LOCAL, RESEND_BASE_URL: undefined };
    const smtp = { ...LOCAL, RESEND_API_KEY: undefined, SMTP_URL: 'smtps://user:secret@mail.example.com' };
    for (const url of ['http://localhost:3000', 'https://127.1.2.3', 'http://[::1]:80/x', 'http://0.0.0.0:3000']) {
      for (const settings of [resend, smtp]) {
        assert.equal(
          checkPublicUrl({ ...settings, PUBLIC_URL: url }),
          `PUBLIC_URL is ${url}, but mails leave this machine: their links won't work. ` +
            'Set PUBLIC_URL to the address at which users reach the API.',
        );
      }
    }
  });

  it('must not be localhost if only webhooks leave the machine', () => {
    assert.match(checkPublicUrl({ ...LOCAL, WEBHOOK_ALLOWED_RANGES: [] }) ?? '', /but webhooks leave this machine/);
    const both = { ...LOCAL, RESEND_BASE_URL: undefined, WEBHOOK_ALLOWED_RANGES: ['10.0.0.0/8'] };
    assert.match(checkPublicUrl(both) ?? '', /but mails and webhooks leave this machine/);
  });

  it('is accepted if it is another host', () => {
    for (const url of ['https://exports.example.com', 'http://10.0.0.5:3000', 'https://localhost.example.com']) {
      assert.equal(checkPublicUrl({ ...LOCAL, PUBLIC_URL: url, RESEND_BASE_URL: undefined }), null);
    }
  });
});
