import { parseExportRequest, type ParsedRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import type { CheckedBody } from '../openapi/operation.js';
import { describeExportRequest } from '../openapi/export-request.js';

/** The request for an export, with every default filled in. */
export const exportBody: CheckedBody<ParsedRequest> = {
  describe: describeExportRequest,
  createParser: ({ registry, settings }) => {
    const schema = createRequestSchema(registry, settings.webhookRule);
    return (body) => parseExportRequest(body, schema, registry);
  },
};
