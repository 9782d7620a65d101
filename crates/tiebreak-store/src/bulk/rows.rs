//! Items with their judgments, made into records on any thread.

use std::ops::Range;

use tiebreak_core::{
    AnnotatorId, CandidateContent, ContentHash, Judgment, Modality, Origin, Outcome, Strength,
    fingerprint,
};

use super::record::{Field, record};
use super::tree::Index;
use crate::codec::{json_text, time_text};
use crate::table::presentation::positions_of;
use crate::{NewItem, Result};

/// Items with their judgments as the file keeps them. Making them is most of the work of a bulk
/// load, and needs no study: several threads can do it side by side.
#[derive(Default)]
pub struct BulkRows {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<BulkRow>,
}

pub(super) struct BulkRow {
    pub(super) id: [u8; 16],
    pub(super) fingerprint: ContentHash,
    pub(super) external_id: Option<Range<usize>>,
    /// The record of the item, and where in it its ordinal is put.
    pub(super) item: Range<usize>,
    pub(super) ordinal: usize,
    pub(super) candidates: Vec<BulkCandidate>,
    pub(super) judgments: Vec<BulkJudgment>,
}

pub(super) struct BulkCandidate {
    pub(super) id: [u8; 16],
    pub(super) record: Range<usize>,
}

pub(super) struct BulkJudgment {
    pub(super) id: [u8; 16],
    pub(super) annotator: AnnotatorId,
    pub(super) record: Range<usize>,
}

