//! AVIF: the container by one library, AV1 by another, both in Rust; planes to RGB by us.

use std::borrow::Cow;

use re_rav1d::dav1d::{self, PixelLayout, PlanarImageComponent as Component};
use zenavif_parse::{AvifParser, ColorInformation, DecodeConfig, GridConfig, Unstoppable};

use super::colour::{Colour, Samples, ToSrgb};
use super::header::Header;
use super::orientation::Orientation;
use super::yuv::{Plane, Yuv};
use super::{Decoded, pixel_buffer};
use crate::MediaError;
use crate::sniff::ImageFormat;

const FORMAT: ImageFormat = ImageFormat::Avif;

pub(crate) fn header(bytes: &[u8]) -> Result<Header, MediaError> {
    let parser = parser(bytes)?;
    let metadata = sequence_header(&parser)?;
    let (tile_width, tile_height) =
        (metadata.max_frame_width.get(), metadata.max_frame_height.get());
    let (width, height) = match parser.grid_config() {
        Some(grid) => grid_size(grid, tile_width, tile_height),
        None => (tile_width, tile_height),
    };
    let turns = parser.rotation().map_or(0, |rotation| (rotation.angle / 90) as u8);
    let colour = match parser.color_info() {
        Some(ColorInformation::IccProfile(profile)) => Colour::Icc(profile.clone()),
        Some(ColorInformation::Nclx { color_primaries, transfer_characteristics, .. }) => {
            Colour::from_code_points(*color_primaries as u8, *transfer_characteristics as u8)
        }
        None => Colour::Srgb,
    };
    Ok(Header {
        format: FORMAT,
        width,
        height,
        orientation: Orientation::from_heif(turns, parser.mirror().map(|mirror| mirror.axis)),
        colour,
        has_alpha: alpha(&parser).is_some(),
        bit_depth: metadata.bit_depth,
        frames: parser.animation_info().map_or(1, |info| (info.frame_count as u32).max(1)),
    })
}

pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Decoded, MediaError> {
    let parser = parser(bytes)?;
    let channels = header.channels() as usize;
    let stride = header.width as usize * channels;
    let mut image = pixel_buffer(FORMAT, header.height as u64 * stride as u64)?;
    let code_points = match parser.color_info() {
        Some(ColorInformation::Nclx { matrix_coefficients, full_range, .. }) => {
            Some((*matrix_coefficients as u8, *full_range))
        }
        _ => None,
    };
    match parser.grid_config() {
        Some(grid) => {
            let columns = usize::from(grid.columns).max(1);
            for tile in 0..columns * usize::from(grid.rows) {
                let frame = frame(parser.tile_data(tile).map_err(malformed)?)?;
                let (width, height) = (frame.width() as usize, frame.height() as usize);
                let place = (tile % columns * width, tile / columns * height);
                if place.0 < header.width as usize && place.1 < header.height as usize {
                    write(&frame, code_points, &mut image, stride, channels, place)?;
                }
            }
        }
        None => {
            let frame = frame(primary(&parser)?)?;
            if (frame.width(), frame.height()) != (header.width, header.height) {
                return Err(malformed("a frame of another size than announced"));
            }
            write(&frame, code_points, &mut image, stride, channels, (0, 0))?;
        }
    }
    if let Some(alpha) = alpha(&parser) {
        write_alpha(&frame(alpha?)?, header, &mut image, stride)?;
        if parser.premultiplied_alpha() {
            divide_by_alpha(&mut image);
        }
    }
    let samples = if channels == 4 { Samples::Rgba } else { Samples::Rgb };
    let mut to_srgb = ToSrgb::new(samples, &header.colour);
    if !to_srgb.is_identity() {
        let mut row = vec![0; stride];
        for pixels in image.chunks_exact_mut(stride) {
            row.copy_from_slice(pixels);
            to_srgb.row(&row, pixels);
        }
    }
    Ok(Decoded { bytes: image, channels })
}

fn parser(bytes: &[u8]) -> Result<AvifParser<'_>, MediaError> {
    let config = DecodeConfig::default().lenient(true);
    AvifParser::from_bytes_with_config(bytes, &config, &Unstoppable).map_err(malformed)
}

fn sequence_header(parser: &AvifParser<'_>) -> Result<zenavif_parse::AV1Metadata, MediaError> {
    if parser.grid_config().is_some() {
        let tile = parser.tile_data(0).map_err(malformed)?;
        return zenavif_parse::AV1Metadata::parse_av1_bitstream(&tile).map_err(malformed);
    }
    zenavif_parse::AV1Metadata::parse_av1_bitstream(&primary(parser)?).map_err(malformed)
}

