import { createContext, type ComponentChildren, type VNode } from 'preact';
import { useContext, useId } from 'preact/hooks';
import type { RefusedField } from '../refusal.js';

/** Problems of the form's request; each field shows its own. */
export const FieldProblems = createContext<readonly RefusedField[]>([]);

const isWithin = (pointer: string, at: string): boolean => pointer === at || pointer.startsWith(`${at}/`);

/**
 * The problems of one field as sentences; empty if there are none.
 * @param at the field's JSON pointer; problems below it are included
 */
export function useProblem(at: string): string {
  const problems = useContext(FieldProblems).filter(({ pointer }) => isWithin(pointer, at));
  return [...new Set(problems.map(({ detail }) => `${detail}.`))].join(' ');
}

/** Problems that no field of the form shows. */
export const problemsWithoutField = (problems: readonly RefusedField[], shown: readonly string[]): RefusedField[] =>
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

/** An input with its label, hint and problem. */
export function Field({ at, label, hint = '', children }: FieldProps): VNode {
  const id = useId();
  const problem = useProblem(at);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-problem`, 'aria-invalid': problem !== '' })}
      <Hint id={`${id}-hint`} text={hint} />
      <Problem id={`${id}-problem`} text={problem} />
    </div>
  );
}

interface GroupProps {
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}

/** Several inputs that form one field. */
export function Group({ at, label, hint = '', children }: GroupProps): VNode {
  const id = useId();
  const problem = useProblem(at);
  return (
    <fieldset
      class="field"
      aria-describedby={`${id}-hint ${id}-problem`}
      // Makes the group focusable when it is invalid, because its problem may not belong to a single input.
      {...(problem === '' ? {} : { tabIndex: -1, 'data-invalid': '' })}
    >
      <legend>{label}</legend>
      {children}
      <Hint id={`${id}-hint`} text={hint} />
      <Problem id={`${id}-problem`} text={problem} />
    </fieldset>
  );
}

/** Always rendered, so that screen readers notice when its text changes. */
const Hint = ({ id, text }: { readonly id: string; readonly text: string }): VNode => (
  <p class="hint" id={id}>
    {text}
  </p>
);

const Problem = ({ id, text }: { readonly id: string; readonly text: string }): VNode => (
  <p class="problem" id={id}>
    {text}
  </p>
);

/** Focuses the first invalid field, opening the section that contains it. */
export function focusFirstProblem(form: HTMLElement): void {
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid]');
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
}
