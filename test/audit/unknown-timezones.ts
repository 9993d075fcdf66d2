import type { ScheduledExportInput } from '../../shared/schedules/contract.js';
import { ScheduleStore } from '../../shared/schedules/store.js';

/** Makes schedules reach Temporal with a timezone that only Temporal rejects. @returns a function that undoes this */
export function sendUnknownTimezones(): () => void {
  const stores = ScheduleStore.prototype;
  const { create, replace } = Object.getOwnPropertyDescriptors(stores);
  const elsewhere = (input: ScheduledExportInput) => ({
    ...input,
    definition: { ...input.definition, timezone: 'Mars/Olympus' },
  });
  stores.create = function (input, memo) {
    return create.value?.call(this, elsewhere(input), memo) ?? Promise.reject(new Error('no such method'));
  };
  stores.replace = function (input) {
    return replace.value?.call(this, elsewhere(input)) ?? Promise.reject(new Error('no such method'));
  };
  return () => Object.defineProperties(stores, { create, replace });
}
