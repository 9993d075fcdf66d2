import type { VNode } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly question: string;
  readonly consequence: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. Escape is "no". */
export function Confirm({ question, consequence, yes, no, onYes, onClose }: Props): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // At once: after a paint, a quick Tab would have moved the focus from where it is to go back to.
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  // Closed before it is taken away: only then does the focus go back to where it came from.
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} aria-labelledby={`${id}-question`} aria-describedby={`${id}-more`} onClose={onClose}>
      <h2 id={`${id}-question`}>{question}</h2>
      <p id={`${id}-more`}>{consequence}</p>
      <div class="row">
        <button type="button" onClick={close}>
          {no}
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            close();
            onYes();
          }}
        >
          {yes}
        </button>
      </div>
    </dialog>
  );
}