/// The coded image, or the first frame where a sequence has no still image.
fn primary<'a>(parser: &'a AvifParser<'_>) -> Result<Cow<'a, [u8]>, MediaError> {
    match parser.primary_data() {
        Ok(data) if !data.is_empty() => Ok(data),
        _ => parser.frame(0).map(|frame| frame.data).map_err(malformed),
    }
}

/// The coded alpha plane; that of a grid is a grid again, and is not read.
fn alpha<'a>(parser: &'a AvifParser<'_>) -> Option<Result<Cow<'a, [u8]>, MediaError>> {
    if parser.grid_config().is_some() {
        return None;
    }
    parser.alpha_data().map(|data| data.map_err(malformed))
}

fn grid_size(grid: &GridConfig, tile_width: u32, tile_height: u32) -> (u32, u32) {
    let or_tiles = |stated: u32, tile: u32, count: u8| match stated {
        0 => tile.saturating_mul(u32::from(count)),
        stated => stated,
    };
    (
        or_tiles(grid.output_width, tile_width, grid.columns),
        or_tiles(grid.output_height, tile_height, grid.rows),
    )
}

/// Decodes one frame of AV1.
fn frame(data: Cow<'_, [u8]>) -> Result<dav1d::Picture, MediaError> {
    let mut settings = dav1d::Settings::new();
    // In this thread: several images are decoded side by side anyway, and a decoder that fails
    // in a thread of its own cannot be contained.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    let mut decoder = dav1d::Decoder::with_settings(&settings).map_err(malformed)?;
    let mut sent = decoder.send_data(data.into_owned(), None, None, None);
    // Each round takes a frame or feeds a part; an image has few of either.
    for _ in 0..64 {
        match sent {
            Ok(()) | Err(dav1d::Error::Again) => {}
            Err(error) => return Err(malformed(error)),
        }
        match decoder.get_picture() {
            Ok(picture) => return Ok(picture),
            Err(dav1d::Error::Again) => sent = decoder.send_pending_data(),
            Err(error) => return Err(malformed(error)),
        }
    }
    Err(malformed("no frame"))
}

fn write(
    frame: &dav1d::Picture,
    code_points: Option<(u8, bool)>,
    image: &mut [u8],
    stride: usize,
    channels: usize,
    place: (usize, usize),
) -> Result<(), MediaError> {
    let (matrix, is_full_range) =
        code_points.unwrap_or_else(|| (frame.matrix_coefficients() as u8, is_full_range(frame)));
    with_yuv(frame, matrix, is_full_range, |yuv| yuv.write_rgb(image, stride, channels, place))
}

fn write_alpha(
    frame: &dav1d::Picture,
    header: &Header,
    image: &mut [u8],
    stride: usize,
) -> Result<(), MediaError> {
    if (frame.width(), frame.height()) != (header.width, header.height) {
        return Err(malformed("an alpha plane of another size"));
    }
    with_yuv(frame, 2, is_full_range(frame), |yuv| {
        yuv.write_alpha(image, stride);
        Ok(())
    })
}

fn is_full_range(frame: &dav1d::Picture) -> bool {
    frame.color_range() == dav1d::pixel::YUVRange::Full
}

fn with_yuv<T>(
    frame: &dav1d::Picture,
    matrix: u8,
    is_full_range: bool,
    read: impl FnOnce(&Yuv<'_>) -> Result<T, MediaError>,
) -> Result<T, MediaError> {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let bits = frame.bits_per_component().map_or(8, |bits| bits.0 as u8);
    let (chroma_width, chroma_height) = match frame.pixel_layout() {
        PixelLayout::I420 => (width.div_ceil(2), height.div_ceil(2)),
        PixelLayout::I422 => (width.div_ceil(2), height),
        PixelLayout::I400 | PixelLayout::I444 => (width, height),
    };
    let luma = frame.plane(Component::Y);
    let luma_stride = frame.stride(Component::Y) as usize;
    let luma = Plane { bytes: &luma, stride: luma_stride, width, height };
    if frame.pixel_layout() == PixelLayout::I400 {
        return read(&Yuv { luma, chroma: None, bits, is_full_range, matrix });
    }
    let (cb, cr) = (frame.plane(Component::U), frame.plane(Component::V));
    let stride = frame.stride(Component::U) as usize;
    let plane = |bytes| Plane { bytes, stride, width: chroma_width, height: chroma_height };
    let chroma = Some([plane(&cb), plane(&cr)]);
    read(&Yuv { luma, chroma, bits, is_full_range, matrix })
}

fn divide_by_alpha(image: &mut [u8]) {
    for pixel in image.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for sample in &mut pixel[..3] {
            let light = u32::from(*sample) * 255 + alpha / 2;
            *sample = light.checked_div(alpha).unwrap_or(0).min(255) as u8;
        }
    }
}

fn malformed(detail: impl std::fmt::Display) -> MediaError {
    MediaError::malformed(FORMAT.name(), detail)
}
