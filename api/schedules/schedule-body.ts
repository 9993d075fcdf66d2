import { createRequestSchema } from '../../shared/request/request-schema.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { describeExportRequest } from '../openapi/export-request.js';
import type { CheckedBody } from '../openapi/operation.js';
import { checkSchedule, type ParsedSchedule } from './parse-schedule.js';

/** A schedule's body; its request is checked as if it ran now. */
export const scheduleBody: CheckedBody<ParsedSchedule> = {
  describe: (registry) =>
    definitionSchema
      .extend({ request: describeExportRequest(registry) })
      .meta({ id: 'ScheduleRequest', oneOf: [{ required: ['cron'] }, { required: ['every_seconds'] }] }),
  createParser: ({ registry, timeZones, settings }) => {
    const schema = createRequestSchema(registry, settings.webhookRule);
    const { minScheduleSeconds: minSeconds, recipientRule } = settings;
    return (body, caller) =>
      checkSchedule(body, {
        ...{ schema, registry, timeZones, minSeconds },
        recipients: { email: caller?.email, recipientRule },
      });
  },
};
