//! Colour management: whatever a file says about its colours, the result is sRGB.
//!
//! ICC profiles (ICC.1:2022) and code points (ITU-T H.273) are applied by the library. A file
//! that says nothing is sRGB, and so is one whose profile cannot be used: a wrong tint is better
//! than no picture, as browsers hold it too.

use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, MatrixCoefficients,
    TransferCharacteristics, TransformExecutor, TransformOptions,
};

/// What a file says about its colours.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) enum Colour {
    /// sRGB, said or assumed.
    #[default]
    Srgb,
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273.
    CodePoints {
        /// Table 2.
        primaries: u8,
        /// Table 3.
        transfer: u8,
    },
}

impl Colour {
    /// Code points, where those of BT.709 and its kin count as sRGB, as they do in browsers.
    pub(crate) fn from_code_points(primaries: u8, transfer: u8) -> Self {
        if matches!(primaries, 1 | 2) && matches!(transfer, 1 | 2 | 6 | 13 | 14 | 15) {
            return Self::Srgb;
        }
        Self::CodePoints { primaries, transfer }
    }

    fn profile(&self) -> Option<ColorProfile> {
        match self {
            Self::Srgb => None,
            Self::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok(),
            Self::CodePoints { primaries, transfer } => {
                Some(ColorProfile::new_from_cicp(CicpProfile {
                    color_primaries: CicpColorPrimaries::try_from(*primaries).ok()?,
                    transfer_characteristics: TransferCharacteristics::try_from(*transfer).ok()?,
                    matrix_coefficients: MatrixCoefficients::Identity,
                    full_range: true,
                }))
            }
        }
    }
}

/// How the samples of a decoded pixel are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    /// One grey sample.
    Grey,
    /// Grey and alpha.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha (not premultiplied).
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

impl Samples {
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    /// Samples of a pixel of the result: RGB, or RGBA if there is alpha.
    pub(crate) const fn result_count(self) -> usize {
        match self {
            Self::Grey | Self::Rgb | Self::Cmyk => 3,
            Self::GreyAlpha | Self::Rgba => 4,
        }
    }

    const fn with_colour(self) -> Self {
        match self {
            Self::Grey => Self::Rgb,
            Self::GreyAlpha => Self::Rgba,
            other => other,
        }
    }

    const fn layout(self) -> moxcms::Layout {
        match self {
            Self::Grey => moxcms::Layout::Gray,
            Self::GreyAlpha => moxcms::Layout::GrayAlpha,
            Self::Rgb => moxcms::Layout::Rgb,
            // The library takes four inks by the layout of four samples.
            Self::Rgba | Self::Cmyk => moxcms::Layout::Rgba,
        }
    }
}

type Transform<T> = Arc<dyn TransformExecutor<T> + Send + Sync>;

/// Turns rows of decoded samples into rows of 8 bit sRGB.
pub(crate) struct ToSrgb {
    samples: Samples,
    /// What the transforms take: `samples`, or those with grey spread to colours.
    taken: Samples,
    narrow: Option<Transform<u8>>,
    wide: Option<Transform<u16>>,
    taken_row: Vec<u8>,
    wide_taken_row: Vec<u16>,
    wide_row: Vec<u16>,
}

impl ToSrgb {
    /// Prepares the conversion of `samples` of `colour`.
    pub(crate) fn new(samples: Samples, colour: &Colour) -> Self {
        let mut to_srgb = Self {
            samples,
            taken: samples,
            narrow: None,
            wide: None,
            taken_row: Vec::new(),
            wide_taken_row: Vec::new(),
            wide_row: Vec::new(),
        };
        if let Some(profile) = colour.profile() {
            to_srgb.set_profile(&profile);
        }
        to_srgb
    }

    fn set_profile(&mut self, profile: &ColorProfile) {
        self.taken = match (profile.color_space, self.samples) {
            (DataColorSpace::Gray, Samples::Grey | Samples::GreyAlpha)
            | (DataColorSpace::Rgb, Samples::Rgb | Samples::Rgba)
            | (DataColorSpace::Cmyk, Samples::Cmyk) => self.samples,
            // Grey pixels with a colour profile are neutral colours of it.
            (DataColorSpace::Rgb, Samples::Grey | Samples::GreyAlpha) => self.samples.with_colour(),
            // The profile is of other inks than the pixels: it cannot be meant.
            _ => return,
        };
        let result = match self.taken.result_count() {
            3 => moxcms::Layout::Rgb,
            _ => moxcms::Layout::Rgba,
        };
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let layout = self.taken.layout();
        self.narrow = profile.create_transform_8bit(layout, &srgb, result, options).ok();
        self.wide = profile.create_transform_16bit(layout, &srgb, result, options).ok();
        if self.changes_nothing() {
            (self.narrow, self.wide) = (None, None);
        }
        if self.narrow.is_none() {
            self.taken = self.samples;
        }
    }

