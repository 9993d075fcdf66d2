import { seededDatabase } from '../bench-stack.js';
import { pidsOfService, pidsOfStack } from '../pids.js';
import { measurePreviews } from '../preview.js';
import { verdictTable } from '../report.js';
import { verdictsOfPreviews } from '../verdicts.js';
import { withServices } from '../with-services.js';
import type { Row } from './row.js';

/** Measures the first rows of several requests on its own service, with nothing else running. */
export const previewRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const { rows } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = { preview: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ preview: service }) => {
    const pids = { ...pidsOfStack(stack), ...pidsOfService(service) };
    const { figures, others } = await measurePreviews(service, pids, progress, signal);
    const verdicts = verdictsOfPreviews(figures);
    return {
      name: `preview-${rows}`,
      title: `Previews of ${rows.toLocaleString('en')} rows`,
      table: verdictTable(verdicts),
      verdicts,
      others,
      results: { figures, others },
    };
  });
};
