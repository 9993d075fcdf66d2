import { execFile } from 'node:child_process';
import { z } from 'zod';
import { StackError } from '../stack/stack-error.js';
import type { AdvisoryException } from './exceptions.js';

const LIMIT_MS = 120_000;

/** The part of `npm audit --json` that is used. A string in `via` names another package that has an advisory. */
const reportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          z.string(),
          z.object({ name: z.string(), title: z.string(), severity: z.string(), url: z.string(), range: z.string() }),
        ]),
      ),
    }),
  ),
});
const failureSchema = z.object({ message: z.string() });

/** A published vulnerability in a package that the service ships with. */
export interface Advisory {
  readonly id: string;
  readonly package: string;
  /** A readable sentence. */
  readonly summary: string;
}

/**
 * Queries npm's registry for advisories about the packages that the service ships with.
 * @returns the advisories, or why the registry did not respond
 * @throws StackError if npm prints anything else
 */
export async function readAdvisories(folder: string): Promise<Advisory[] | { readonly unanswered: string }> {
  const printed = await npmAudit(folder);
  const report = reportSchema.safeParse(printed);
  if (report.success) {
    const found = Object.values(report.data.vulnerabilities)
      .flatMap(({ via }) => via)
      .filter((cause) => typeof cause === 'object')
      .map(({ url, name, severity, title, range }) => ({
        id: url.split('/').at(-1) ?? url,
        package: name,
        summary: `${name} ${range}: ${title} (${severity}, ${url})`,
      }));
    return [...new Map(found.map((advisory) => [`${advisory.package} ${advisory.id}`, advisory])).values()];
  }
  const failure = failureSchema.safeParse(printed);
  if (!failure.success) throw new StackError('npm audit printed neither a report nor why it failed.');
  return { unanswered: failure.data.message };
}

function npmAudit(folder: string): Promise<unknown> {
  const args = ['audit', '--json', '--omit=dev', '--fetch-retries=1'];
  return new Promise((resolve, reject) => {
    execFile('npm', args, { cwd: folder, timeout: LIMIT_MS, maxBuffer: 64 << 20 }, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new StackError(`npm audit failed: ${error?.message ?? 'it printed no JSON'}`));
      }
    });
  });
}

/** Finds advisories without an exception, and exceptions without an advisory. */
export function findProblems(advisories: readonly Advisory[], exceptions: readonly AdvisoryException[]): string[] {
  const matches = (advisory: Advisory, exception: AdvisoryException): boolean =>
    advisory.id === exception.id && advisory.package === exception.package;
  return [
    ...advisories
      .filter((advisory) => !exceptions.some((exception) => matches(advisory, exception)))
      .map(({ summary }) => summary),
    ...exceptions
      .filter((exception) => !advisories.some((advisory) => matches(advisory, exception)))
      .map(({ id, package: name }) => `${name}: the exception for ${id} no longer applies. Remove it.`),
  ];
}