    /// Most profiles are sRGB under another name: pixels had better stay as they are then.
    fn changes_nothing(&self) -> bool {
        let Some(transform) = &self.narrow else {
            return true;
        };
        if self.taken == Samples::Cmyk {
            return false;
        }
        let count = self.taken.count();
        let colours = if count < 3 { 1 } else { 3 };
        let steps: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let probes = steps.len().pow(colours);
        let (mut probe, mut expected) = (Vec::new(), Vec::new());
        for place in 0..probes {
            let step = |of: u32| steps[place / steps.len().pow(of) % steps.len()];
            let colour: Vec<u8> = (0..colours).map(step).collect();
            probe.extend(&colour);
            expected.extend(if colours == 1 { vec![colour[0]; 3] } else { colour });
            if matches!(self.taken, Samples::GreyAlpha | Samples::Rgba) {
                probe.push(255);
                expected.push(255);
            }
        }
        let mut found = vec![0; expected.len()];
        transform.transform(&probe, &mut found).is_ok()
            && found.iter().zip(&expected).all(|(found, expected)| found.abs_diff(*expected) <= 1)
    }

    /// Whether rows of 8 bit RGB or RGBA are already what is wanted.
    pub(crate) fn is_identity(&self) -> bool {
        self.narrow.is_none() && matches!(self.samples, Samples::Rgb | Samples::Rgba)
    }

    /// Converts a row of 8 bit samples into `result`.
    pub(crate) fn row(&mut self, row: &[u8], result: &mut [u8]) {
        let row = if self.taken == self.samples {
            row
        } else {
            spread(row, self.samples, &mut self.taken_row);
            self.taken_row.as_slice()
        };
        if let Some(transform) = &self.narrow
            && transform.transform(row, result).is_ok()
        {
            return;
        }
        assign(row, self.taken, result, |sample| sample);
    }

    /// Converts a row of 16 bit samples into `result`.
    pub(crate) fn wide_row(&mut self, row: &[u16], result: &mut [u8]) {
        let row = if self.taken == self.samples {
            row
        } else {
            spread(row, self.samples, &mut self.wide_taken_row);
            self.wide_taken_row.as_slice()
        };
        if let Some(transform) = &self.wide {
            self.wide_row.resize(result.len(), 0);
            if transform.transform(row, &mut self.wide_row).is_ok() {
                for (result, sample) in result.iter_mut().zip(&self.wide_row) {
                    *result = narrowed(*sample);
                }
                return;
            }
        }
        assign(row, self.taken, result, narrowed);
    }
}

/// 65535 becomes 255, rounded to the nearest.
pub(crate) fn narrowed(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// Grey pixels as neutral colours.
fn spread<T: Copy>(row: &[T], samples: Samples, spread: &mut Vec<T>) {
    spread.clear();
    match samples {
        Samples::GreyAlpha => {
            spread.extend(row.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]));
        }
        _ => spread.extend(row.iter().flat_map(|grey| [*grey; 3])),
    }
}

/// Rows without a profile.
fn assign<T: Copy>(row: &[T], samples: Samples, result: &mut [u8], narrow: impl Fn(T) -> u8) {
    match samples {
        Samples::Grey => {
            for (pixel, grey) in result.chunks_exact_mut(3).zip(row) {
                pixel.fill(narrow(*grey));
            }
        }
        Samples::GreyAlpha => {
            for (pixel, from) in result.chunks_exact_mut(4).zip(row.chunks_exact(2)) {
                pixel[..3].fill(narrow(from[0]));
                pixel[3] = narrow(from[1]);
            }
        }
        Samples::Rgb | Samples::Rgba => {
            for (sample, from) in result.iter_mut().zip(row) {
                *sample = narrow(*from);
            }
        }
        // Inks without a profile: each takes its share of light away.
        Samples::Cmyk => {
            for (pixel, inks) in result.chunks_exact_mut(3).zip(row.chunks_exact(4)) {
                let light = 255 - u32::from(narrow(inks[3]));
                for (sample, ink) in pixel.iter_mut().zip(inks) {
                    *sample = (((255 - u32::from(narrow(*ink))) * light + 127) / 255) as u8;
                }
            }
        }
    }
}
