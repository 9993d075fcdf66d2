import { seededDatabase } from '../bench-stack.js';
import { serviceContestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { plainCsv, wholeSelect } from '../requests.js';
import type { BenchService } from '../service.js';
import { storeTarget } from '../target.js';
import { verdictsOfScale } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** A tenth of the rows, compared with all of them. */
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
    const contestant = async (name: string, count: number, sourceUrl: string, service: BenchService) => {
      const printed = psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csv);
      const file = await progress.step(`What psql prints for ${count.toLocaleString('en')} rows`, () =>
        referenceOf(printed, signal),
      );
      const title = `export of ${count.toLocaleString('en')} rows`;
      const about = { name, title, target, expected: { file } };
      return { file, contestant: serviceContestant(about, { service, request: plainCsv }) };
    };
    const part = await contestant('ours-tenth', tenth, sources.tenth, ofTenth);
    const whole = await contestant('ours', rows, sources.all, all);
    const scores = await compete([part.contestant, whole.contestant], rounds, progress, signal);
    const { bytes } = whole.file;
    return raceReport({ name: 'scale', title: 'Scale', rows, bytes, scores, verdicts: verdictsOfScale(scores) });
  });
};
