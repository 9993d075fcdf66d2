const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * The parameter that can't be decoded: `job_id` for `/v1/exports/%zz` and the pattern `/v1/exports/:job_id`.
 * @param patterns in Express syntax; routes ignore case and a slash at the end
 * @returns null if no pattern matches the path
 */
export function undecodableParameter(path: string, patterns: readonly string[]): string | null {
  const steps = path.replace(/\/$/, '').toLowerCase().split('/');
  const fitting = patterns
    .map((pattern) => pattern.split('/'))
    .find(
      (names) =>
        names.length === steps.length &&
        names.every((name, index) => name.startsWith(':') || name.toLowerCase() === steps[index]),
    );
  const name = fitting?.find((step, index) => step.startsWith(':') && !isDecodable(steps[index] ?? ''));
  return name?.slice(1) ?? null;
}
