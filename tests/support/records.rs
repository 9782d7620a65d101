//! What is in a study file, read through the store and checked against the rules on the way.

use std::path::Path;

use tiebreak_core::{AnnotatorKind, Item, Judgment, Outcome};
use tiebreak_store::{Store, StoreError};

/// What one person judged: for each item, in study order, all rows from the first to the last.
pub struct Record {
    /// The item.
    pub item: Item,
    /// Its chain of judgments; empty where the person judged nothing.
    pub chain: Vec<Judgment>,
}

impl Record {
    /// The judgment that counts.
    pub fn live(&self) -> Option<&Judgment> {
        self.chain.last().filter(|last| last.outcome != Outcome::Withdrawn)
    }
}

/// Reads the whole file: every item with its candidates, and every judgment of the person `name`
/// who works here. A chain that is broken in any way fails the test.
pub fn read(study: &Path, name: &str) -> Vec<Record> {
    let store = Store::open(study).unwrap();
    let records = store.read(|reader| {
        let annotator = reader.annotator_named(AnnotatorKind::Human, name, "")?;
        let mut records = Vec::new();
        let mut after = Some(0);
        while let Some(start) = after {
            let page = reader.items_after(start, 500)?;
            after = page.next;
            for item in page.items {
                let chain = match &annotator {
                    Some(annotator) => reader.judgment_history(item.id, annotator.id)?,
                    None => Vec::new(),
                };
                let live: Vec<_> = reader.live_judgments(item.id)?;
                let record = Record { item, chain };
                check(&record);
                let own = live.iter().map(|live| &live.judgment).find(|judgment| {
                    annotator.as_ref().is_some_and(|annotator| annotator.id == judgment.annotator)
                });
                assert_eq!(own.map(|own| own.id), record.live().map(|live| live.id));
                records.push(record);
            }
        }
        assert_eq!(records.len() as u64, reader.item_count()?, "every item is readable");
        Ok::<_, StoreError>(records)
    });
    records.unwrap()
}

fn check(record: &Record) {
    let Record { item, chain } = record;
    assert!(item.candidates.len() >= 2, "item {} lost a candidate", item.ordinal);
    let candidates: Vec<_> = item.candidates.iter().map(|candidate| candidate.id).collect();
    let mut before = None;
    for judgment in chain {
        judgment.check(&candidates).unwrap();
        assert_eq!(judgment.supersedes, before, "the chain of item {} is whole", item.ordinal);
        before = Some(judgment.id);
    }
}
