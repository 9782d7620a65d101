//! `[image]` of `pack.toml`: how a picture becomes the numbers that a graph takes.
//!
//! Resizing is that of Pillow (`resize.rs`), which models of images are usually fed and checked
//! with.

use serde::{Deserialize, Serialize};
use tiebreak_media::Picture;

use crate::resize::{Part, resize};

/// More than any encoder of images takes; it bounds what a pack can make us allocate.
const LARGEST_SIDE: usize = 2_048;

/// How a picture becomes the numbers that a graph takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageInput {
    /// Name of the graph's input.
    pub input: String,
    /// Height and width in pixels.
    pub size: [usize; 2],
    /// The filter, stretched when scaling down so that every pixel counts.
    pub resize: Resize,
    /// How a picture of other proportions is made to fit.
    pub fit: Fit,
    /// With `crop`, the share of the largest fitting part in the middle that is kept, above 0 to 1.
    #[serde(default = "one")]
    pub crop: f32,
    /// What a sample of 0 to 255 is multiplied with before the mean is taken off.
    #[serde(default = "one")]
    pub scale: f32,
    /// Taken off each of red, green and blue.
    pub mean: [f32; 3],
    /// What each is then divided by.
    pub std: [f32; 3],
    /// The order of the tensor's dimensions.
    #[serde(default)]
    pub layout: Layout,
}

/// The filters, each stretched by the factor of a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resize {
    /// A triangle.
    Bilinear,
    /// Keys' cubic with a = -0.5.
    Bicubic,
    /// A windowed sinc of three lobes.
    Lanczos3,
}

/// How a picture of other proportions is made to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The whole picture, its proportions changed.
    Squash,
    /// The middle part of the right proportions.
    Crop,
    /// The whole picture in its proportions, in the middle, the rest filled with the mean.
    Pad,
}

/// The order of the tensor's dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Picture, colour, row, column.
    #[default]
    Nchw,
    /// Picture, row, column, colour.
    Nhwc,
}

fn one() -> f32 {
    1.0
}

impl ImageInput {
    /// What is wrong with the values, if anything: the field and why.
    ///
    /// # Errors
    /// If a size, share or divisor is out of range, or a number is not finite.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let finite = |numbers: &[f32]| numbers.iter().all(|number| number.is_finite());
        let usable = |numbers: &[f32]| finite(numbers) && !numbers.contains(&0.0);
        if self.input.is_empty() {
            Err(("input", "is empty".to_owned()))
        } else if self.size.iter().any(|side| !(1..=LARGEST_SIDE).contains(side)) {
            Err(("size", format!("{:?} is not within 1 to {LARGEST_SIDE}", self.size)))
        } else if !(self.crop > 0.0 && self.crop <= 1.0) {
            Err(("crop", format!("{} is not above 0 and at most 1", self.crop)))
        } else if !usable(&[self.scale]) {
            Err(("scale", format!("{} is 0 or not finite", self.scale)))
        } else if !usable(&self.std) {
            Err(("std", format!("{:?} holds 0 or a number that is not finite", self.std)))
        } else if !finite(&self.mean) {
            Err(("mean", format!("{:?} holds a number that is not finite", self.mean)))
        } else {
            Ok(())
        }
    }

    /// The tensor's dimensions for `batch` pictures.
    pub(crate) fn shape(&self, batch: usize) -> Vec<usize> {
        let [height, width] = self.size;
        match self.layout {
            Layout::Nchw => vec![batch, 3, height, width],
            Layout::Nhwc => vec![batch, height, width, 3],
        }
    }

    /// The numbers of one picture, in the order of the layout. It must be opaque: `pixels` are
    /// `width * height` times red, green and blue.
    pub(crate) fn tensor(&self, pixels: &[u8], width: u32, height: u32) -> Vec<f32> {
        let [rows, columns] = self.size.map(|side| side as u32);
        let (part, (inner_width, inner_height)) = match self.fit {
            Fit::Squash => (Part { left: 0, top: 0, width, height }, (columns, rows)),
            Fit::Crop => (self.middle(width, height), (columns, rows)),
            Fit::Pad => {
                (Part { left: 0, top: 0, width, height }, within(width, height, columns, rows))
            }
        };
        let (inner_width, inner_height) = (inner_width as usize, inner_height as usize);
        let resized = resize(pixels, width as usize, part, inner_width, inner_height, self.resize);
        self.normalised(&resized, inner_width, inner_height)
    }

    /// The middle of the picture: the largest part with the graph's proportions, times `crop`,
    /// in whole pixels as in the evaluation of the EfficientNets by their authors.
    fn middle(&self, width: u32, height: u32) -> Part {
        let [rows, columns] = self.size.map(|side| side as f32);
        let unit = (width as f32 / columns).min(height as f32 / rows) * self.crop;
        let side = |of: f32, most: u32| ((unit * of) as u32).clamp(1, most);
        let (inner_width, inner_height) = (side(columns, width), side(rows, height));
        Part {
            left: (width - inner_width).div_ceil(2),
            top: (height - inner_height).div_ceil(2),
            width: inner_width,
            height: inner_height,
        }
    }

    /// Scaled, mean taken off, divided; what is not covered is 0, which is the mean.
    fn normalised(&self, pixels: &[u8], width: usize, height: usize) -> Vec<f32> {
        let [rows, columns] = self.size;
        let (top, left) = ((rows - height) / 2, (columns - width) / 2);
        let table: [[f32; 256]; 3] = std::array::from_fn(|colour| {
            std::array::from_fn(|sample| {
                (sample as f32 * self.scale - self.mean[colour]) / self.std[colour]
            })
        });
        let mut tensor = vec![0.0; 3 * rows * columns];
        for (y, row) in pixels.chunks_exact(3 * width).enumerate() {
            let start = (top + y) * columns + left;
            let (row, _) = row.as_chunks::<3>();
            match self.layout {
                Layout::Nhwc => {
                    let (places, _) = tensor[3 * start..3 * (start + width)].as_chunks_mut::<3>();
                    for (place, pixel) in places.iter_mut().zip(row) {
                        *place = std::array::from_fn(|c| table[c][usize::from(pixel[c])]);
                    }
                }
                Layout::Nchw => {
                    for (colour, table) in table.iter().enumerate() {
                        let start = colour * rows * columns + start;
                        for (place, pixel) in tensor[start..start + width].iter_mut().zip(row) {
                            *place = table[usize::from(pixel[colour])];
                        }
                    }
                }
            }
        }
        tensor
    }
}

