import type { ShownStatus } from '../contract.js';
import { SHOWN_STATUS } from './row.js';

/** Which of a user's jobs a list shows. */
export interface ListFilter {
  readonly status?: ShownStatus | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  /** Part of the name, ignoring case. */
  readonly name?: string | undefined;
  readonly scheduleId?: string | undefined;
  readonly savedExportId?: string | undefined;
  /** The administrator who requested them on behalf of the user. */
  readonly requestedBy?: string | undefined;
  /** Created at this time or later. */
  readonly from?: Date | undefined;
  /** Created before this time. */
  readonly before?: Date | undefined;
}

/** @param parameter adds a parameter to the statement and returns its placeholder */
export function listConditions(
  { status, type, format, name, scheduleId, savedExportId, requestedBy, from, before }: ListFilter,
  parameter: (value: unknown) => string,
): string[] {
  return [
    ...(status === undefined ? [] : [`${SHOWN_STATUS} = ${parameter(status)}`]),
    ...(type === undefined ? [] : [`type = ${parameter(type)}`]),
    ...(format === undefined ? [] : [`format = ${parameter(format)}`]),
    ...(name === undefined ? [] : [`strpos(lower(name), lower(${parameter(name)})) > 0`]),
    ...(scheduleId === undefined ? [] : [`schedule_id = ${parameter(scheduleId)}`]),
    ...(savedExportId === undefined ? [] : [`saved_export_id = ${parameter(savedExportId)}`]),
    ...(requestedBy === undefined ? [] : [`requested_by_ref = ${parameter(requestedBy)}`]),
    ...(from === undefined ? [] : [`created_at >= ${parameter(from)}`]),
    ...(before === undefined ? [] : [`created_at < ${parameter(before)}`]),
  ];
}
