import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import type { TestService } from './service.js';

/** Erases a user's exports, and fails unless the erasure is done. @param as an administrator of the user's tenant */
export async function eraseExports(
  service: Pick<TestService, 'ask'>,
  { userId }: Pick<Principal, 'userId'>,
  as: Principal,
): Promise<void> {
  const answer = await service.ask('DELETE', `/v1/users/${encodeURIComponent(userId)}/exports`, { as });
  assert.equal(answer.status, 200, answer.text);
}
