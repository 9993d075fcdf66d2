import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Admission, AdmitRequest, ClaimRequest, ExportProgress, SlotsState } from './inputs.js';

/** userExportSlots: takes a slot and starts the export, or fails with TOO_MANY_EXPORTS and the active job ids. */
export const admitUpdate = defineUpdate<Admission, [AdmitRequest]>('admit');
/** userExportSlots: true when the export holds a slot; false when it waits for one. */
export const claimUpdate = defineUpdate<boolean, [ClaimRequest]>('claim');
/** userExportSlots: the export with this job id has ended, whatever way. */
export const releaseSignal = defineSignal<[string]>('release');
/** userExportSlots: the fence for exports that were reset to their middle. */
export const isHolderQuery = defineQuery<boolean, [string]>('isHolder');
/** userExportSlots: holders, waiters, and what is still to be settled. */
export const slotsQuery = defineQuery<SlotsState>('slots');

/** exportWorkflow: how far it is, by committed segments. */
export const progressQuery = defineQuery<ExportProgress>('progress');
/** exportWorkflow: a hint to ask for the slot again. */
export const slotGrantedSignal = defineSignal('slotGranted');
