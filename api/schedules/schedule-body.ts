import { createRequestSchema } from '../../shared/request/request-schema.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { describeExportRequest } from '../openapi/export-request.js';
import type { CheckedBody } from '../openapi/operation.js';
import { checkSchedule, type ParsedSchedule } from './parse-schedule.js';

/** A schedule's body; its request is checked as if it ran now. */
export const scheduleBody: CheckedBody<ParsedSchedule> = {
  describe: (registry) =>
    definitionSchema
      .extend({ request: describeExportRequest(registry).optional() })
      .meta({ id: 'ScheduleRequest', oneOf: [{ required: ['cron'] }, { required: ['every_seconds'] }] }),
  createParser: ({ registry, timeZones, savedExports, settings }) => {
    const schema = createRequestSchema(registry, settings.webhookRule);
    const { minScheduleSeconds: minSeconds, recipientRule } = settings;
    return async (body, caller) => {
      if (caller === undefined) throw new RangeError('Schedules need a caller.');
      const recipients = { email: caller.email, recipientRule };
      return checkSchedule(body, { schema, registry, timeZones, savedExports, owner: caller, minSeconds, recipients });
    };
  },
};