impl BulkRows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds an item with its judgments, each by another annotator. Returns false, and adds
    /// nothing, for what is not loaded in bulk: media, items that follow others, very long
    /// external ids, rankings, revisions, and judgments with details or not imported.
    ///
    /// # Errors
    /// [`crate::StoreError::Judgment`] for a broken rule.
    pub fn push(&mut self, new: &NewItem<'_>, judgments: &[Judgment]) -> Result<bool> {
        if !is_plain_item(new) || !are_plain(judgments) {
            return Ok(false);
        }
        for judgment in judgments {
            judgment.check(&new.candidates)?;
        }
        let start = self.bytes.len();
        let row = self.encode(new, judgments);
        if row.is_err() {
            self.bytes.truncate(start);
        }
        self.rows.push(row?);
        Ok(true)
    }

    fn encode(&mut self, new: &NewItem<'_>, judgments: &[Judgment]) -> Result<BulkRow> {
        let draft = new.draft;
        let id = *new.id.as_bytes();
        let fingerprint = fingerprint(draft);
        let (item, ordinal) = self.item(new, fingerprint)?;
        let external_id = draft.external_id.as_deref().map(|external| {
            let from = self.bytes.len();
            self.bytes.extend_from_slice(external.as_bytes());
            from..self.bytes.len()
        });
        let mut candidates = Vec::with_capacity(draft.candidates.len());
        for (position, (own, candidate)) in new.candidates.iter().zip(&draft.candidates).enumerate()
        {
            let hash = candidate.content.hash();
            let fields = [
                Field::Blob(own.as_bytes()),
                Field::Blob(&id),
                Field::Int(position as i64),
                Field::Text(&json_text(&candidate.content)?),
                Field::Blob(hash.as_bytes()),
                Field::text(candidate.system.as_deref()),
                Field::Text(&json_text(&candidate.metadata)?),
            ];
            let record = self.record(&fields);
            candidates.push(BulkCandidate { id: *own.as_bytes(), record });
        }
        let mut made = Vec::with_capacity(judgments.len());
        for judgment in judgments {
            made.push(BulkJudgment {
                id: *judgment.id.as_bytes(),
                annotator: judgment.annotator,
                record: self.judgment(new, judgment)?,
            });
        }
        Ok(BulkRow { id, fingerprint, external_id, item, ordinal, candidates, judgments: made })
    }

    /// The record of an item, and where its ordinal is put.
    fn item(
        &mut self,
        new: &NewItem<'_>,
        fingerprint: ContentHash,
    ) -> Result<(Range<usize>, usize)> {
        let draft = new.draft;
        let prompt_hash = ContentHash::of(draft.prompt.as_text().as_bytes());
        let fields = [
            Field::Blob(new.id.as_bytes()),
            Field::WideInt(0),
            Field::Blob(fingerprint.as_bytes()),
            Field::text(draft.external_id.as_deref()),
            Field::Text(draft.modality.as_str()),
            Field::Text(&json_text(&draft.prompt)?),
            Field::Blob(prompt_hash.as_bytes()),
            Field::text(draft.context.as_deref()),
            Field::Text(&json_text(&draft.tags)?),
            Field::text(draft.source.as_deref()),
            Field::text(draft.split.as_deref()),
            draft.gold.map_or(Field::Null, |gold| Field::Int(gold.into())),
            Field::Text(&json_text(&draft.metadata)?),
            Field::Text(&time_text(new.imported_at)),
            Field::Null,
        ];
        let range = self.record(&fields);
        // The ordinal lies behind the header and the id. A header that is longer than 127 bytes
        // would state its length in two: fifteen columns stay below that.
        let header = usize::from(self.bytes[range.start]);
        let ordinal = range.start + header + 16;
        Ok((range, ordinal))
    }

    fn judgment(&mut self, new: &NewItem<'_>, judgment: &Judgment) -> Result<Range<usize>> {
        let preferred = match &judgment.outcome {
            Outcome::Preferred(candidate) => Field::Blob(candidate.as_bytes()),
            _ => Field::Null,
        };
        let skip_reason = match judgment.outcome {
            Outcome::Skipped(reason) => Field::Text(reason.as_str()),
            _ => Field::Null,
        };
        let shown = if judgment.shown_order.is_empty() {
            None
        } else {
            Some(json_text(&positions_of(&judgment.shown_order, &new.candidates))?)
        };
        let shown_at = judgment.shown_at.map(time_text);
        let submitted_at = judgment.submitted_at.map(time_text);
        let int = |value: Option<i64>| value.map_or(Field::Null, Field::Int);
        let fields = [
            // The rowid, under its name.
            Field::Null,
            Field::Blob(judgment.id.as_bytes()),
            Field::Blob(judgment.item.as_bytes()),
            Field::Blob(judgment.annotator.as_bytes()),
            Field::Text(judgment.origin.as_str()),
            Field::Text(judgment.outcome.as_str()),
            preferred,
            int(judgment.strength.map(Strength::get).map(i64::from)),
            judgment.confidence.map_or(Field::Null, Field::Real),
            skip_reason,
            Field::text(judgment.rationale.as_deref()),
            Field::Text(&json_text(&judgment.reason_tags)?),
            Field::text(shown.as_deref()),
            int(judgment.order_seed.map(|seed| seed as i64)),
            int(judgment.blinded.map(i64::from)),
            Field::text(shown_at.as_deref()),
            Field::text(submitted_at.as_deref()),
            int(judgment.active_ms.map(|ms| ms as i64)),
            Field::Null,
        ];
        Ok(self.record(&fields))
    }

    fn record(&mut self, fields: &[Field<'_>]) -> Range<usize> {
        let start = self.bytes.len();
        record(fields, &mut self.bytes);
        start..self.bytes.len()
    }
}

fn is_plain_item(new: &NewItem<'_>) -> bool {
    let draft = new.draft;
    draft.modality == Modality::Text
        && draft.follows.is_none()
        && draft.external_id.as_ref().is_none_or(|id| id.len() <= Index::MAX_KEY / 2)
        && new.candidates.len() == draft.candidates.len()
        && !draft
            .candidates
            .iter()
            .any(|candidate| matches!(candidate.content, CandidateContent::Media(_)))
}

fn are_plain(judgments: &[Judgment]) -> bool {
    let by_others = |n: usize, one: &Judgment| {
        judgments[..n].iter().all(|before| before.annotator != one.annotator)
    };
    judgments.iter().enumerate().all(|(n, one)| {
        one.origin == Origin::Imported
            && !matches!(one.outcome, Outcome::Ranked | Outcome::Withdrawn)
            && one.supersedes.is_none()
            && one.aspects.is_empty()
            && one.highlights.is_empty()
            && one.steps.is_empty()
            && one.listening.is_empty()
            && by_others(n, one)
    })
}
