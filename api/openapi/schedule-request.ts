import { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { definitionSchema } from '../../shared/schedules/definition.js';
import { exportRequest } from './export-request.js';
import type { Json, Schemas } from './schemas.js';

const withProperties = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

/** The body of a schedule: its own fields, and the request of its exports. */
export function scheduleRequest(registry: DatasetRegistry, schemas: Schemas): Json {
  const { properties, ...rest } = withProperties.parse(schemas.input(definitionSchema));
  return schemas.add('ScheduleRequest', {
    ...rest,
    properties: { ...properties, request: exportRequest(registry, schemas, 'ScheduledRequest') },
    oneOf: [{ required: ['cron'] }, { required: ['every_seconds'] }],
  });
}
