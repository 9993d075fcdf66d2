import { problemsOf } from '../../shared/request/field-problems.js';
import {
  checkExportRequest,
  hashRequest,
  recipientProblems,
  withRecipient,
  type UncheckedRequest,
} from '../../shared/request/request.js';
import type { CheckedBody } from '../openapi/operation.js';

export interface ParsedExport {
  readonly request: UncheckedRequest;
  /**
   * A hash of the request as sent: the token's address and the database's spelling of the timezone may change between
   * retries.
   */
  readonly requestHash: string;
  /** The user whom the export is made for, if the request names one. */
  readonly onBehalfOf: string | undefined;
}

/** The request for an export, with every default filled in and the address that its emails go to. */
export const exportBody: CheckedBody<ParsedExport> = {
  describe: (exportRequest) => exportRequest,
  createParser:
    ({ registry, requestSchema, timeZones, settings: { recipientRule } }) =>
    async (body, caller) => {
      const checked = checkExportRequest(body, requestSchema, registry, { at: new Date() });
      if ('problems' in checked) {
        const { timezone, notify } = checked.valid;
        const zone = await timeZones.ofFields({ '/options/timezone': timezone });
        const recipient = recipientProblems(notify, caller?.email, recipientRule);
        return { problems: [...checked.problems, ...problemsOf(zone), ...recipient] };
      }
      const zoned = await timeZones.ofRequest(checked.request);
      const addressed = withRecipient('value' in zoned ? zoned.value : checked.request, caller?.email, recipientRule);
      const problems = [...problemsOf(zoned), ...problemsOf(addressed)];
      if (problems.length > 0 || 'problems' in addressed) return { problems };
      const { onBehalfOf } = checked.request;
      return { value: { request: addressed.value, requestHash: hashRequest(checked.request), onBehalfOf } };
    },
};
