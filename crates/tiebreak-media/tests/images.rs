//! Every image format through the front door: what a file is, its pixels, its turn, its colours.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod common;

use std::io::Cursor;

use common::{fixture, with_exif_orientation};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{
    DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat as Coded, RgbaImage,
};
use moxcms::ColorProfile;
use tiebreak_media::{
    ImageFormat, ImageInfo, Limits, MediaError, Picture, Probe, decode, is_animated, probe,
};

/// The picture of the fixtures: red grows to the right, green downwards, blue stays.
fn gradient_pixel(x: u32, y: u32) -> [u8; 3] {
    [(x * 5) as u8, (y * 8) as u8, 128]
}

fn gradient() -> DynamicImage {
    let rgb = image::RgbImage::from_fn(48, 32, |x, y| image::Rgb(gradient_pixel(x, y)));
    DynamicImage::ImageRgb8(rgb)
}

fn encoded(image: &DynamicImage, format: Coded) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("an encoder of the tests");
    bytes.into_inner()
}

fn info(bytes: &[u8]) -> ImageInfo {
    match probe(bytes, &Limits::default()) {
        Ok(Probe::Image(info)) => info,
        other => panic!("an image is expected: {other:?}"),
    }
}

fn picture(bytes: &[u8]) -> Picture {
    decode(bytes, &Limits::default()).expect("a picture")
}

fn pixel(picture: &Picture, x: u32, y: u32) -> &[u8] {
    let at = (y * picture.width() + x) as usize * picture.channels();
    &picture.pixels()[at..at + picture.channels()]
}

#[track_caller]
fn assert_near(found: &[u8], expected: &[u8], tolerance: u8, what: &str) {
    let is_near = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.abs_diff(*expected) <= tolerance);
    assert!(is_near, "{what}: {found:?} is not {expected:?} within {tolerance}");
}

#[track_caller]
fn assert_gradient(picture: &Picture, tolerance: u8, what: &str) {
    assert_eq!((picture.width(), picture.height()), (48, 32), "{what}");
    for (x, y) in [(0, 0), (47, 0), (0, 31), (47, 31), (20, 10), (33, 27)] {
        assert_near(&pixel(picture, x, y)[..3], &gradient_pixel(x, y), tolerance, what);
    }
}

#[test]
fn every_format_tells_its_header_and_its_pixels() {
    let rgb = gradient();
    let alpha = DynamicImage::ImageRgba8(rgb.to_rgba8());
    let wide = DynamicImage::ImageRgb16(rgb.to_rgb16());
    let wide_alpha = DynamicImage::ImageRgba16(rgb.to_rgba16());
    // The image, its coding, the depth and alpha that must be found, the tolerance of a sample.
    for (image, coded, format, bit_depth, has_alpha, tolerance) in [
        (&rgb, Coded::Png, ImageFormat::Png, 8, false, 0),
        (&alpha, Coded::Png, ImageFormat::Png, 8, true, 0),
        (&wide, Coded::Png, ImageFormat::Png, 16, false, 0),
        (&wide_alpha, Coded::Png, ImageFormat::Png, 16, true, 0),
        (&rgb, Coded::Jpeg, ImageFormat::Jpeg, 8, false, 12),
        (&rgb, Coded::WebP, ImageFormat::Webp, 8, false, 0),
        (&alpha, Coded::WebP, ImageFormat::Webp, 8, true, 0),
        (&rgb, Coded::Tiff, ImageFormat::Tiff, 8, false, 0),
        (&alpha, Coded::Tiff, ImageFormat::Tiff, 8, true, 0),
        (&wide, Coded::Tiff, ImageFormat::Tiff, 16, false, 0),
        (&alpha, Coded::Gif, ImageFormat::Gif, 8, true, 40),
    ] {
        let bytes = encoded(image, coded);
        let what = format!("{coded:?}, {bit_depth} bits, alpha {has_alpha}");
        let (width, height, frames, has_profile) = (48, 32, 1, false);
        let expected =
            ImageInfo { format, width, height, frames, has_profile, has_alpha, bit_depth };
        assert_eq!(info(&bytes), expected, "{what}");
        let picture = picture(&bytes);
        assert_eq!(picture.has_alpha(), has_alpha, "{what}");
        assert_gradient(&picture, tolerance, &what);
        assert!(!is_animated(&bytes), "{what}");
    }
}

