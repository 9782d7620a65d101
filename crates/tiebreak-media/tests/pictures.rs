//! What is made of decoded pictures: previews, regions, PNG, and the cache that keeps them.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tiebreak_core::ContentHash;
use tiebreak_media::{Limits, MediaError, Picture, PictureCache, PictureForm, PictureKey, decode};

fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.flat_map(|(x, y)| pixel(x, y)).collect();
    Picture::new(width, height, false, pixels).expect("a picture")
}

#[test]
fn a_preview_averages_light() {
    // Black and white in turn are half the light, which sRGB codes as 188 and not as 128.
    for (side, edge) in [(256, 64), (96, 48), (1_000, 10)] {
        let preview = picture(side, side, |x, y| [if (x + y) % 2 == 0 { 255 } else { 0 }; 3])
            .preview(edge)
            .expect("a preview");
        assert_eq!((preview.width(), preview.height()), (edge, edge));
        let inner = preview.region(2, 2, edge - 4, edge - 4).expect("a region");
        let (low, high) = inner
            .pixels()
            .iter()
            .fold((255, 0), |(low, high), sample| (low.min(*sample), high.max(*sample)));
        assert!(low >= 184 && high <= 192, "{side} to {edge}: {low} to {high}");
    }
}

#[test]
fn a_preview_keeps_places_colours_and_sizes() {
    // A gradient of odd size, so that the last boxes are cut.
    let preview = picture(1_003, 507, |x, y| [(x / 4) as u8, (y / 2) as u8, 77])
        .preview(100)
        .expect("a preview");
    assert_eq!((preview.width(), preview.height()), (100, 51));
    for (x, y) in [(10, 10), (50, 25), (90, 40)] {
        let at = ((y * 100 + x) * 3) as usize;
        let centre =
            |place: u32, of: u32, whole: f64| (f64::from(place) + 0.5) / f64::from(of) * whole;
        let expected = [centre(x, 100, 1_003.0) / 4.0, centre(y, 51, 507.0) / 2.0, 77.0];
        for (found, expected) in preview.pixels()[at..at + 3].iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 3.0, "{found} is not {expected:.0}");
        }
    }
    let small = picture(20, 10, |_, _| [1, 2, 3]);
    assert_eq!(small.preview(64).expect("a preview"), small, "never larger");
    assert!(small.preview(0).is_err());
}

#[test]
fn what_is_transparent_does_not_bleed() {
    // Transparent green beside opaque red: the mean is half transparent red.
    let pixels = [[255, 0, 0, 255], [0, 255, 0, 0]].as_flattened().repeat(64 * 64);
    let picture = Picture::new(128, 64, true, pixels).expect("a picture");
    let preview = picture.preview(16).expect("a preview");
    let pixel = &preview.pixels()[(3 * 16 + 7) * 4..][..4];
    assert!(pixel[0] >= 250 && pixel[1] <= 5 && pixel[3].abs_diff(128) <= 2, "{pixel:?}");
}

#[test]
fn a_region_is_cut_pixel_for_pixel() {
    let whole = picture(7, 5, |x, y| [x as u8, y as u8, 0]);
    let region = whole.region(2, 1, 3, 2).expect("a region");
    let expected = [[2, 1, 0], [3, 1, 0], [4, 1, 0], [2, 2, 0], [3, 2, 0], [4, 2, 0]];
    assert_eq!(region.pixels(), expected.as_flattened());
    for (x, y, width, height) in [(5, 0, 3, 1), (0, 0, 0, 1), (0, 5, 1, 1), (u32::MAX, 0, 2, 1)] {
        let error = whole.region(x, y, width, height);
        assert!(matches!(error, Err(MediaError::OutsidePicture { .. })), "{error:?}");
    }
}

