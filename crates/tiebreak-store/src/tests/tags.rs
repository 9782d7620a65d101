//! Taggings: which one is in force, what is left to do, and what is dropped.

use serde_json::json;

use super::*;
use crate::{ItemTags, StoredTagging};

fn tagging() -> StoredTagging {
    StoredTagging {
        created_at: now(),
        encoder_hash: Some(tiebreak_core::ContentHash::of(b"encoder")),
        media_encoders: json!({}),
        settings_hash: None,
        fields: json!(["category"]),
        methods: json!({ "language": "rules" }),
        calibration: json!({}),
        vocabulary: json!(["a", "b", "c"]),
        percentiles: None,
    }
}

fn found(given: &[u16], tags: Option<&[u16]>) -> ItemTags {
    ItemTags {
        given: given.to_vec(),
        imported: vec!["language".to_owned()],
        measures: json!({ "text": { "rouge1": 0.5 } }),
        tags: tags.map(<[u16]>::to_vec),
    }
}

#[test]
fn a_tagging_is_in_force_once_its_percentiles_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let items = [1, 2, 3].map(|n| add_item(&store, n));
    let first = store.write(|writer| writer.begin_tagging(&tagging())).unwrap();
    assert_eq!(store.read(|reader| reader.tagging()).unwrap(), None);
    assert_eq!(store.read(|reader| reader.newest_tagging()).unwrap(), Some((first, tagging())));

    store.write(|writer| writer.keep_item_tags(first, items[1], &found(&[2], None))).unwrap();
    let left = store.read(|reader| reader.untagged_after(first, 0, 10)).unwrap();
    assert_eq!(left, [(1, items[0]), (3, items[2])], "those not measured, in study order");
    assert_eq!(store.read(|reader| reader.untagged_after(first, 1, 10)).unwrap().len(), 1);
    assert_eq!(store.read(|reader| reader.measured_count(first)).unwrap(), 1);

    let percentiles = json!({ "prompt length": [1.0, 2.0] });
    store.write(|writer| writer.freeze_percentiles(first, &percentiles)).unwrap();
    let (number, kept) = store.read(|reader| reader.tagging()).unwrap().unwrap();
    assert_eq!((number, kept.percentiles), (first, Some(percentiles)));
    let whole = found(&[2], Some(&[0, 2]));
    store.write(|writer| writer.keep_item_tags(first, items[1], &whole)).unwrap();
    assert_eq!(store.read(|reader| reader.item_tags(first, items[1])).unwrap(), Some(whole));
    assert_eq!(store.read(|reader| reader.item_tags(first, items[0])).unwrap(), None);

    // A later one does not disturb it before it is ready itself, and then takes its place.
    let second = store.write(|writer| writer.begin_tagging(&tagging())).unwrap();
    store.write(|writer| writer.keep_item_tags(second, items[0], &found(&[], Some(&[1])))).unwrap();
    assert_eq!(store.read(|reader| reader.tagging()).unwrap().unwrap().0, first);
    store.write(|writer| writer.freeze_percentiles(second, &json!({}))).unwrap();
    assert_eq!(store.read(|reader| reader.tagging()).unwrap().unwrap().0, second);
    for item in items {
        store.write(|writer| writer.keep_item_tags(first, item, &found(&[], None))).unwrap();
    }
    let of = |number| store.read(|reader| reader.item_tags_after(number, 0, 10)).unwrap();
    let has_earlier = |number| store.read(|r| r.has_earlier_item_tags(number)).unwrap();
    assert!(!has_earlier(first) && has_earlier(second));
    for (number, left, more) in
        [(first, 3, false), (second, 1, true), (second, 0, false), (second, 0, false)]
    {
        let dropped = store.write(|writer| writer.drop_earlier_item_tags(number, 2)).unwrap();
        assert_eq!((dropped, of(first).len()), (more, left));
    }
    assert!(!has_earlier(second));
    let page = of(second);
    assert_eq!((page.len(), page[0].ordinal, page[0].item), (1, 1, items[0]));
}
