/** A program and its arguments. */
export type Stage = readonly string[];

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The shell command line: each stage reads the previous one's output. */
export const shellLine = (stages: readonly Stage[]): string =>
  stages.map((words) => words.map(quote).join(' ')).join(' | ');
