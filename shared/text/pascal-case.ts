/** `order_lines` becomes `OrderLines`. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|_)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
