// Generated from crates/tiebreak-app/src/view.rs by `cargo xtask bindings`. Do not edit.

/**
 * The one shape of an error outside the program.
 */
export type UserError = { 
/**
 * A stable word that a program may branch on.
 */
code: string, 
/**
 * What went wrong.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string | null, };

/**
 * The program and the machine it runs on.
 */
export type AppInfo = { 
/**
 * Version of Tiebreak.
 */
version: string, 
/**
 * The study that was named on the command line, already open.
 */
study: StudyOverview | null, 
/**
 * Why the study named on the command line could not be opened.
 */
error: UserError | null, };

/**
 * A study that was open before.
 */
export type RecentStudy = { 
/**
 * What `open_recent` takes.
 */
id: string, 
/**
 * The file name without its ending.
 */
name: string, 
/**
 * The folder, shortened for reading.
 */
folder: string, 
/**
 * When it was last open, RFC 3339.
 */
opened_at: string, 
/**
 * Whether the file is there now.
 */
exists: boolean, };

/**
 * Whether the study asks for something.
 */
export type Ask = "off" | "optional" | "required";

/**
 * How the study is run.
 */
export type StudySettings = { 
/**
 * The question above each comparison.
 */
question: string, 
/**
 * Guidelines for annotators, Markdown.
 */
guidelines: string, 
/**
 * Strength 0..3 beside the preference.
 */
strength: Ask, 
/**
 * A reason in words.
 */
rationale: Ask, 
/**
 * How many people judge each item routed to people, at least 1.
 */
overlap: number, 
/**
 * Human labels to spend: a share such as `25%`, or a number.
 */
budget: string, };

/**
 * A study at a glance.
 */
export type StudyOverview = { 
/**
 * The file name without its ending.
 */
name: string, 
/**
 * The whole path, for reading.
 */
path: string, 
/**
 * How it is run.
 */
settings: StudySettings, 
/**
 * All items.
 */
items: number, 
/**
 * Items that every candidate of which has a score of the current reward model.
 */
scored: number, 
/**
 * Items by route; all zero and `unrouted == items` before the first routing.
 */
routed: RouteCounts, 
/**
 * Items with at least one live human answer.
 */
human_labelled: number, 
/**
 * Of these, answered in Tiebreak rather than imported.
 */
annotated: number, 
/**
 * Items with a live label of the study's reward model.
 */
ai_labelled: number, 
/**
 * Items that people still have to label: routed to people (or all, before routing), and
 * without enough answers given here.
 */
waiting: number, 
/**
 * Share of items on which human answers and the reward model name the same candidate,
 * among `agreement_items`; absent where there is none.
 */
agreement: number | null, 
/**
 * The number of items that `agreement` counts.
 */
agreement_items: number, 
/**
 * Annotators, people and AI judges.
 */
annotators: Array<AnnotatorView>, 
/**
 * The last routing, in words.
 */
policy: string | null, };

/**
 * Items by side.
 */
export type RouteCounts = { 
/**
 * For people.
 */
human: number, 
/**
 * For the reward model.
 */
ai: number, 
/**
 * Not routed yet.
 */
unrouted: number, };

/**
 * One annotator.
 */
export type AnnotatorView = { 
/**
 * Id.
 */
id: string, 
/**
 * `human` or `ai`.
 */
kind: string, 
/**
 * The name used on this machine.
 */
name: string, 
/**
 * What exports call them.
 */
pseudonym: string, 
/**
 * Whether they came with imported data.
 */
imported: boolean, 
/**
 * Live answers.
 */
judgments: number, };

/**
 * The reward model at hand.
 */
export type ModelStatus = { 
/**
 * Whether it can score.
 */
ready: boolean, 
/**
 * Its name.
 */
name: string | null, 
/**
 * The first eight digits of its hash.
 */
hash: string | null, 
/**
 * The execution provider that runs, for example `cpu`.
 */
provider: string | null, 
/**
 * Providers that do not run, each with the reason.
 */
skipped: Array<string>, 
/**
 * Why it cannot score.
 */
error: UserError | null, };

/**
 * A turn of the prompt or of an answer.
 */
export type TurnView = { 
/**
 * `system`, `user`, `assistant` or `tool`.
 */
role: string, 
/**
 * Markdown, as imported.
 */
text: string, };

/**
 * A comparison as it is to be shown.
 */
export type ComparisonView = { 
/**
 * The item.
 */
item: string, 
/**
 * Its number in the study, from 1.
 */
ordinal: number, 
/**
 * The prompt's turns; plain text is one user turn.
 */
prompt: Array<TurnView>, 
/**
 * Criteria to judge by, shown apart.
 */
context: string | null, 
/**
 * The candidates from left to right.
 */
candidates: Array<CandidateView>, 
/**
 * The annotator's own answer so far; set when they come back to it.
 */
previous: AnswerView | null, };

/**
 * A candidate as it is to be shown: no system name.
 */
export type CandidateView = { 
/**
 * What an answer names.
 */
id: string, 
/**
 * What it says; plain text is one assistant turn.
 */
turns: Array<TurnView>, };

/**
 * What is answered.
 */
export type Answer = { "kind": "preferred", 
/**
 * Which.
 */
candidate: string, } | { "kind": "tie" } | { "kind": "both_bad" } | { "kind": "skipped", 
/**
 * `unstated`, `not_qualified`, `broken` or `unwanted`.
 */
reason: string, };

/**
 * An answer with what belongs to it.
 */
export type AnswerView = { 
/**
 * What is answered.
 */
answer: Answer, 
/**
 * 0 to 3; absent when not given.
 */
strength: number | null, 
/**
 * Why, in words.
 */
rationale: string | null, };

/**
 * A judgment on its way in.
 */
export type JudgmentInput = { 
/**
 * The item judged.
 */
item: string, 
/**
 * What is answered.
 */
answer: Answer, 
/**
 * 0 to 3; absent when not given. An untouched slider is absent.
 */
strength: number | null, 
/**
 * Why, in words.
 */
rationale: string | null, 
/**
 * When the comparison appeared, RFC 3339.
 */
shown_at: string | null, 
/**
 * Time spent on it without idle time, in milliseconds.
 */
active_ms: number | null, };

/**
 * Said after the commit, never before.
 */
export type Saved = { 
/**
 * The judgment written.
 */
judgment: string, 
/**
 * Where the annotator stands now.
 */
progress: Progress, };

/**
 * What undo took back.
 */
export type Undone = { 
/**
 * The comparison, as it was shown, with the answer that was withdrawn in `previous`.
 */
comparison: ComparisonView, 
/**
 * Where the annotator stands now.
 */
progress: Progress, };

/**
 * Where an annotator stands.
 */
export type Progress = { 
/**
 * Live judgments made here by this annotator, skips included.
 */
done: number, 
/**
 * Comparisons that still wait for this annotator.
 */
waiting: number, 
/**
 * Median time per judgment of the last 50, in seconds without idle time.
 */
seconds_per_judgment: number | null, 
/**
 * Time left at that pace, in seconds.
 */
seconds_left: number | null, 
/**
 * Whether there is something to undo.
 */
can_undo: boolean, };

/**
 * Long work.
 */
export type JobView = { 
/**
 * What `job` and `cancel_job` take.
 */
id: string, 
/**
 * What is being done now, in words.
 */
stage: string, 
/**
 * Units done in this stage.
 */
done: number, 
/**
 * Units in this stage; absent while unknown.
 */
total: number | null, 
/**
 * Estimated seconds to the end of this stage.
 */
eta_s: number | null, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * What came of it.
 */
result: JobResult | null, 
/**
 * Why it failed.
 */
error: UserError | null, };

/**
 * Where a job stands.
 */
export type JobState = "running" | "done" | "failed" | "cancelled";

/**
 * What came of a job.
 */
export type JobResult = { "kind": "import", 
/**
 * One report a file.
 */
files: Array<ImportReport>, } | { "kind": "label", 
/**
 * What was done.
 */
report: LabelReport, } | { "kind": "export", 
/**
 * What was written.
 */
report: ExportReport, };

/**
 * What an import did with one file.
 */
export type ImportReport = { 
/**
 * The file's name.
 */
file: string, 
/**
 * The formats that were recognised, each with its number of rows.
 */
formats: Array<[string, number]>, 
/**
 * Rows read, blank lines left out.
 */
rows: number, 
/**
 * Items added.
 */
added: number, 
/**
 * Rows that were in the study already.
 */
duplicates: number, 
/**
 * Rows left out, each with a problem.
 */
skipped: number, 
/**
 * Judgments of people added.
 */
human_judgments: number, 
/**
 * Judgments of AI judges added.
 */
ai_judgments: number, 
/**
 * Why rows were left out, `FILE:LINE: field: reason`; the first 1000.
 */
problems: Array<string>, 
/**
 * What was odd about rows that were taken, in the same form; the first 1000.
 */
warnings: Array<string>, 
/**
 * How many warnings there were in all.
 */
warning_count: number, };

/**
 * What scoring, routing and labelling did.
 */
export type LabelReport = { 
/**
 * Items scored now.
 */
scored: number, 
/**
 * Items routed to people.
 */
human: number, 
/**
 * Items routed to the reward model.
 */
ai: number, 
/**
 * Labels of the reward model written now.
 */
autolabelled: number, 
/**
 * The execution provider that ran.
 */
provider: string, };

/**
 * What an export wrote.
 */
export type ExportReport = { 
/**
 * The folder.
 */
folder: string, 
/**
 * The files in it.
 */
files: Array<string>, 
/**
 * Rows written.
 */
rows: number, 
/**
 * Of these, labelled by people.
 */
human: number, 
/**
 * Of these, labelled by AI.
 */
ai: number, 
/**
 * Items left out, by reason.
 */
left_out: Array<[string, number]>, 
/**
 * What else is worth knowing.
 */
notes: Array<string>, };

/**
 * An export format on offer.
 */
export type FormatView = { 
/**
 * What `start_export` takes.
 */
name: string, 
/**
 * In words.
 */
title: string, 
/**
 * Who loads it.
 */
description: string, };
