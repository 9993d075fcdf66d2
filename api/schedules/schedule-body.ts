import { createHash } from 'node:crypto';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { describeExportRequest } from '../openapi/export-request.js';
import type { CheckedBody } from '../openapi/operation.js';
import { parseSchedule, type ParsedSchedule } from './parse-schedule.js';

/** A schedule's body; its request is checked as if it ran now. */
export const scheduleBody: CheckedBody<ParsedSchedule> = {
  describe: (registry) =>
    definitionSchema
      .extend({ request: describeExportRequest(registry) })
      .meta({ id: 'ScheduleRequest', oneOf: [{ required: ['cron'] }, { required: ['every_seconds'] }] }),
  createParser: ({ registry, settings }) => {
    const schema = createRequestSchema(registry, settings.webhookRule);
    const { minScheduleSeconds: minSeconds, recipientRule } = settings;
    return (body, caller) =>
      parseSchedule(body, { schema, registry, minSeconds, recipients: { email: caller?.email, recipientRule } });
  },
};

/** Hashed before the timezone is normalized to the database's spelling, which may change between two attempts. */
export const hashDefinition = (definition: ScheduleDefinition): string =>
  createHash('sha256').update(JSON.stringify(definition)).digest('hex');
