//! What can be measured on a picture without learning, for heads and for people.

/// The values that [`image_measures`] gives, in its order, for the pixels as seen, in sRGB as encoded
/// (0 to 1), at full size, what is transparent on white:
///
/// | name | what |
/// |---|---|
/// | `brightness` | mean of luma, Y' = 0.2126 R' + 0.7152 G' + 0.0722 B' (ITU-R BT.709) |
/// | `contrast` | standard deviation of luma (E. Peli, "Contrast in complex images", 1990: RMS contrast) |
/// | `saturation` | mean of (max - min) / max of red, green and blue (A. R. Smith, 1978: HSV) |
/// | `colourfulness` | spread of the opponent colours plus 0.3 times their mean's distance from grey (D. Hasler and S. Suesstrunk, 2003), for samples of 0 to 1 |
/// | `sharpness` | ln(1 + variance of the Laplacian of luma in 0 to 255) (J. Pech-Pacheco et al., 2000) |
/// | `ln_pixels` | ln(width * height) |
/// | `aspect` | ln(width / height) |
pub const IMAGE_MEASURES: [&str; 7] =
    ["brightness", "contrast", "saturation", "colourfulness", "sharpness", "ln_pixels", "aspect"];

/// Sums over pixels, enough for a mean and a variance.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f32) {
        let value = f64::from(value);
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    fn variance(self) -> f64 {
        let mean = self.mean();
        if self.count == 0 {
            0.0
        } else {
            (self.squares / self.count as f64 - mean * mean).max(0.0)
        }
    }
}

/// The measured values of a picture, in the order of [`IMAGE_MEASURES`]; all finite. `pixels` are
/// `width * height` times red, green and blue.
pub fn image_measures(pixels: &[u8], width: u32, height: u32) -> [f32; IMAGE_MEASURES.len()] {
    let columns = width as usize;
    let [mut luma, mut saturation, mut red_green, mut yellow_blue, mut edges] =
        [Moments::default(); 5];
    // The luma of three rows, for the Laplacian.
    let mut rows: [Vec<f32>; 3] = Default::default();
    for (y, row) in pixels.chunks_exact(3 * columns).enumerate() {
        let (row, _) = row.as_chunks::<3>();
        rows.rotate_left(1);
        rows[2].clear();
        for pixel in row {
            let [r, g, b] = pixel.map(f32::from);
            let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            rows[2].push(y);
            luma.add(y);
            let largest = r.max(g).max(b);
            saturation.add(if largest > 0.0 { (largest - r.min(g).min(b)) / largest } else { 0.0 });
            red_green.add(r - g);
            yellow_blue.add(0.5 * (r + g) - b);
        }
        if y >= 2 {
            let [above, middle, below] = &rows;
            for x in 1..columns.saturating_sub(1) {
                let around = above[x] + below[x] + middle[x - 1] + middle[x + 1];
                edges.add(around - 4.0 * middle[x]);
            }
        }
    }
    let spread = (red_green.variance() + yellow_blue.variance()).sqrt();
    let distance = red_green.mean().hypot(yellow_blue.mean());
    let (width, height) = (f64::from(width), f64::from(height));
    [
        luma.mean() / 255.0,
        luma.variance().sqrt() / 255.0,
        saturation.mean(),
        (spread + 0.3 * distance) / 255.0,
        edges.variance().ln_1p(),
        (width * height).ln(),
        (width / height).ln(),
    ]
    .map(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pixels: &[u8], width: u32, height: u32) -> impl Fn(&str) -> f32 {
        let values = image_measures(pixels, width, height);
        move |name| {
            let place = IMAGE_MEASURES.iter().position(|measure| *measure == name);
            values[place.unwrap()]
        }
    }

    #[test]
    fn plain_pictures_have_the_values_of_the_formulas() {
        let white = named(&[255; 300], 20, 5);
        for (name, expected) in [
            ("brightness", 1.0),
            ("contrast", 0.0),
            ("saturation", 0.0),
            ("colourfulness", 0.0),
            ("sharpness", 0.0),
            ("ln_pixels", 100.0_f32.ln()),
            ("aspect", 4.0_f32.ln()),
        ] {
            assert!((white(name) - expected).abs() < 1e-5, "{name}: {}", white(name));
        }
        let pixels = [255, 0, 0].repeat(100);
        let red = named(&pixels, 10, 10);
        assert!((red("brightness") - 0.2126).abs() < 1e-5);
        assert!((red("saturation") - 1.0).abs() < 1e-6);
        // Opponent colours (1, 1/2) everywhere: no spread, 0.3 times their length.
        assert!((red("colourfulness") - 0.3 * 1.25_f32.sqrt()).abs() < 1e-5);

        // A chessboard: half black, half white; each Laplacian is 4 * 255 with either sign.
        let chess: Vec<u8> =
            (0..64).flat_map(|n| [if (n / 8 + n % 8) % 2 == 0 { 255 } else { 0 }; 3]).collect();
        let chess = named(&chess, 8, 8);
        assert!((chess("contrast") - 0.5).abs() < 1e-6);
        assert!((chess("sharpness") - (1020.0_f32 * 1020.0).ln_1p()).abs() < 1e-4);
    }

    #[test]
    fn every_size_has_finite_values() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3)] {
            let pixels = vec![77; 3 * width as usize * height as usize];
            let values = image_measures(&pixels, width, height);
            assert!(values.iter().all(|value| value.is_finite()), "{width} x {height}");
        }
    }
}
