//! Pictures as files: JPEG by default, a few as PNG and WebP (lossless), so that each is tried.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::error::SampleError;
use crate::image::canvas::Canvas;

/// Encodes in the format that the name's ending asks for. `dither` is for JPEG alone: elsewhere
/// it would cost more bytes than the picture.
pub fn encode(name: &str, canvas: &Canvas, dither: bool) -> Result<Vec<u8>, SampleError> {
    let mut file = Vec::new();
    let (width, height) = (canvas.width as u32, canvas.height as u32);
    match name.rsplit('.').next() {
        Some("png") => {
            let pixels = canvas.bytes(false);
            let mut encoder = png::Encoder::new(&mut file, width, height);
            encoder.set_color(png::ColorType::Rgb);
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_compression(png::Compression::High);
            let mut writer = encoder.write_header().map_err(SampleError::encode(name))?;
            writer.write_image_data(&pixels).map_err(SampleError::encode(name))?;
            writer.finish().map_err(SampleError::encode(name))?;
        }
        Some("webp") => {
            image_webp::WebPEncoder::new(&mut file)
                .encode(&canvas.bytes(false), width, height, image_webp::ColorType::Rgb8)
                .map_err(SampleError::encode(name))?;
        }
        _ => {
            let mut encoder = Encoder::new(&mut file, 84);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.set_optimized_huffman_tables(true);
            encoder
                .encode(&canvas.bytes(dither), width as u16, height as u16, ColorType::Rgb)
                .map_err(SampleError::encode(name))?;
        }
    }
    Ok(file)
}
