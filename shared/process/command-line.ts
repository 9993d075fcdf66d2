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
 * @throws UsageError for an unknown option, a missing value, too many arguments, or an option that is given twice and
 *   isn't `multiple`: Node would drop the first one
 */
export function readCommandLine<
  const Options extends NonNullable<ParseArgsConfig['options']>,
  const Positionals extends boolean = false,
>(args: readonly string[], { usage, options, allowPositionals }: Syntax<Options, Positionals>) {
  if (args.includes('--help') || args.includes('-h')) throw new HelpRequest(usage);
  const repeated = repeatedOption(args, options);
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: allowPositionals ?? false });
    if (repeated === undefined) return parsed;
  } catch (error) {
    // Drop Node's advice about what else the argument could have meant.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/, 1);
    throw new UsageError(`${sentence}.`, usage);
  }
  throw new UsageError(`--${repeated} must be given only once.`, usage);
}

/** The first option that is given twice although it has one value. */
function repeatedOption(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): string | undefined {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  return names.find((name, index) => options[name]?.multiple !== true && names.indexOf(name) < index);
}
