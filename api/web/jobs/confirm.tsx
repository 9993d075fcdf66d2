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
  const isOver = useRef(false);
  // Not by the `close` event alone: it comes a moment after the focus is back, and who presses Enter in between would
  // ask again of a question that is being taken away.
  const close = (): void => {
    if (isOver.current) return;
    isOver.current = true;
    // Before it is taken away: only then does the focus go back to where it came from.
    dialog.current?.close();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-more`}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={close}
    >
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
