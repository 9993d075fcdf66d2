import type { VNode } from 'preact';
import { Confirm } from './confirm.js';

interface Props {
  readonly onYes: () => void;
  readonly onClose: () => void;
}

export function ConfirmCancel({ name, ...handlers }: Props & { readonly name: string }): VNode {
  return (
    <Confirm
      question="Cancel this export?"
      consequence={`The partial file of ${name} will be discarded.`}
      yes="Cancel the export"
      no="Keep exporting"
      {...handlers}
    />
  );
}

export function ConfirmDelete({ fileName, ...handlers }: Props & { readonly fileName: string | null }): VNode {
  return (
    <Confirm
      question="Delete this file?"
      consequence={`${fileName ?? 'The file'} will be deleted for everyone who has the link.`}
      yes="Delete the file"
      no="Keep the file"
      {...handlers}
    />
  );
}