proptest! {
    #[test]
    fn png_keeps_every_pixel(width in 1_u32..40, height in 1_u32..40, alpha: bool, seed: u8) {
        let count = (width * height) as usize * if alpha { 4 } else { 3 };
        let pixels = (0..count).map(|place| (place as u8).wrapping_mul(31).wrapping_add(seed));
        let picture = Picture::new(width, height, alpha, pixels.collect()).expect("a picture");
        let png = picture.to_png().expect("a PNG");
        prop_assert_eq!(decode(&png, &Limits::default()), Ok(picture));
    }

    #[test]
    fn sizes_fit_and_keep_their_proportions(
        width in 1_u32..70_000,
        height in 1_u32..70_000,
        edge in 1_u32..5_000,
    ) {
        // Only its size counts, so one row stands for all.
        let picture = Picture::new(width, 1, false, vec![0; width as usize * 3]).expect("a row");
        let (fitted, row) = picture.size_within(edge);
        prop_assert!(fitted <= edge.max(1) && fitted <= width && row == 1);
        prop_assert!(fitted == width || fitted == edge);
        let tall = Picture::new(1, height, false, vec![0; height as usize * 3]).expect("a column");
        prop_assert_eq!(tall.size_within(edge), (1, height.min(edge)));
    }
}

fn file(shade: u8) -> (ContentHash, Vec<u8>) {
    let png = picture(64, 64, |x, y| [shade, x as u8, y as u8]).to_png().expect("a PNG");
    (ContentHash::of(&png), png)
}

/// Bytes of a decoded picture of [`file`].
const DECODED: u64 = 64 * 64 * 3;

#[test]
fn the_cache_keeps_what_was_used_last_and_stays_within_its_bound() {
    let cache = PictureCache::new(3 * DECODED);
    let limits = Limits::default();
    let files: Vec<_> = (0..5).map(file).collect();
    let full = |place: usize| {
        let (hash, bytes) = &files[place];
        cache.full(*hash, &limits, || Ok(bytes.clone())).expect("a picture")
    };
    let holds = |place: usize| {
        cache.contains(&PictureKey { content: files[place].0, form: PictureForm::Full })
    };
    (0..3).for_each(|place| drop(full(place)));
    full(0);
    full(3);
    assert_eq!([0, 1, 2, 3].map(holds), [true, false, true, true], "1 was not used for longest");
    assert_eq!(cache.used_bytes(), 3 * DECODED);
    let kept = full(2);
    cache.clear();
    assert_eq!((cache.used_bytes(), holds(2)), (0, false));
    assert_eq!(kept.width(), 64, "who has a picture keeps it");

    let tiny = PictureCache::new(10);
    let (hash, bytes) = &files[4];
    tiny.full(*hash, &limits, || Ok(bytes.clone())).expect("larger than the cache");
    assert_eq!(tiny.used_bytes(), DECODED);
    let (hash, bytes) = &files[3];
    tiny.full(*hash, &limits, || Ok(bytes.clone())).expect("larger than the cache");
    assert_eq!(tiny.used_bytes(), DECODED, "one that is too large leaves when the next comes");
}

#[test]
fn everything_is_computed_once_for_all_who_ask() {
    let cache = PictureCache::default();
    let (limits, reads) = (Limits::default(), AtomicUsize::new(0));
    let (hash, bytes) = file(9);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let read = || {
                    reads.fetch_add(1, Ordering::SeqCst);
                    Ok(bytes.clone())
                };
                let preview = cache.preview(hash, 16, &limits, read).expect("a preview");
                assert_eq!(preview.width(), 16);
            });
        }
    });
    assert_eq!(reads.load(Ordering::SeqCst), 1);
    assert_eq!(cache.used_bytes(), 16 * 16 * 3, "the full picture is not kept for a preview");
    let unread = || Err(MediaError::Argument("it must not be read again"));
    let png = cache.preview_png(hash, 16, &limits, unread).expect("made of the preview");
    let preview = cache.preview(hash, 16, &limits, unread).expect("here already");
    assert_eq!(decode(&png, &limits).as_ref(), Ok(preview.as_ref()));
}

#[test]
fn a_failure_is_told_and_forgotten() {
    let cache = PictureCache::default();
    let (limits, (hash, bytes)) = (Limits::default(), file(1));
    let broken = || Ok(b"no picture".to_vec());
    assert_eq!(cache.full(hash, &limits, broken).err(), Some(MediaError::UnknownFormat));
    assert_eq!(cache.used_bytes(), 0);
    assert!(cache.full(hash, &limits, || Ok(bytes.clone())).is_ok());
}
