import assert from 'node:assert/strict';
import type { Principal } from '../../api/deps.js';
import type { Answer } from '../support/answer.js';
import { until } from '../support/exports.js';
import type { TestService } from '../support/service.js';

export const SAVED_EXPORTS_PATH = '/v1/saved-exports';
export const SAVED_REQUEST = { type: 'orders', format: 'csv', columns: ['id', 'placed_at'], notify: { email: false } };
export const SAVED_BODY = { name: 'Orders', request: SAVED_REQUEST };

export interface ShownSavedExport {
  readonly saved_export_id: string;
  readonly name: string;
  readonly shared: boolean;
  readonly is_own: boolean;
  readonly request: Readonly<Record<string, unknown>>;
}

/** Functions that call the routes of saved exports. */
export function savedExportsOf(at: () => TestService) {
  const ask = (method: string, path: string, as: Principal, body?: object, key?: string): Promise<Answer> =>
    at().ask(method, SAVED_EXPORTS_PATH + path, {
      as,
      ...(body === undefined ? {} : { body }),
      ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
    });
  async function save(as: Principal, body: object = SAVED_BODY): Promise<string> {
    const answer = await ask('POST', '', as, body);
    assert.equal(answer.status, 201, answer.text);
    return (answer.json as ShownSavedExport).saved_export_id;
  }
  const namesOf = async (as: Principal): Promise<string[]> => {
    const { json } = await ask('GET', '?limit=100', as);
    return (json as { saved_exports: ShownSavedExport[] }).saved_exports.map(({ name }) => name);
  };
  /**
   * Runs a schedule.
   * @param last its previous run: two calls within a second are one run
   * @returns the id of an export that exists
   */
  async function runSchedule(as: Principal, scheduleId: string, last = ''): Promise<string> {
    const jobId = await until('another run', async () => {
      const { json } = await at().ask('POST', `/v1/schedules/${scheduleId}/run`, { as });
      const { job_id: id = null } = json as { job_id?: string | null };
      return id !== null && id !== last && id;
    });
    await until('its export', async () => {
      const { status } = await at().ask('GET', `/v1/exports/${jobId}`, { as });
      return status === 200;
    });
    return jobId;
  }
  return { ask, save, namesOf, runSchedule };
}
