//! Luma and chroma planes to RGB.
//!
//! Formulas: ITU-T H.273 (2021), 8.3: E'R = E'Y + 2(1 - KR) E'PR, E'B = E'Y + 2(1 - KB) E'PB, and
//! green from E'Y = KR E'R + KG E'G + KB E'B; quantisation for full and narrow range from the
//! same section. Chroma between its samples is interpolated linearly.

use crate::MediaError;

/// One plane of samples, of 8 bits or (native-endian) of up to 16.
pub(crate) struct Plane<'a> {
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    pub width: usize,
    pub height: usize,
}

impl Plane<'_> {
    /// Reads row `y` as plain numbers.
    fn read_row(&self, y: usize, is_wide: bool, row: &mut Vec<f32>) {
        row.clear();
        let bytes = self.bytes.get(y.min(self.height - 1) * self.stride..).unwrap_or_default();
        if is_wide {
            let samples = bytes.chunks_exact(2).take(self.width);
            row.extend(samples.map(|b| f32::from(u16::from_ne_bytes([b[0], b[1]]))));
        } else {
            row.extend(bytes.iter().take(self.width).map(|sample| f32::from(*sample)));
        }
        // Short only in damaged files.
        row.resize(self.width, 0.0);
    }
}

/// A decoded frame.
pub(crate) struct Yuv<'a> {
    pub luma: Plane<'a>,
    /// Cb and Cr; none for grey.
    pub chroma: Option<[Plane<'a>; 2]>,
    /// 8, 10 or 12.
    pub bits: u8,
    pub is_full_range: bool,
    /// Matrix coefficients, ITU-T H.273 table 4.
    pub matrix: u8,
}

impl Yuv<'_> {
    /// Writes the frame as RGB into an image of `stride` bytes a row with `channels` (3 or 4)
    /// bytes a pixel, from its pixel (`left`, `top`) on; what lies outside is left out.
    pub(crate) fn write_rgb(
        &self,
        image: &mut [u8],
        stride: usize,
        channels: usize,
        (left, top): (usize, usize),
    ) -> Result<(), MediaError> {
        let to_rgb = Matrix::new(self.matrix)?;
        let (mut luma, mut blue, mut red) = (Vec::new(), Vec::new(), Vec::new());
        let mut scratch = [Vec::new(), Vec::new()];
        let [(luma_offset, luma_scale), (chroma_offset, chroma_scale)] = self.scales();
        let visible = self.luma.width.min((stride / channels).saturating_sub(left));
        for (y, row) in image.chunks_exact_mut(stride).skip(top).take(self.luma.height).enumerate()
        {
            self.luma.read_row(y, self.bits > 8, &mut luma);
            match &self.chroma {
                Some([cb, cr]) => {
                    self.chroma_row(cb, y, &mut scratch, &mut blue);
                    self.chroma_row(cr, y, &mut scratch, &mut red);
                }
                None => {
                    blue.resize(luma.len(), chroma_offset);
                    red.resize(luma.len(), chroma_offset);
                }
            }
            let pixels = row[left * channels..].chunks_exact_mut(channels).take(visible);
            for (pixel, ((y, cb), cr)) in pixels.zip(luma.iter().zip(&blue).zip(&red)) {
                let y = (y - luma_offset) * luma_scale;
                let cb = (cb - chroma_offset) * chroma_scale;
                let cr = (cr - chroma_offset) * chroma_scale;
                let [red, green, blue] = to_rgb.apply(y, cb, cr);
                // Casting cuts off what lies outside 0..=255.
                pixel[0] = (red + 0.5) as u8;
                pixel[1] = (green + 0.5) as u8;
                pixel[2] = (blue + 0.5) as u8;
            }
        }
        Ok(())
    }

    /// Writes the luma plane as alpha, the fourth byte of each pixel.
    pub(crate) fn write_alpha(&self, image: &mut [u8], stride: usize) {
        let [(offset, scale), _] = self.scales();
        let mut luma = Vec::new();
        for (y, row) in image.chunks_exact_mut(stride).take(self.luma.height).enumerate() {
            self.luma.read_row(y, self.bits > 8, &mut luma);
            for (pixel, sample) in row.chunks_exact_mut(4).zip(&luma) {
                pixel[3] = ((sample - offset) * scale + 0.5) as u8;
            }
        }
    }

    /// Offset and scale of luma to 0..=255 and of chroma to -127.5..=127.5.
    fn scales(&self) -> [(f32, f32); 2] {
        let step = f32::from(1_u16 << (self.bits - 8));
        let middle = 128.0 * step;
        if self.is_full_range {
            let scale = 255.0 / (256.0 * step - 1.0);
            [(0.0, scale), (middle, scale)]
        } else {
            [(16.0 * step, 255.0 / (219.0 * step)), (middle, 255.0 / (224.0 * step))]
        }
    }

    /// Row `y` of a chroma plane at the size of luma.
    fn chroma_row(
        &self,
        plane: &Plane<'_>,
        y: usize,
        scratch: &mut [Vec<f32>; 2],
        row: &mut Vec<f32>,
    ) {
        let is_wide = self.bits > 8;
        if plane.height >= self.luma.height {
            plane.read_row(y, is_wide, &mut scratch[0]);
        } else {
            // Halved rows lie midway between two of luma: weights 3/4 and 1/4.
            let near = y / 2;
            let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { near + 1 };
            let [first, second] = scratch;
            plane.read_row(near, is_wide, first);
            plane.read_row(far, is_wide, second);
            for (near, far) in first.iter_mut().zip(second.iter()) {
                *near = 0.75 * *near + 0.25 * far;
            }
        }
        let narrow = &scratch[0];
        row.clear();
        if plane.width >= self.luma.width {
            row.extend_from_slice(narrow);
            return;
        }
        let last = narrow.len() - 1;
        for (x, near) in narrow.iter().enumerate() {
            row.push(0.75 * near + 0.25 * narrow[x.saturating_sub(1)]);
            row.push(0.75 * near + 0.25 * narrow[(x + 1).min(last)]);
        }
        row.truncate(self.luma.width);
    }
}

