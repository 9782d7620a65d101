//! Rows and cards for the export tests.

use chrono::DateTime;
use serde_json::Map;
use tiebreak_core::{
    AnnotatorKind, CandidateContent, ContentHash, Message, Modality, PolicyRun, PolicyRunId,
    Prompt, RewardModelIdentity, Role, RunCause, ScorerKind,
};
use tiebreak_exchange::{DatasetCard, ExportRow, LeftOut};

/// A row with as little as a row can have.
pub fn bare_row() -> ExportRow {
    ExportRow {
        item_id: "01980000-0000-7000-8000-000000000001".to_owned(),
        follows: None,
        details: None,
        modality: Modality::Text,
        external_id: None,
        prompt: Prompt::Text("Say hello.".to_owned()),
        context: None,
        chosen: CandidateContent::Text("Hello!".to_owned()),
        rejected: CandidateContent::Text(String::new()),
        chosen_system: None,
        rejected_system: None,
        label_source: AnnotatorKind::Human,
        annotators: vec!["annotator-1".to_owned()],
        judgments: 1,
        agreement: None,
        strength: None,
        margin: None,
        confidence: None,
        reward_model: None,
        chosen_score: None,
        rejected_score: None,
        rationales: Vec::new(),
        source: None,
        split: None,
        tags: Vec::new(),
    }
}

#[allow(dead_code, reason = "not every test binary needs every row")]
/// A row with everything, labelled by a model.
pub fn full_row() -> ExportRow {
    ExportRow {
        item_id: "01980000-0000-7000-8000-000000000002".to_owned(),
        follows: None,
        details: None,
        modality: Modality::Text,
        external_id: Some("q-7".to_owned()),
        prompt: Prompt::Conversation(vec![
            Message::new(Role::System, "Be brief."),
            Message::new(Role::User, "Naïve \"quotes\"\nand\u{2028}lines?"),
        ]),
        context: Some("Judge by brevity.".to_owned()),
        chosen: CandidateContent::Turns(vec![Message::new(Role::Assistant, "Yes. 🎵")]),
        rejected: CandidateContent::Turns(vec![
            Message::new(Role::Assistant, "Hm."),
            Message::new(Role::User, "Well?"),
            Message::new(Role::Assistant, "No."),
        ]),
        chosen_system: Some("model-a".to_owned()),
        rejected_system: Some("model-b".to_owned()),
        label_source: AnnotatorKind::Ai,
        annotators: vec!["reward-model-1".to_owned()],
        judgments: 1,
        agreement: Some(1.0),
        strength: Some(2.0),
        margin: Some(1.25),
        confidence: Some(0.75),
        reward_model: Some("ab".repeat(32)),
        chosen_score: Some(1.5),
        rejected_score: Some(0.25),
        rationales: vec!["Shorter.".to_owned()],
        source: Some("demo".to_owned()),
        split: Some("test".to_owned()),
        tags: vec!["style".to_owned(), "short".to_owned()],
    }
}

/// A card with everything.
pub fn card() -> DatasetCard {
    let hash = ContentHash::of(b"model");
    DatasetCard {
        title: "A \"demo\": study".to_owned(),
        question: Some("Which answer is better?\nTake your time.".to_owned()),
        licence: None,
        created_at: DateTime::UNIX_EPOCH,
        tool_version: "0.1.0".to_owned(),
        reward_models: vec![RewardModelIdentity {
            name: "minilm".to_owned(),
            modality: Modality::Text,
            kind: ScorerKind::Encoder,
            encoder_hash: hash,
            pack_hash: hash,
            preprocessing_version: 1,
        }],
        policy_run: Some(PolicyRun {
            id: "01980000-0000-7000-8000-000000000003".parse::<PolicyRunId>().unwrap(),
            policy: "least-certain".to_owned(),
            used: "least-certain".to_owned(),
            ai: PolicyRun::REWARD.to_owned(),
            cause: RunCause::Asked,
            last_judgment: None,
            budget: "25%".parse().unwrap(),
            seed: 7,
            reward_models: Vec::new(),
            parameters: Map::new(),
            ran_at: DateTime::UNIX_EPOCH,
        }),
        left_out: vec![LeftOut { reason: "tie".to_owned(), items: 3 }],
    }
}
