export type Rows = readonly (readonly (string | null)[])[];

/** The rows of a file, with the same values cut as in the preview. */
export const asLong = (file: Rows, previewed: Rows): Rows =>
  file.map((row, index) =>
    row.map((value, column) => {
      const shown = previewed[index]?.[column] ?? '';
      const begin = shown.slice(0, -1);
      return shown.length > 500 && shown.endsWith('…') && value?.startsWith(begin) === true ? shown : value;
    }),
  );
