import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { describeFound, type Found } from './use-found.js';

interface Props {
  readonly text: string;
  readonly found: Found | null;
  readonly onText: (text: string) => void;
}

/** Finds exports by their name. */
export function FindExports({ text, found, onText }: Props): VNode {
  const id = useId();
  return (
    <div class="field" role="search">
      <label for={id}>Find by name</label>
      <input
        id={id}
        type="search"
        maxLength={100}
        value={text}
        onInput={({ currentTarget }) => {
          onText(currentTarget.value);
        }}
      />
      <p class="hint" role="status">
        {found === null ? '' : describeFound(found)}
      </p>
    </div>
  );
}
