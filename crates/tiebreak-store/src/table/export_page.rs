//! What an export reads: pages of items with all that was said of them, in a handful of
//! statements a page, however many items it has.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde_json::{Map, Value};
use tiebreak_core::{
    AnnotatorId, AnnotatorKind, CandidateId, ContentHash, Item, ItemId, Outcome, PolicyRunId,
    RewardModelId, RouteTo,
};

use super::presentation::order_of;
use super::{item, judgment};
use crate::codec::{hash, id, json, optional_time, word};
use crate::{LiveJudgment, Reader, Result};

/// What an export says of an annotator.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportAnnotator {
    /// Person or model.
    pub kind: AnnotatorKind,
    /// The pseudonym in the study.
    pub pseudonym: String,
    /// What is known of them.
    pub profile: Map<String, Value>,
}

/// What is the same for all pages of an export.
#[derive(Clone, Debug)]
pub struct ExportScope {
    /// Whose routes are read.
    pub run: Option<PolicyRunId>,
    /// Whose scores are read: at most one model a modality.
    pub models: Vec<RewardModelId>,
    /// Everybody who may have judged.
    pub annotators: HashMap<AnnotatorId, ExportAnnotator>,
    /// Which tables of details have any rows.
    details: Details,
}

#[derive(Clone, Copy, Debug)]
struct Details {
    aspects: bool,
    highlights: bool,
    steps: bool,
    listening: bool,
}

/// An item with all that an export may say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportEntry {
    /// The item.
    pub item: Item,
    /// The judgments that count, in the order of their commits.
    pub judgments: Vec<LiveJudgment>,
    /// The scores of its candidates.
    pub scores: Vec<(CandidateId, f64)>,
    /// Its side.
    pub route: Option<RouteTo>,
    /// The item that it follows.
    pub follows: Option<ItemId>,
}

/// Some items in study order, and where to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportPage {
    /// The items.
    pub entries: Vec<ExportEntry>,
    /// The ordinal after which the next page starts; `None` at the end.
    pub next: Option<u64>,
}

/// What items have in common with others, for splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemLinks {
    /// Its place in the study, from 1.
    pub ordinal: u64,
    /// BLAKE3 of its prompt as plain text.
    pub prompt: ContentHash,
    /// BLAKE3 of its candidates' content.
    pub candidates: Vec<ContentHash>,
    /// Where it came from.
    pub source: Option<String>,
    /// The id that the imported data gave it.
    pub external_id: Option<String>,
    /// The external id of the item that it continues.
    pub follows: Option<String>,
    /// Whether a person has judged it.
    pub by_people: bool,
}

