import type { VNode } from 'preact';
import { Field } from './field.js';

interface Props {
  readonly email: string;
  readonly webhookUrl: string;
  readonly onChange: (changed: { readonly email?: string; readonly webhookUrl?: string }) => void;
}

/** Who is told when the file is ready, beside whoever looks at the page. */
export function Notify({ email, webhookUrl, onChange }: Props): VNode {
  return (
    <details>
      <summary>Tell somebody when it is ready</summary>
      <div class="options">
        <Field
          at="/notify/email"
          label="E-mail"
          hint="Empty: your own address. Your administrator decides which others are allowed."
        >
          {(attributes) => (
            <input
              {...attributes}
              type="email"
              autocomplete="email"
              value={email}
              onInput={({ currentTarget }) => {
                onChange({ email: currentTarget.value });
              }}
            />
          )}
        </Field>
        <Field at="/notify/webhook_url" label="Webhook" hint="An https address that takes a POST">
          {(attributes) => (
            <input
              {...attributes}
              type="url"
              autocomplete="off"
              spellcheck={false}
              value={webhookUrl}
              onInput={({ currentTarget }) => {
                onChange({ webhookUrl: currentTarget.value });
              }}
            />
          )}
        </Field>
      </div>
    </details>
  );
}