#[test]
fn grey_becomes_neutral_and_keeps_its_alpha() {
    let grey = image::GrayAlphaImage::from_fn(8, 2, |x, y| {
        image::LumaA([(x * 30) as u8, 255 - (y * 100) as u8])
    });
    let grey = DynamicImage::ImageLumaA8(grey);
    let wide = DynamicImage::ImageLumaA16(grey.to_luma_alpha16());
    for (image, what) in [(&grey, "8 bits"), (&wide, "16 bits")] {
        let picture = picture(&encoded(image, Coded::Png));
        assert_eq!(pixel(&picture, 5, 1), [150, 150, 150, 155], "{what}");
    }
    let opaque = DynamicImage::ImageLuma8(grey.to_luma8());
    for coded in [Coded::Png, Coded::Tiff, Coded::Jpeg] {
        let picture = picture(&encoded(&opaque, coded));
        assert!(!picture.has_alpha(), "{coded:?}");
        assert_near(pixel(&picture, 5, 1), &[150; 3], 3, &format!("{coded:?}"));
    }
}

#[test]
fn palettes_and_interlacing_of_png() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
    encoder.set_trns(vec![255, 128]);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[0b0001_1011]).expect("a row");
    drop(writer);
    let picture = picture(&bytes);
    assert_eq!(
        picture.pixels(),
        [255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 255, 9, 9, 9, 255],
        "a palette of two bits with alpha"
    );
    assert_gradient(&self::picture(&fixture("interlaced.png")), 0, "interlaced");
}

#[test]
fn exif_orientation_turns_what_is_seen() {
    // Where the stored top-left pixel must be seen, and whether the sides change places.
    for (orientation, corner, swaps) in [
        (1, (0, 0), false),
        (2, (1, 0), false),
        (3, (1, 1), false),
        (4, (0, 1), false),
        (5, (0, 0), true),
        (6, (1, 0), true),
        (7, (1, 1), true),
        (8, (0, 1), true),
    ] {
        let bytes = with_exif_orientation(&encoded(&gradient(), Coded::Jpeg), orientation);
        let (width, height) = if swaps { (32, 48) } else { (48, 32) };
        let info = info(&bytes);
        assert_eq!((info.width, info.height), (width, height), "orientation {orientation}");
        let picture = picture(&bytes);
        assert_eq!((picture.width(), picture.height()), (width, height));
        let (x, y) = (corner.0 * (width - 1), corner.1 * (height - 1));
        assert_near(
            pixel(&picture, x, y),
            &gradient_pixel(0, 0),
            12,
            &format!("orientation {orientation}"),
        );
    }
}

/// Light of an sRGB code, and back.
fn light(code: f64) -> f64 {
    let code = code / 255.0;
    if code <= 0.040_45 { code / 12.92 } else { ((code + 0.055) / 1.055).powf(2.4) }
}

fn code(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let code =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (code * 255.0).round() as u8
}

fn transformed(rgb: [u8; 3], curve: fn(f64) -> f64, matrix: [[f64; 3]; 3]) -> [u8; 3] {
    let light = rgb.map(|sample| curve(f64::from(sample)));
    matrix.map(|row| code(row.iter().zip(light).map(|(weight, light)| weight * light).sum()))
}

/// By the primaries of Display P3 and of sRGB (both D65): SMPTE EG 432-1, IEC 61966-2-1.
fn from_p3(rgb: [u8; 3]) -> [u8; 3] {
    transformed(
        rgb,
        light,
        [
            [1.224_940, -0.224_940, 0.0],
            [-0.042_057, 1.042_057, 0.0],
            [-0.019_638, -0.078_636, 1.098_274],
        ],
    )
}

