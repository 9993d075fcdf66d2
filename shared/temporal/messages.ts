import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Admission, AdmitRequest, ClaimRequest, ExportProgress, SlotsState } from './inputs.js';

/** userExportSlots: takes a slot and starts the export, or fails with TOO_MANY_EXPORTS and the active job ids. */
export const admitUpdate = defineUpdate<Admission, [AdmitRequest]>('admit');
/** userExportSlots: true when the export holds a slot; false when it waits for one. */
export const claimUpdate = defineUpdate<boolean, [ClaimRequest]>('claim');
/** userExportSlots: the export with this job id has ended, for any reason. */
export const releaseSignal = defineSignal<[string]>('release');
/** userExportSlots: whether the job holds a slot. Segments and the finish ask, because a reset may skip the claim. */
export const isHolderQuery = defineQuery<boolean, [string]>('isHolder');
/** userExportSlots: holders, waiters, and unsettled exports. */
export const slotsQuery = defineQuery<SlotsState>('slots');

/** exportWorkflow: progress by committed segments. */
export const progressQuery = defineQuery<ExportProgress>('progress');
/** exportWorkflow: a hint to claim the slot again. */
export const slotGrantedSignal = defineSignal('slotGranted');
