import { definitionSchema } from '../../shared/schedules/definition.js';
import type { CheckedBody } from '../openapi/operation.js';
import { checkSchedule, type ParsedSchedule } from './parse-schedule.js';

/** A schedule's body; its request is checked as if it ran now. */
export const scheduleBody: CheckedBody<ParsedSchedule> = {
  describe: (exportRequest) =>
    definitionSchema
      .extend({ request: exportRequest.optional() })
      .meta({ id: 'ScheduleRequest', oneOf: [{ required: ['cron'] }, { required: ['every_seconds'] }] }),
  createParser: ({ registry, requestSchema: schema, timeZones, savedExports, settings }) => {
    const { minScheduleSeconds: minSeconds, recipientRule } = settings;
    return async (body, caller) => {
      if (caller === undefined) throw new RangeError('Schedules need a caller.');
      const recipients = { email: caller.email, recipientRule };
      return checkSchedule(body, { schema, registry, timeZones, savedExports, owner: caller, minSeconds, recipients });
    };
  },
};
