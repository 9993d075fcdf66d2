import { seededDatabase } from '../bench-stack.js';
import { serviceContestant, type Contestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { plainCsv, wholeSelect } from '../requests.js';
import type { Service } from '../service.js';
import { storeTarget } from '../target.js';
import { verdictsOfScale } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** A tenth of the rows beside all of them. */
export const scaleRow: Row = async (lab, options, { psql }) => {
  const { stack, progress, signal } = lab;
  const { rows, rounds } = options;
  const tenth = Math.max(1, Math.round(rows / 10));
  const sources = {
    tenth: await seededDatabase(stack, tenth, progress, signal),
    all: await seededDatabase(stack, rows, progress, signal),
  };
  const s3Endpoint = stack.env.S3_ENDPOINT;
  const services = {
    tenth: { sourceUrl: sources.tenth, s3Endpoint },
    all: { sourceUrl: sources.all, s3Endpoint },
  };
  return withServices(lab, services, options, async ({ tenth: ofTenth, all }) => {
    const target = storeTarget(stack);
    const contestant = async (name: string, count: number, sourceUrl: string, service: Service) => {
      const printed = psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csv);
      const file = await progress.step(`What psql prints of ${count.toLocaleString('en')} rows`, () =>
        referenceOf(printed, signal),
      );
      const title = `export of ${count.toLocaleString('en')} rows`;
      return serviceContestant({ name, title, target, expected: { file } }, { service, request: plainCsv });
    };
    const contestants: Contestant[] = [
      await contestant('ours-tenth', tenth, sources.tenth, ofTenth),
      await contestant('ours', rows, sources.all, all),
    ];
    const scores = await compete(contestants, rounds, progress, signal);
    const bytes = contestants.at(-1)?.expected.file?.bytes ?? 0;
    return raceReport({ name: 'scale', title: 'Scale', rows, bytes, scores, verdicts: verdictsOfScale(scores) });
  });
};
