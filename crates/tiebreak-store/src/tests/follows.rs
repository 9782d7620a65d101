//! An item that follows another is in the queue once the other is answered, and only then.

use super::*;

/// Items 1 (`a`), 2 (follows `a`), 3 (follows what is not there), 4 (follows `a` of another
/// source).
fn scene(folder: &TempDir) -> (Store, Vec<ItemId>) {
    let store = create(folder);
    let items =
        [("a", None, "s"), ("b", Some("a"), "s"), ("c", Some("gone"), "s"), ("d", Some("a"), "t")]
            .into_iter()
            .zip(1..)
            .map(|((id, follows, source), n)| {
                let draft = ItemDraft {
                    external_id: Some(id.to_owned()),
                    follows: follows.map(str::to_owned),
                    source: Some(source.to_owned()),
                    ..draft(n)
                };
                let new = NewItem {
                    id: ItemId::new(Uuid::from_u128(n)),
                    candidates: [0, 1].map(|k| candidate(n, k)).to_vec(),
                    draft: &draft,
                    imported_at: now(),
                };
                store.write(|writer| writer.insert_item(&new)).unwrap().0
            })
            .collect();
    (store, items)
}

#[test]
fn the_turn_of_a_follower_comes_with_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (store, items) = scene(&folder);
    let who = add_annotator(&store, 1);
    let scope = QueueScope { annotator: who, run: None, overlap: 1, lease_start: now() };
    let skip = Outcome::Skipped(tiebreak_core::SkipReason::Unstated);
    let (first, follower) = (items[0], items[1]);
    let rest = vec![items[2], items[3]];
    let all = |head: &[ItemId]| [head, &rest].concat();
    // Each step: who is judged how, and the queue after it.
    for (n, (judged, outcome, expected)) in [
        (None, Outcome::Tie, all(&[first])),
        (Some(first), skip, all(&[])),
        (Some(first), Outcome::Tie, all(&[follower])),
        (Some(first), Outcome::Withdrawn, all(&[first])),
        (Some(first), Outcome::BothBad, all(&[follower])),
        (Some(follower), Outcome::Tie, all(&[])),
        (Some(first), Outcome::Withdrawn, all(&[first])),
        (Some(first), Outcome::Tie, all(&[])),
        (Some(follower), Outcome::Withdrawn, all(&[follower])),
        (Some(first), Outcome::Withdrawn, all(&[first])),
    ]
    .into_iter()
    .enumerate()
    {
        if let Some(item) = judged {
            let row = judgment(n as u128 + 1, item, who, outcome);
            store.write(|writer| writer.append_judgment(&row)).unwrap();
        }
        store
            .read(|reader| -> crate::Result<()> {
                let queue = reader.queue(&scope, 10, &[])?;
                assert_eq!(queue, expected, "step {n}");
                assert_eq!(reader.queue_length(&scope)?, queue.len() as u64, "step {n}");
                for item in &items {
                    assert_eq!(reader.is_open(&scope, *item)?, queue.contains(item), "step {n}");
                }
                Ok(())
            })
            .unwrap();
    }
    store
        .read(|reader| -> crate::Result<()> {
            assert_eq!(reader.followers(first)?, [follower]);
            assert_eq!(reader.followed(follower)?, [first]);
            assert!(reader.followed(items[2])?.is_empty());
            assert_eq!(reader.item(follower)?.follows.as_deref(), Some("a"));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_scan_resumes_where_the_first_open_item_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items: Vec<ItemId> = (1..=5).map(|n| add_item(&store, n)).collect();
    let who = add_annotator(&store, 1);
    let scope = QueueScope { annotator: who, run: None, overlap: 1, lease_start: now() };
    for n in 0..2 {
        let row = judgment(n + 1, items[n as usize], who, Outcome::Tie);
        store.write(|writer| writer.append_judgment(&row)).unwrap();
    }
    let scan = |place, limit, exclude: &[ItemId]| {
        let scan = store.read(|reader| reader.queue_from(&scope, place, limit, exclude)).unwrap();
        (scan.items, scan.resume)
    };
    assert_eq!(scan(0, 2, &[]), (items[2..4].to_vec(), 3));
    assert_eq!(scan(0, 1, &items[2..4]), (vec![items[4]], 3), "what is held stays open");
    assert_eq!(scan(5, 9, &[]), (vec![items[4]], 5));
    assert_eq!(scan(6, 9, &[]), (vec![], 6), "after the last");
}