impl Reader<'_> {
    /// What all pages of an export have in common.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn export_scope(
        &self,
        run: Option<PolicyRunId>,
        models: Vec<RewardModelId>,
    ) -> Result<ExportScope> {
        let mut statement =
            self.connection.prepare("SELECT id, kind, pseudonym, profile FROM annotator")?;
        let rows = statement.query_map([], |row| {
            let annotator = ExportAnnotator {
                kind: word(row, 1, AnnotatorKind::parse)?,
                pseudonym: row.get(2)?,
                profile: json(row, 3)?,
            };
            Ok((id(row, 0)?, annotator))
        })?;
        let annotators = rows.collect::<rusqlite::Result<_>>()?;
        let any = |table: &str| -> Result<bool> {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            Ok(self.connection.query_row(&sql, [], |row| row.get(0))?)
        };
        let details = Details {
            aspects: any("aspect_judgment")?,
            highlights: any("span_highlight")?,
            steps: any("step_mark")?,
            listening: any("listen_span")?,
        };
        Ok(ExportScope { run, models, annotators, details })
    }

    /// Up to `limit` items after `after` in study order, with what was said of them; start with 0.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn export_page(&self, scope: &ExportScope, after: u64, limit: usize) -> Result<ExportPage> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {} FROM item WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2",
            item::COLUMNS
        ))?;
        let rows = statement.query_map(params![after as i64, limit as i64], |row| {
            let item = item::read_item(row)?;
            Ok(ExportEntry {
                item,
                judgments: Vec::new(),
                scores: Vec::new(),
                route: None,
                follows: None,
            })
        })?;
        let mut entries: Vec<ExportEntry> = rows.collect::<rusqlite::Result<_>>()?;
        let Some(last) = entries.last().map(|entry| entry.item.ordinal) else {
            return Ok(ExportPage { entries, next: None });
        };
        let range = [after as i64, last as i64];
        self.add_candidates(&mut entries, range)?;
        self.add_judgments(&mut entries, range, scope)?;
        self.add_scores(&mut entries, range, scope)?;
        self.add_routes(&mut entries, range, scope)?;
        for entry in entries.iter_mut().filter(|entry| entry.item.follows.is_some()) {
            entry.follows = self.followed(entry.item.id)?.first().copied();
        }
        let next = (entries.len() == limit).then_some(last);
        Ok(ExportPage { entries, next })
    }

    fn add_candidates(&self, entries: &mut [ExportEntry], [after, last]: [i64; 2]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, c.id, c.position, c.content, c.system, c.metadata
             FROM item AS i CROSS JOIN candidate AS c ON c.item_id = i.id
             WHERE i.ordinal > ?1 AND i.ordinal <= ?2 ORDER BY i.ordinal, c.position",
        )?;
        let mut rows = statement.query([after, last])?;
        while let Some(row) = rows.next()? {
            let Some(entry) = entry(entries, row.get(0)?) else { continue };
            entry.item.candidates.push(item::read_candidate(row, 1)?);
        }
        Ok(())
    }

    fn add_judgments(
        &self,
        entries: &mut [ExportEntry],
        [after, last]: [i64; 2],
        scope: &ExportScope,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {}, i.ordinal FROM item AS i CROSS JOIN judgment AS j ON j.item_id = i.id
             WHERE i.ordinal > ?1 AND i.ordinal <= ?2 AND j.outcome <> 'withdrawn'
               AND NOT EXISTS (SELECT 1 FROM judgment AS r WHERE r.supersedes = j.id)
             ORDER BY i.ordinal",
            judgment::COLUMNS
        ))?;
        // Sorted here: for the order of commits SQLite would move whole rows.
        let mut found = Vec::with_capacity(entries.len());
        let mut rows = statement.query([after, last])?;
        while let Some(row) = rows.next()? {
            found.push((row.get::<_, i64>(19)?, judgment::read(row)?));
        }
        found.sort_by_key(|(ordinal, one)| (*ordinal, one.seq));
        for (ordinal, one) in found {
            let Some(entry) = entry(entries, ordinal) else { continue };
            let judgment::Found { mut judgment, seq, positions } = one;
            let Some(annotator) = scope.annotators.get(&judgment.annotator) else { continue };
            if !positions.is_empty() {
                let all: Vec<CandidateId> = entry.item.candidates.iter().map(|c| c.id).collect();
                judgment.shown_order = order_of(&positions, &all);
            }
            if judgment.outcome == Outcome::Ranked {
                judgment.ranking = Some(self.ranking(seq)?);
            }
            if scope.details.aspects {
                judgment.aspects = self.aspects(seq)?;
            }
            if scope.details.highlights {
                judgment.highlights = self.highlights(seq)?;
            }
            if scope.details.steps {
                judgment.steps = self.steps(seq)?;
            }
            if scope.details.listening {
                judgment.listening = self.listening(seq)?;
            }
            entry.judgments.push(LiveJudgment {
                judgment,
                kind: annotator.kind,
                pseudonym: annotator.pseudonym.clone(),
            });
        }
        Ok(())
    }

    fn add_scores(
        &self,
        entries: &mut [ExportEntry],
        [after, last]: [i64; 2],
        scope: &ExportScope,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, s.candidate_id, s.score FROM item AS i
             CROSS JOIN reward_score AS s ON s.reward_model_id = ?3 AND s.item_id = i.id
             WHERE i.ordinal > ?1 AND i.ordinal <= ?2",
        )?;
        for model in &scope.models {
            let mut rows = statement.query(params![after, last, model.as_bytes()])?;
            while let Some(row) = rows.next()? {
                if let Some(entry) = entry(entries, row.get(0)?) {
                    entry.scores.push((id(row, 1)?, row.get(2)?));
                }
            }
        }
        Ok(())
    }

    fn add_routes(
        &self,
        entries: &mut [ExportEntry],
        [after, last]: [i64; 2],
        scope: &ExportScope,
    ) -> Result<()> {
        let Some(run) = scope.run else { return Ok(()) };
        let mut statement = self.connection.prepare_cached(
            "SELECT i.ordinal, r.side FROM item AS i
             CROSS JOIN route AS r ON r.policy_run_id = ?3 AND r.item_id = i.id
             WHERE i.ordinal > ?1 AND i.ordinal <= ?2",
        )?;
        let mut rows = statement.query(params![after, last, run.as_bytes()])?;
        while let Some(row) = rows.next()? {
            if let Some(entry) = entry(entries, row.get(0)?) {
                entry.route = Some(word(row, 1, RouteTo::parse)?);
            }
        }
        Ok(())
    }

    /// What every item has in common with others, in study order.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn item_links(&self) -> Result<Vec<ItemLinks>> {
        let mut statement = self.connection.prepare(
            "SELECT i.ordinal, i.prompt_hash, i.source, i.external_id, i.follows,
               EXISTS (SELECT 1 FROM judgment AS j JOIN annotator AS a ON a.id = j.annotator_id
                 WHERE j.item_id = i.id AND a.kind = 'human') AS by_people, c.content_hash
             FROM item AS i CROSS JOIN candidate AS c ON c.item_id = i.id
             ORDER BY i.ordinal, c.position",
        )?;
        let mut rows = statement.query([])?;
        let mut items: Vec<ItemLinks> = Vec::new();
        while let Some(row) = rows.next()? {
            let ordinal = row.get::<_, i64>(0)? as u64;
            if items.last().is_none_or(|last| last.ordinal != ordinal) {
                items.push(ItemLinks {
                    ordinal,
                    prompt: hash(row, 1)?,
                    candidates: Vec::with_capacity(2),
                    source: row.get(2)?,
                    external_id: row.get(3)?,
                    follows: row.get(4)?,
                    by_people: row.get(5)?,
                });
            }
            if let Some(last) = items.last_mut() {
                last.candidates.push(hash(row, 6)?);
            }
        }
        Ok(items)
    }

    /// The most candidates that an item has; 0 without items.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn most_candidates(&self) -> Result<u32> {
        let last: Option<u32> =
            self.connection
                .query_row("SELECT max(position) FROM candidate", [], |row| row.get(0))?;
        Ok(last.map_or(0, |last| last + 1))
    }

    /// When the study was last added to: an item, a judgment or a routing. An export is dated by
    /// it, so that an unchanged study is exported to the same bytes.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_change(&self) -> Result<DateTime<Utc>> {
        let last = self.connection.query_row(
            "SELECT max((SELECT created_at FROM study),
               coalesce((SELECT imported_at FROM item ORDER BY ordinal DESC LIMIT 1), ''),
               coalesce((SELECT submitted_at FROM judgment WHERE origin <> 'imported'
                 ORDER BY seq DESC LIMIT 1), ''),
               coalesce((SELECT ran_at FROM policy_run ORDER BY seq DESC LIMIT 1), ''))",
            [],
            |row| optional_time(row, 0),
        )?;
        Ok(last.unwrap_or_default())
    }
}

/// The entry of an ordinal. Ordinals ascend, mostly without a gap: it is then where it should be.
fn entry(entries: &mut [ExportEntry], ordinal: i64) -> Option<&mut ExportEntry> {
    let ordinal = ordinal as u64;
    let first = entries.first()?.item.ordinal;
    let place = ordinal.checked_sub(first)? as usize;
    let place = match entries.get(place) {
        Some(entry) if entry.item.ordinal == ordinal => place,
        _ => entries.binary_search_by_key(&ordinal, |entry| entry.item.ordinal).ok()?,
    };
    entries.get_mut(place)
}
