//! Media files are registered once, and stay what they were measured to be.

use tiebreak_core::ContentHash;

use super::*;
use crate::{MediaKind, MediaRow};

fn clip(linked_path: Option<&str>) -> MediaRow {
    MediaRow {
        hash: ContentHash::of(b"clip"),
        kind: MediaKind::Audio,
        format: "flac".to_owned(),
        bytes: 4,
        width: None,
        height: None,
        frames: None,
        animated: false,
        duration_s: Some(1.5),
        sample_rate: Some(44_100),
        channels: Some(2),
        loudness_lufs: Some(-14.2),
        true_peak_dbtp: None,
        file_name: "clip.flac".to_owned(),
        linked_path: linked_path.map(str::to_owned),
        added_at: now(),
        peaks: Some(vec![1, 2, 3]),
    }
}

#[test]
fn a_link_may_move_and_a_copy_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&folder);
    let hash = clip(None).hash;
    assert!(!store.read(|reader| reader.media_known(hash)).unwrap());
    for (given, is_new, kept) in [
        (Some("/one"), true, Some("/one")),
        (Some("/two"), false, Some("/two")),
        (None, false, None),
        (Some("/three"), false, None),
    ] {
        assert_eq!(store.write(|writer| writer.insert_media(&clip(given))).unwrap(), is_new);
        let found = store.read(|reader| reader.media(hash)).unwrap();
        assert_eq!(found, Some(clip(kept)), "{given:?}");
    }
    assert!(store.read(|reader| reader.media_known(hash)).unwrap());
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    for sql in ["UPDATE media SET bytes = 5", "DELETE FROM media"] {
        assert!(connection.execute(sql, []).unwrap_err().to_string().contains("never"), "{sql}");
    }
}
