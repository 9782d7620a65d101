//! Whatever is written is read back the same.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod common;

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use common::{bare_row, card};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use tiebreak_core::{AnnotatorKind, CandidateContent, Message, Prompt, Role};
use tiebreak_exchange::{
    DatasetWriter, ExportFormat, ExportOptions, ExportRow, Format, ImportedOutcome, ImportedRow,
    Reader,
};

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::System, Role::User, Role::Assistant, Role::Tool])
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec((role(), any::<String>()), 1..4)
        .prop_map(|turns| turns.into_iter().map(|(role, text)| Message::new(role, text)).collect())
}

fn prompt() -> impl Strategy<Value = Prompt> {
    prop_oneof![any::<String>().prop_map(Prompt::Text), messages().prop_map(Prompt::Conversation)]
}

fn content() -> impl Strategy<Value = CandidateContent> {
    prop_oneof![
        any::<String>().prop_map(CandidateContent::Text),
        messages().prop_map(CandidateContent::Turns)
    ]
}

/// Text that is there; the importer takes empty text for absent.
fn some_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(any::<String>().prop_filter("not empty", |text| !text.is_empty()))
}

fn number() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(-1e9..1e9)
}

prop_compose! {
    fn row()(
        texts in (prompt(), content(), content()),
        ids in (any::<String>(), some_text(), some_text(), some_text(), some_text(), some_text()),
        is_ai: bool,
        lists in (
            prop::collection::vec(any::<String>(), 0..3),
            prop::collection::vec(any::<String>(), 0..3),
            prop::collection::vec(any::<String>(), 0..3),
        ),
        judgments: u32,
        numbers in (number(), number(), number(), 0.0..=1.0),
        strength in prop::option::of(0_u8..=3),
    ) -> ExportRow {
        let (prompt, chosen, rejected) = texts;
        let (item_id, external_id, context, chosen_system, rejected_system, source) = ids;
        ExportRow {
            follows: None,
            details: None,
            modality: tiebreak_core::Modality::Text,
            item_id, external_id, prompt, context, chosen, rejected, chosen_system, rejected_system,
            label_source: if is_ai { AnnotatorKind::Ai } else { AnnotatorKind::Human },
            annotators: lists.0,
            judgments,
            agreement: numbers.0,
            strength: strength.map(f64::from),
            margin: None,
            confidence: Some(numbers.3),
            reward_model: None,
            chosen_score: numbers.1,
            rejected_score: numbers.2,
            rationales: lists.1,
            source,
            split: None,
            tags: lists.2,
        }
    }
}

fn export(folder: &std::path::Path, format: ExportFormat, rows: &[ExportRow]) {
    let options = ExportOptions { format, with_margin: false };
    let mut writer = DatasetWriter::create(folder, options).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    writer.finish(&card()).unwrap();
}

fn reimport(rows: &[ExportRow], format: ExportFormat) -> Vec<ImportedRow> {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), format, rows);
    let mut reader = Reader::open(&folder.path().join("train.jsonl")).unwrap();
    let mut read = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        read.push(row.unwrap());
    }
    assert!(reader.report().formats.keys().all(|format| *format == Format::Trl));
    read
}

/// The prompt and answers of a conversational row may repeat a prompt by chance; the importer
/// then takes the answers for whole conversations.
fn answers_repeat_prompt(row: &ExportRow) -> bool {
    let turns = row.prompt.messages();
    [&row.chosen, &row.rejected].iter().all(|answer| answer.messages().starts_with(&turns))
}

