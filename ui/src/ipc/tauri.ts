// The only file that knows the host of the window.
import { invoke } from '@tauri-apps/api/core';

import type { Backend } from './backend';

/** Forwards every call to the command of the same name. */
export const tauriBackend: Backend = {
  appInfo: () => invoke('app_info'),
  recentStudies: () => invoke('recent_studies'),
  newStudy: () => invoke('new_study'),
  openStudy: () => invoke('open_study'),
  openRecent: (id) => invoke('open_recent', { id }),
  closeStudy: () => invoke('close_study'),
  overview: () => invoke('overview'),
  saveSettings: (settings) => invoke('save_settings', { settings }),
  modelStatus: () => invoke('model_status'),
  importFiles: () => invoke('import_files'),
  startLabelling: (budget) => invoke('start_labelling', { budget }),
  job: (id) => invoke('job', { id }),
  cancelJob: (id) => invoke('cancel_job', { id }),
  createAnnotator: (name) => invoke('create_annotator', { name }),
  nextComparisons: (annotator, count, exclude) =>
    invoke('next_comparisons', { annotator, count, exclude }),
  submitJudgment: (annotator, judgment) => invoke('submit_judgment', { annotator, judgment }),
  undo: (annotator) => invoke('undo', { annotator }),
  progress: (annotator) => invoke('progress', { annotator }),
  exportFormats: () => invoke('export_formats'),
  startExport: (format) => invoke('start_export', { format }),
};