/// By Adobe RGB (1998), 4.3.5: gamma 563/256.
fn from_adobe(rgb: [u8; 3]) -> [u8; 3] {
    let curve = |sample: f64| (sample / 255.0).powf(563.0 / 256.0);
    transformed(
        rgb,
        curve,
        [[1.398_355, -0.398_355, 0.0], [0.0, 1.0, 0.0], [0.0, -0.042_938, 1.042_938]],
    )
}

#[test]
fn profiles_are_converted_to_srgb() {
    let colours: [[u8; 3]; 6] = [
        [128, 128, 128],
        [200, 120, 60],
        [90, 140, 110],
        [255, 255, 255],
        [40, 60, 100],
        [180, 170, 30],
    ];
    let image = image::RgbImage::from_fn(6, 1, |x, _| image::Rgb(colours[x as usize]));
    let wide = DynamicImage::ImageRgb8(image.clone()).to_rgb16();
    let wide: Vec<u8> = wide.into_raw().iter().flat_map(|sample| sample.to_ne_bytes()).collect();
    for (profile, expected, what) in [
        (ColorProfile::new_display_p3(), from_p3 as fn(_) -> _, "Display P3"),
        (ColorProfile::new_adobe_rgb(), from_adobe, "Adobe RGB"),
        (ColorProfile::new_srgb(), |rgb| rgb, "sRGB"),
    ] {
        let icc = profile.encode().expect("a profile");
        for (pixels, kind) in
            [(image.as_raw(), ExtendedColorType::Rgb8), (&wide, ExtendedColorType::Rgb16)]
        {
            let mut bytes = Vec::new();
            let mut encoder = PngEncoder::new(&mut bytes);
            encoder.set_icc_profile(icc.clone()).expect("PNG has profiles");
            encoder.write_image(pixels, 6, 1, kind).expect("a PNG");
            assert!(info(&bytes).has_profile, "{what}");
            let picture = picture(&bytes);
            for (x, colour) in colours.iter().enumerate() {
                let what = format!("{what} {colour:?} {kind:?}");
                assert_near(pixel(&picture, x as u32, 0), &expected(*colour), 1, &what);
            }
        }
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
        encoder.set_icc_profile(icc).expect("JPEG has profiles");
        let flat = image::RgbImage::from_pixel(16, 16, image::Rgb(colours[1]));
        encoder.encode_image(&flat).expect("a JPEG");
        assert_near(pixel(&picture(&bytes), 8, 8), &expected(colours[1]), 3, what);
    }
}

#[test]
fn a_profile_that_cannot_be_used_leaves_the_pixels_alone() {
    let colours = gradient().to_rgb8();
    for icc in
        [b"not a profile".to_vec(), ColorProfile::new_gray_with_gamma(1.8).encode().expect("")]
    {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(icc).expect("PNG has profiles");
        encoder.write_image(&colours, 48, 32, ExtendedColorType::Rgb8).expect("a PNG");
        assert_gradient(&picture(&bytes), 0, "an unusable profile");
    }
}

#[test]
fn inks_become_colours() {
    let picture = picture(&fixture("cmyk.jpg"));
    for (x, y) in [(0, 0), (47, 31), (20, 10)] {
        let (inks, black) = ([(x * 5) as u8, (y * 8) as u8, 40], 20);
        let expected =
            inks.map(|ink| ((255.0 - f64::from(ink)) * f64::from(255 - black) / 255.0) as u8);
        assert_near(pixel(&picture, x, y), &expected, 6, &format!("at {x}, {y}"));
    }
}

#[test]
fn a_jpeg_with_a_scan_for_each_component() {
    let picture = picture(&fixture("three-scans.jpg"));
    for (x, y) in [(2, 2), (45, 29), (20, 10), (17, 30)] {
        assert_near(pixel(&picture, x, y), &gradient_pixel(x, y), 12, &format!("at {x}, {y}"));
    }
}