fn check_reimport(row: &ExportRow, read: &ImportedRow) -> Result<(), TestCaseError> {
    let draft = &read.draft;
    prop_assert_eq!(&draft.external_id, &row.external_id);
    prop_assert_eq!(&draft.context, &row.context);
    prop_assert_eq!(&draft.source, &row.source);
    prop_assert_eq!(&draft.tags, &row.tags);
    prop_assert_eq!(&draft.candidates[0].system, &row.chosen_system);
    prop_assert_eq!(&draft.candidates[1].system, &row.rejected_system);
    prop_assert_eq!(&draft.metadata["judgments"], row.judgments);
    prop_assert_eq!(draft.metadata["agreement"].as_f64(), row.agreement);
    prop_assert_eq!(draft.metadata["score_chosen"].as_f64(), row.chosen_score);
    let [judgment] = read.judgments.as_slice() else {
        return Err(TestCaseError::fail("one judgment is expected"));
    };
    prop_assert_eq!(&judgment.preferred, &ImportedOutcome::Candidate(0));
    prop_assert_eq!(judgment.annotator.kind, row.label_source);
    if let [only] = row.annotators.as_slice() {
        prop_assert_eq!(&judgment.annotator.name, only);
    }
    prop_assert_eq!(judgment.strength.map(|s| f64::from(s.get())), row.strength);
    prop_assert_eq!(judgment.confidence, row.confidence);
    prop_assert_eq!(judgment.rationale.clone().unwrap_or_default(), row.rationales.join("\n\n"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn standard_jsonl(rows in prop::collection::vec(row(), 1..6)) {
        let read = reimport(&rows, ExportFormat::Trl);
        prop_assert_eq!(read.len(), rows.len());
        for (row, read) in rows.iter().zip(&read) {
            check_reimport(row, read)?;
            prop_assert_eq!(&read.draft.prompt, &Prompt::Text(row.prompt.plain_text()));
            for (candidate, answer) in read.draft.candidates.iter().zip([&row.chosen, &row.rejected]) {
                prop_assert_eq!(&candidate.content, &CandidateContent::Text(answer.plain_text()));
            }
        }
    }

    #[test]
    fn conversational_jsonl(rows in prop::collection::vec(row(), 1..6)) {
        prop_assume!(!rows.iter().any(answers_repeat_prompt));
        let read = reimport(&rows, ExportFormat::TrlConversational);
        prop_assert_eq!(read.len(), rows.len());
        for (row, read) in rows.iter().zip(&read) {
            check_reimport(row, read)?;
            prop_assert_eq!(read.draft.prompt.messages(), row.prompt.messages());
            for (candidate, answer) in read.draft.candidates.iter().zip([&row.chosen, &row.rejected]) {
                prop_assert_eq!(candidate.content.messages(), answer.messages());
            }
        }
    }

    #[test]
    fn parquet(rows in prop::collection::vec(row(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        for (format, has_messages) in [(ExportFormat::Parquet, true), (ExportFormat::ParquetStandard, false)] {
            let folder = folder.path().join(format.as_str());
            export(&folder, format, &rows);
            let file = File::open(folder.join("data/train-00000-of-00001.parquet")).unwrap();
            let batches = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
            let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(batches.len(), 1);
            for (i, row) in rows.iter().enumerate() {
                if has_messages {
                    prop_assert_eq!(turns(&batches[0], "prompt", i), row.prompt.messages());
                    prop_assert_eq!(turns(&batches[0], "chosen", i), row.chosen.messages());
                    prop_assert_eq!(turns(&batches[0], "rejected", i), row.rejected.messages());
                } else {
                    prop_assert_eq!(text(&batches[0], "prompt", i), Some(row.prompt.plain_text()));
                    prop_assert_eq!(text(&batches[0], "rejected", i), Some(row.rejected.plain_text()));
                }
                prop_assert_eq!(text(&batches[0], "id", i), row.external_id.clone());
                prop_assert_eq!(text(&batches[0], "context", i), row.context.clone());
                prop_assert_eq!(
                    text(&batches[0], "label_source", i).unwrap(),
                    row.label_source.as_str()
                );
                prop_assert_eq!(texts(&batches[0], "annotators", i), row.annotators.clone());
                prop_assert_eq!(texts(&batches[0], "rationales", i), row.rationales.clone());
                prop_assert_eq!(texts(&batches[0], "tags", i), row.tags.clone());
                prop_assert_eq!(float(&batches[0], "agreement", i), row.agreement);
                prop_assert_eq!(float(&batches[0], "strength", i), row.strength);
                let judgments = batches[0]["judgments"].as_primitive::<Int64Type>().value(i);
                prop_assert_eq!(judgments, i64::from(row.judgments));
            }
        }
    }
}

fn text(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let column = batch[column].as_string::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

fn texts(batch: &RecordBatch, column: &str, row: usize) -> Vec<String> {
    let list = batch[column].as_list::<i32>().value(row);
    list.as_string::<i32>().iter().map(|text| text.unwrap().to_owned()).collect()
}

fn turns(batch: &RecordBatch, column: &str, row: usize) -> Vec<Message> {
    let list = batch[column].as_list::<i32>().value(row);
    let messages = list.as_struct();
    let roles = messages.column(0).as_string::<i32>();
    let contents = messages.column(1).as_string::<i32>();
    let turns = roles.iter().zip(contents.iter());
    turns
        .map(|(role, text)| Message::new(Role::parse(role.unwrap()).unwrap(), text.unwrap()))
        .collect()
}

fn float(batch: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    let column = batch[column].as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row))
}

#[test]
fn parquet_row_groups_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows: Vec<ExportRow> =
        (0..2500).map(|n| ExportRow { item_id: n.to_string(), ..bare_row() }).collect();
    // Five rows of 6 MiB: two in a group.
    let long = CandidateContent::Text("x".repeat(6 << 20));
    rows.extend((0..5).map(|_| ExportRow { chosen: long.clone(), ..bare_row() }));
    export(folder.path(), ExportFormat::Parquet, &rows);
    let file = File::open(folder.path().join("data/train-00000-of-00001.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let groups: Vec<i64> =
        builder.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [1000, 1000, 502, 2, 1]);
    let ids: Vec<String> = builder
        .build()
        .unwrap()
        .flat_map(|batch| {
            let batch = batch.unwrap();
            (0..batch.num_rows())
                .map(|row| text(&batch, "item_id", row).unwrap())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(ids.iter().zip(&rows).all(|(id, row)| *id == row.item_id));
    assert_eq!(ids.len(), rows.len());
}
