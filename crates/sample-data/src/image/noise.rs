//! Value noise and its sums, from 0 to 1.

use crate::random::mixed;

/// A number for a grid point.
fn hash(x: i32, y: i32, seed: u64) -> f32 {
    let place = ((x as u32 as u64) << 32) | u64::from(y as u32);
    (mixed(place ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 40) as f32 / (1_u32 << 24) as f32
}

/// Noise with features about 1 across.
pub fn noise(x: f32, y: f32, seed: u64) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
    let (u, v) = (ease(x - left), ease(y - top));
    let (left, top) = (left as i32, top as i32);
    let row = |y: i32| {
        let (a, b) = (hash(left, y, seed), hash(left + 1, y, seed));
        a + (b - a) * u
    };
    let (above, below) = (row(top), row(top + 1));
    above + (below - above) * v
}

/// Octaves of noise, each half as large and half as strong as the one before.
pub fn fbm(mut x: f32, mut y: f32, octaves: u32, seed: u64) -> f32 {
    let (mut sum, mut weight, mut total) = (0.0, 1.0, 0.0);
    for octave in 0..octaves {
        sum += weight * noise(x, y, seed.wrapping_add(u64::from(octave)));
        total += weight;
        weight *= 0.5;
        // Turned a little, so that the grids do not line up.
        (x, y) = (1.6 * x + 1.2 * y + 3.7, 1.6 * y - 1.2 * x + 1.3);
    }
    sum / total
}

/// Octaves of noise with sharp crests.
pub fn ridged(mut x: f32, mut y: f32, octaves: u32, seed: u64) -> f32 {
    let (mut sum, mut weight, mut total) = (0.0, 1.0, 0.0);
    for octave in 0..octaves {
        let crest = 1.0 - (2.0 * noise(x, y, seed.wrapping_add(u64::from(octave))) - 1.0).abs();
        sum += weight * crest * crest;
        total += weight;
        weight *= 0.47;
        (x, y) = (2.03 * x + 5.1, 2.03 * y + 2.9);
    }
    sum / total
}

/// One number from 0 to 1 for a grid cell.
pub fn cell(x: i32, y: i32, seed: u64) -> f32 {
    hash(x, y, seed)
}
