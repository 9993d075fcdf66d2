import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Thrown when a command's arguments are wrong. The message is one sentence; `usage` shows the right ones. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  readonly usage: string;

  constructor(message: string, usage: string) {
    super(message);
    this.usage = usage;
  }
}

/** Thrown for `--help`: not an error, only a request to print the usage. */
export class HelpRequest extends UsageError {
  override readonly name = 'HelpRequest';

  constructor(usage: string) {
    super('Help was requested.', usage);
  }
}

interface Syntax<Options, Positionals> {
  /** What `--help` prints, after `Usage: `. */
  readonly usage: string;
  readonly options: Options;
  /** Whether arguments without a name are allowed. */
  readonly allowPositionals?: Positionals;
}

/**
 * Reads the arguments of one of this repository's commands.
 *
 * @throws HelpRequest for `--help`
 * @throws UsageError for an unknown option, a missing value, or too many arguments
 */
export function readCommandLine<
  const Options extends NonNullable<ParseArgsConfig['options']>,
  const Positionals extends boolean = false,
>(args: readonly string[], { usage, options, allowPositionals }: Syntax<Options, Positionals>) {
  if (args.includes('--help') || args.includes('-h')) throw new HelpRequest(usage);
  try {
    return parseArgs({ args: [...args], options, allowPositionals: allowPositionals ?? false });
  } catch (error) {
    // Drop Node's advice about what else the argument could have meant.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/, 1);
    throw new UsageError(`${sentence}.`, usage);
  }
}
