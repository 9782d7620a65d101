//! The colours of a picture.

/// Bins of each of red, green and blue.
const BINS: usize = 8;
/// Colours that are named.
const MOST_SWATCHES: usize = 5;
/// A pixel of less saturation is grey.
const GREY: f64 = 0.1;
/// The warmest hue, orange, in degrees.
const WARMEST: f64 = 30.0;

/// A colour, and how much of the picture has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swatch {
    /// The mean of the pixels, sRGB as encoded.
    pub rgb: [u8; 3],
    /// Their share, 0 to 1.
    pub share: f64,
}

/// What a picture is coloured with.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// The colours of most pixels, up to five, from the largest: pixels are sorted into 8 x 8 x 8
    /// cubes of red, green and blue.
    pub swatches: Vec<Swatch>,
    /// How many colours there are in effect: exp of the entropy of the shares of those cubes, 1 to
    /// 512 (M. O. Hill, "Diversity and evenness", Ecology 54, 1973, order 1).
    pub colours: f64,
    /// How warm it is, -1 to 1: the mean of saturation times the cosine of the angle between the
    /// hue (A. R. Smith, "Color gamut transform pairs", 1978: HSV) and orange, 30 degrees.
    pub warmth: f64,
    /// The share of pixels that are grey, black or white: saturation below 0.1.
    pub neutral: f64,
}

/// The palette of pixels, red, green and blue in sRGB as encoded; `None` without any.
pub fn palette(pixels: &[u8]) -> Option<Palette> {
    let (pixels, _) = pixels.as_chunks::<3>();
    if pixels.is_empty() {
        return None;
    }
    let mut cubes = vec![(0_u64, [0_u64; 3]); BINS.pow(3)];
    let (mut warmth, mut neutral) = (0.0, 0_u64);
    for pixel in pixels {
        let [r, g, b] = pixel.map(|channel| usize::from(channel) * BINS / 256);
        let (count, sums) = &mut cubes[(r * BINS + g) * BINS + b];
        *count += 1;
        sums.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += u64::from(*channel));
        let (hue, saturation) = hue_and_saturation(*pixel);
        warmth += saturation * (hue - WARMEST).to_radians().cos();
        neutral += u64::from(saturation < GREY);
    }
    let n = pixels.len() as f64;
    let entropy: f64 = cubes
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, _)| *count as f64 / n)
        .map(|share| -share * share.ln())
        .sum();
    cubes.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let swatch = |(count, sums): &(u64, [u64; 3])| Swatch {
        rgb: sums.map(|sum| ((sum + count / 2) / count) as u8),
        share: *count as f64 / n,
    };
    let largest = cubes.iter().take(MOST_SWATCHES).filter(|(count, _)| *count > 0);
    Some(Palette {
        swatches: largest.map(swatch).collect(),
        colours: entropy.exp(),
        warmth: warmth / n,
        neutral: neutral as f64 / n,
    })
}

/// Hue in degrees, 0 for grey, and saturation, 0 to 1.
fn hue_and_saturation(pixel: [u8; 3]) -> (f64, f64) {
    let [r, g, b] = pixel.map(f64::from);
    let largest = r.max(g).max(b);
    let range = largest - r.min(g).min(b);
    if range == 0.0 {
        return (0.0, 0.0);
    }
    let sixth = if largest == r {
        (g - b) / range
    } else if largest == g {
        2.0 + (b - r) / range
    } else {
        4.0 + (r - g) / range
    };
    (60.0 * sixth, range / largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_pictures_have_the_values_of_the_formulas() {
        for (pixel, warmth, neutral) in [
            ([255, 0, 0], 30.0_f64.to_radians().cos(), 0.0),
            ([255, 128, 0], 1.0, 0.0),
            ([0, 127, 255], -1.0, 0.0),
            ([0, 0, 255], -(30.0_f64.to_radians().cos()), 0.0),
            ([200, 200, 200], 0.0, 1.0),
            ([0, 0, 0], 0.0, 1.0),
        ] {
            let found = palette(&pixel.repeat(10)).unwrap();
            assert!((found.warmth - warmth).abs() < 1e-3, "{pixel:?}: {found:?}");
            assert_eq!((found.neutral, found.colours), (neutral, 1.0));
            assert_eq!(found.swatches, [Swatch { rgb: pixel, share: 1.0 }]);
        }
        assert_eq!(palette(&[]), None);
    }

    /// Three quarters white and one black: exp(0.5623) colours.
    #[test]
    fn shares_make_the_number_of_colours() {
        let pixels = [[255; 3], [0; 3], [255; 3], [255; 3]].concat();
        let found = palette(&pixels).unwrap();
        let shares: Vec<f64> = found.swatches.iter().map(|swatch| swatch.share).collect();
        assert_eq!(shares, [0.75, 0.25]);
        let entropy = -(0.75 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln());
        assert!((found.colours - entropy.exp()).abs() < 1e-12);
        let every: Vec<u8> = (0..512_usize)
            .flat_map(|n| [n / 64, n / 8 % 8, n % 8].map(|bin| (32 * bin + 7) as u8))
            .collect();
        let found = palette(&every).unwrap();
        assert!((found.colours - 512.0).abs() < 1e-6 && found.swatches.len() == 5);
    }
}
