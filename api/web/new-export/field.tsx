import { createContext, type ComponentChildren, type VNode } from 'preact';
import { useContext, useId } from 'preact/hooks';
import type { RefusedField } from '../refusal.js';

/** What is wrong with the request that the form makes; each field shows its own. */
export const FieldProblems = createContext<readonly RefusedField[]>([]);

const isWithin = (pointer: string, at: string): boolean => pointer === at || pointer.startsWith(`${at}/`);

/** @param at a JSON pointer; problems below it count, too. Empty: nothing is wrong. */
export function useProblem(at: string): string {
  const problems = useContext(FieldProblems).filter(({ pointer }) => isWithin(pointer, at));
  return [...new Set(problems.map(({ detail }) => `${detail}.`))].join(' ');
}

/** Problems that no field of the form would show. */
export const homeless = (problems: readonly RefusedField[], shown: readonly string[]): RefusedField[] =>
  problems.filter(({ pointer }) => !shown.some((at) => isWithin(pointer, at)));

export interface InputAttributes {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly children: (attributes: InputAttributes) => VNode;
}

/** One input with its label, what it means, and what is wrong with it. */
export function Field({ at, label, hint = '', children }: FieldProps): VNode {
  const id = useId();
  const problem = useProblem(at);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-problem`, 'aria-invalid': problem !== '' })}
      <Hint id={`${id}-hint`} text={hint} />
      <Wrong id={`${id}-problem`} text={problem} />
    </div>
  );
}

interface GroupProps {
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}

/** Several inputs that are one field. */
export function Group({ at, label, hint = '', children }: GroupProps): VNode {
  const id = useId();
  const problem = useProblem(at);
  return (
    <fieldset
      class="field"
      aria-describedby={`${id}-hint ${id}-problem`}
      // Whatever is wrong can be gone to, also where no single input is to blame.
      {...(problem === '' ? {} : { tabIndex: -1, 'data-invalid': '' })}
    >
      <legend>{label}</legend>
      {children}
      <Hint id={`${id}-hint`} text={hint} />
      <Wrong id={`${id}-problem`} text={problem} />
    </fieldset>
  );
}

/** Always there, so that its text is all that changes. */
const Hint = ({ id, text }: { readonly id: string; readonly text: string }): VNode => (
  <p class="hint" id={id}>
    {text}
  </p>
);

const Wrong = ({ id, text }: { readonly id: string; readonly text: string }): VNode => (
  <p class="problem" id={id}>
    {text}
  </p>
);

/** Takes the reader to the first field that has a problem, opening what it is folded in. */
export function focusFirstProblem(form: HTMLElement): void {
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid]');
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
}
