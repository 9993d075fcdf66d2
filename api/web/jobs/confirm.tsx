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

/** Asks for confirmation before an action that can't be undone. Escape means no. */
export function Confirm({ question, consequence, yes, no, onYes, onClose }: Props): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // In a layout effect: after a paint, a quick Tab could already have moved the focus, and the dialog would restore the
  // wrong element.
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  const isOver = useRef(false);
  // Don't rely on the `close` event alone: it fires after the focus is restored, and an Enter in between would reopen a
  // dialog that is about to be removed.
  const close = (): void => {
    if (isOver.current) return;
    isOver.current = true;
    // Close before unmounting: otherwise the browser doesn't restore the focus.
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
