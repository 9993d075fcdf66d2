import assert from 'node:assert/strict';
import { referenceClaim, referenceSchema } from '../../../shared/identity/reference-schema.js';
import { readReference } from '../../../shared/identity/reference.js';
import { tenantUuid, userUuid } from '../../../shared/identity/uuids.js';

const UUID = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';
const VERSION_5 = '886313e1-3b8a-5372-9b90-0c9aee199e5d';

describe('ids of users and tenants', () => {
  it('are 1 to 255 printable characters, other than . and ..; a UUID is written in lower case', () => {
    for (const id of [
      '17',
      'user_42',
      'auth0|5f7c8ec7c33c6c004bbafe82',
      ' a b ',
      'ä/ö:?#',
      '名',
      '...',
      './',
      '%2e',
      '👩'.repeat(255),
    ]) {
      assert.equal(readReference(id), id);
    }
    assert.equal(readReference(UUID.toUpperCase()), UUID);
    for (const id of [
      '',
      'a\nb',
      'a\0',
      '\u007f',
      '\u202euser',
      'a\u200bb',
      'a\u2028',
      '\ud800',
      '\ue000',
      'a'.repeat(256),
      '.',
      '..',
    ]) {
      assert.equal(readReference(id), null, JSON.stringify(id));
    }
  });

  it('may be whole numbers in a token, but not those that JSON readers round', () => {
    assert.equal(referenceClaim.parse(17), '17');
    for (const claim of [2 ** 53, 1.5, NaN, true, null, undefined, ['17'], {}]) {
      assert.equal(referenceClaim.safeParse(claim).success, false, JSON.stringify(claim));
    }
    assert.equal(referenceSchema.safeParse(17).success, false);
  });

  it('are used unchanged as UUIDs if they are UUIDs', () => {
    assert.equal(tenantUuid(UUID), UUID);
    assert.equal(userUuid({ tenantId: 'acme', userId: UUID }), UUID);
  });

  it('otherwise map to a UUIDv5 of kind, tenant and user, which never changes', () => {
    assert.equal(tenantUuid('acme'), '02be3c38-3c86-5876-a3b7-e4a2c6a14f6e');
    assert.equal(userUuid({ tenantId: 'acme', userId: 'user_42' }), 'a4b7d65c-70d1-51a8-b464-788ddd97934d');
    const all = [
      tenantUuid('a'),
      tenantUuid('A'),
      userUuid({ tenantId: 'a', userId: 'a' }),
      userUuid({ tenantId: 'b', userId: 'a' }),
      userUuid({ tenantId: 'a/a', userId: 'a' }),
      userUuid({ tenantId: 'a', userId: 'a/a' }),
    ];
    assert.equal(new Set(all).size, all.length);
  });

  it("cannot be chosen to map to somebody else's UUID", () => {
    const derived = userUuid({ tenantId: 'acme', userId: 'user_42' });
    assert.notEqual(userUuid({ tenantId: 'acme', userId: derived }), derived);
    assert.notEqual(tenantUuid(tenantUuid('acme')), tenantUuid('acme'));
    assert.notEqual(tenantUuid(VERSION_5), VERSION_5);
  });
});
