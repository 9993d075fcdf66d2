import type { VNode } from 'preact';
import { Field } from './field.js';
import type { Draft } from './request.js';

type Chosen = Pick<Draft, 'sendsEmail' | 'email' | 'webhookUrl'>;

interface Props extends Chosen {
  readonly onChange: (changed: Partial<Chosen>) => void;
}

/** Who gets notified when the export ends. */
export function Notify({ sendsEmail, email, webhookUrl, onChange }: Props): VNode {
  return (
    <details>
      <summary>Notify me when it’s ready</summary>
      <div class="field">
        <label class="box">
          <input
            type="checkbox"
            checked={sendsEmail}
            onChange={({ currentTarget }) => {
              onChange({ sendsEmail: currentTarget.checked });
            }}
          />
          <span>
            Send an email <span class="hint">If you clear this box, nobody gets an email about this export.</span>
          </span>
        </label>
      </div>
      <div class="options">
        {sendsEmail ? (
          <Field
            at="/notify/email"
            label="Email address"
            hint="Leave this empty to use your own address. Your administrator decides which other addresses are allowed."
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
        ) : null}
        <Field at="/notify/webhook_url" label="Webhook URL" hint="An https address that accepts POST requests">
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