#[test]
fn avif_of_many_kinds() {
    for (name, bit_depth, has_alpha, tolerance) in [
        ("gradient-8bit-420.avif", 8, false, 8),
        ("gradient-422-limited.avif", 8, false, 8),
        ("gradient-10bit-444-alpha.avif", 10, true, 4),
        ("gradient-lossless.avif", 8, false, 0),
    ] {
        let bytes = fixture(name);
        let found = info(&bytes);
        assert_eq!(
            (found.format, found.width, found.height, found.bit_depth, found.has_alpha),
            (ImageFormat::Avif, 48, 32, bit_depth, has_alpha),
            "{name}"
        );
        let picture = picture(&bytes);
        assert_gradient(&picture, tolerance, name);
        if has_alpha {
            assert_near(&pixel(&picture, 20, 10)[3..], &[100], 2, name);
        }
    }
    // Turned by 90 degrees counter-clockwise and then mirrored top to bottom: transposed.
    let turned = picture(&fixture("gradient-turned.avif"));
    assert_eq!((turned.width(), turned.height()), (32, 48));
    assert_near(pixel(&turned, 10, 20), &gradient_pixel(20, 10), 4, "turned");
    let p3 = picture(&fixture("gradient-p3.avif"));
    assert!(info(&fixture("gradient-p3.avif")).has_profile);
    assert_near(pixel(&p3, 20, 14), &from_p3(gradient_pixel(20, 14)), 4, "Display P3");
    let grid = picture(&fixture("gradient-grid.avif"));
    assert_eq!((grid.width(), grid.height()), (128, 64));
    for (x, y) in [(3, 3), (63, 40), (64, 40), (120, 60)] {
        let expected = [(x * 2) as u8, (y * 4) as u8, 128];
        assert_near(pixel(&grid, x, y), &expected, 5, "tiles");
    }
}

#[test]
fn animations_are_told_and_decode_to_their_first_frame() {
    let mut gif = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut gif);
        for shade in [10, 200, 90] {
            let frame = RgbaImage::from_pixel(5, 4, image::Rgba([shade, shade, shade, 255]));
            encoder.encode_frame(Frame::new(frame)).expect("a frame");
        }
    }
    assert_eq!(info(&gif).frames, 3);
    assert!(is_animated(&gif));
    assert_near(pixel(&picture(&gif), 2, 2), &[10, 10, 10, 255], 3, "the first frame");
    let webp = fixture("animated.webp");
    assert_eq!(info(&webp).frames, 2);
    assert!(is_animated(&webp));
    assert_gradient(&picture(&webp), 0, "the first frame");
    assert!(!is_animated(b"GIF89a"), "what cannot be read does not move");
}

/// A PNG of a few bytes that announces `width` x `height` pixels.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    // Zeros, compressed; the rows are far too few, which nobody may ever find out.
    let data = [0x78, 0x01, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01];
    writer.write_chunk(png::chunk::IDAT, &data).expect("a chunk");
    std::mem::forget(writer);
    bytes
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let limits = Limits::default();
    let bytes = bomb(60_000, 60_000);
    assert!(bytes.len() < 200);
    let expected = MediaError::ImageTooLarge {
        width: 60_000,
        height: 60_000,
        decoded_bytes: 10_800_000_000,
        max_pixels: limits.max_pixels,
        max_decoded_bytes: limits.max_decoded_bytes,
    };
    assert_eq!(probe(&bytes, &limits), Err(expected.clone()));
    assert_eq!(decode(&bytes, &limits), Err(expected));
    // One with rows that are missing passes the header, and fails without a picture.
    assert!(probe(&bomb(100, 100), &limits).is_ok());
    assert!(matches!(decode(&bomb(100, 100), &limits), Err(MediaError::Malformed { .. })));
    let small = Limits { max_file_bytes: 10, ..limits };
    let bytes = encoded(&gradient(), Coded::Png);
    assert!(matches!(probe(&bytes, &small), Err(MediaError::FileTooLarge { limit: 10, .. })));
    assert_eq!(probe(b"just text", &limits), Err(MediaError::UnknownFormat));
    assert!(matches!(
        decode(&fixture("sweep.flac"), &limits),
        Err(MediaError::WrongKind { needed: "an image", found: "FLAC" })
    ));
}