/// The largest size with the proportions of `width` to `height` that fits, at least 1 by 1.
fn within(width: u32, height: u32, columns: u32, rows: u32) -> (u32, u32) {
    let scale = (f64::from(columns) / f64::from(width)).min(f64::from(rows) / f64::from(height));
    let side = |of: u32, most: u32| ((f64::from(of) * scale).round() as u32).clamp(1, most);
    (side(width, columns), side(height, rows))
}

/// The pixels of a picture as red, green and blue; what is transparent lies on white.
pub(crate) fn on_white(picture: Picture) -> Vec<u8> {
    if !picture.has_alpha() {
        return picture.into_pixels();
    }
    let over = |sample: u8, alpha: u8| {
        let (sample, alpha) = (u32::from(sample), u32::from(alpha));
        ((sample * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let (pixels, _) = picture.pixels().as_chunks::<4>();
    pixels.iter().flat_map(|&[r, g, b, a]| [over(r, a), over(g, a), over(b, a)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(fit: Fit) -> ImageInput {
        ImageInput {
            input: "image".to_owned(),
            size: [4, 6],
            resize: Resize::Bicubic,
            fit,
            crop: 1.0,
            scale: 1.0,
            mean: [127.0; 3],
            std: [128.0; 3],
            layout: Layout::Nchw,
        }
    }

    #[test]
    fn every_size_and_fit_gives_a_whole_tensor() {
        for fit in [Fit::Squash, Fit::Crop, Fit::Pad] {
            for layout in [Layout::Nchw, Layout::Nhwc] {
                let input = ImageInput { layout, crop: 0.875, ..input(fit) };
                for (width, height) in [(1, 1), (1, 500), (500, 1), (6, 4), (37, 41), (300, 200)] {
                    let pixels = vec![191; 3 * width as usize * height as usize];
                    let tensor = input.tensor(&pixels, width, height);
                    assert_eq!(tensor.len(), input.shape(1).iter().product::<usize>());
                    let inside = tensor.iter().filter(|&&value| value == 0.5).count();
                    let covered = inside + tensor.iter().filter(|&&value| value == 0.0).count();
                    assert!(inside >= 3 && covered == tensor.len(), "{fit:?} {width} x {height}");
                    assert!(fit == Fit::Pad || inside == tensor.len(), "{fit:?} leaves no margin");
                }
            }
        }
    }

    #[test]
    fn layouts_hold_the_same_numbers() {
        let pixels: Vec<u8> = (0..4 * 6 * 3).collect();
        let planes = input(Fit::Squash).tensor(&pixels, 6, 4);
        let nhwc = ImageInput { layout: Layout::Nhwc, ..input(Fit::Squash) };
        let packed = nhwc.tensor(&pixels, 6, 4);
        for (place, &sample) in pixels.iter().enumerate() {
            let expected = (f32::from(sample) - 127.0) / 128.0;
            assert_eq!(packed[place], expected, "a picture of that size stays as it is");
            assert_eq!(planes[place % 3 * 24 + place / 3], expected);
        }
    }

    #[test]
    fn the_middle_is_in_the_middle() {
        let square = ImageInput { size: [224, 224], crop: 0.875, ..input(Fit::Crop) };
        let part = |left, top, width, height| Part { left, top, width, height };
        assert_eq!(square.middle(1000, 600), part(238, 38, 525, 525));
        assert_eq!(square.middle(600, 1001), part(38, 238, 525, 525));
        assert_eq!(square.middle(1, 1), part(0, 0, 1, 1));
        assert_eq!(input(Fit::Crop).middle(600, 600), part(0, 100, 600, 400));
    }

    #[test]
    fn what_is_transparent_is_white() {
        let pixels = vec![10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128];
        let picture = Picture::new(3, 1, true, pixels).unwrap();
        assert_eq!(on_white(picture), [255, 255, 255, 10, 20, 30, 127, 127, 127]);
    }

    #[test]
    fn values_out_of_range_are_told() {
        let fine = input(Fit::Crop);
        assert_eq!(fine.check(), Ok(()));
        for (wrong, field) in [
            (ImageInput { size: [0, 224], ..fine.clone() }, "size"),
            (ImageInput { size: [224, 1_000_000], ..fine.clone() }, "size"),
            (ImageInput { crop: 0.0, ..fine.clone() }, "crop"),
            (ImageInput { crop: f32::NAN, ..fine.clone() }, "crop"),
            (ImageInput { std: [1.0, 0.0, 1.0], ..fine.clone() }, "std"),
            (ImageInput { mean: [f32::INFINITY; 3], ..fine.clone() }, "mean"),
            (ImageInput { input: String::new(), ..fine }, "input"),
        ] {
            assert_eq!(wrong.check().unwrap_err().0, field);
        }
    }
}