/// From luma and chroma to RGB.
enum Matrix {
    /// Chroma are blue and red, luma is green.
    Identity,
    /// Green and orange differences.
    YCgCo,
    /// By the weights of red and blue in luma.
    Weights { red: f32, blue: f32 },
}

impl Matrix {
    fn new(coefficients: u8) -> Result<Self, MediaError> {
        let (red, blue) = match coefficients {
            0 => return Ok(Self::Identity),
            8 => return Ok(Self::YCgCo),
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            // Unspecified is taken for BT.601, as encoders do.
            2 | 5 | 6 => (0.299, 0.114),
            7 => (0.212, 0.087),
            9 => (0.2627, 0.0593),
            other => {
                return Err(MediaError::unsupported(
                    "AVIF",
                    format_args!("matrix coefficients {other}"),
                ));
            }
        };
        Ok(Self::Weights { red, blue })
    }

    fn apply(&self, y: f32, cb: f32, cr: f32) -> [f32; 3] {
        match self {
            Self::Identity => [cr + 127.5, y, cb + 127.5],
            Self::YCgCo => [y - cb + cr, y + cb, y - cb - cr],
            Self::Weights { red: kr, blue: kb } => {
                let red = y + 2.0 * (1.0 - kr) * cr;
                let blue = y + 2.0 * (1.0 - kb) * cb;
                [red, (y - kr * red - kb * blue) / (1.0 - kr - kb), blue]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(bits: u8, is_full_range: bool, matrix: u8, samples: [u16; 3]) -> [u8; 3] {
        let planes = samples.map(|sample| match bits {
            8 => vec![sample as u8],
            _ => sample.to_ne_bytes().to_vec(),
        });
        let plane = |of: usize| Plane { bytes: &planes[of], stride: 2, width: 1, height: 1 };
        let chroma = Some([plane(1), plane(2)]);
        let yuv = Yuv { luma: plane(0), chroma, bits, is_full_range, matrix };
        let mut pixel = [0; 3];
        yuv.write_rgb(&mut pixel, 3, 3, (0, 0)).expect("a known matrix");
        pixel
    }

    #[test]
    fn known_colours() {
        // Pure colours of BT.709 and BT.601 in narrow range, as in ITU-R BT.709-6 and BT.601-7.
        for (bits, is_full, matrix, samples, expected) in [
            (8, false, 1, [63, 102, 240], [255, 0, 0]),
            (8, false, 1, [173, 42, 26], [0, 255, 0]),
            (8, false, 6, [41, 240, 110], [0, 0, 255]),
            (8, false, 6, [235, 128, 128], [255, 255, 255]),
            (8, false, 6, [16, 128, 128], [0, 0, 0]),
            (10, false, 1, [940, 512, 512], [255, 255, 255]),
            (12, true, 1, [4095, 2048, 2048], [255, 255, 255]),
            (8, true, 6, [76, 85, 255], [254, 0, 0]),
        ] {
            let found = rgb(bits, is_full, matrix, samples);
            let is_near =
                found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 2);
            assert!(is_near, "{samples:?} at {bits} bits: {found:?}, not {expected:?}");
        }
        assert!(Matrix::new(11).is_err());
    }
}
