//! Products of rows of 32-bit features with 64-bit weights, summed in 64 bits.

/// Sums side by side, so that the processor need not wait for one to begin the next. Fixed, so
/// that the order of the additions, and with it the last bit, is the same on every machine.
const LANES: usize = 8;

/// `row . weights`, over the shorter of the two.
pub(crate) fn dot(row: &[f32], weights: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (rows, row_rest) = row.as_chunks::<LANES>();
    let (columns, weight_rest) = weights.as_chunks::<LANES>();
    for (x, w) in rows.iter().zip(columns) {
        for lane in 0..LANES {
            sums[lane] += f64::from(x[lane]) * w[lane];
        }
    }
    let rest: f64 = row_rest.iter().zip(weight_rest).map(|(x, w)| f64::from(*x) * w).sum();
    sums.iter().sum::<f64>() + rest
}

/// `sums += factor * row`.
pub(crate) fn add_scaled(sums: &mut [f64], row: &[f32], factor: f64) {
    for (sum, x) in sums.iter_mut().zip(row) {
        *sum += factor * f64::from(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_summed_whole() {
        for n in [0, 1, 7, 8, 9, 24, 31] {
            let row: Vec<f32> = (0..n).map(|k| k as f32).collect();
            let weights = vec![2.0; n];
            assert_eq!(dot(&row, &weights), (0..n).map(|k| 2.0 * k as f64).sum::<f64>());
            let mut sums = vec![1.0; n];
            add_scaled(&mut sums, &row, -1.0);
            assert!(sums.iter().enumerate().all(|(k, sum)| *sum == 1.0 - k as f64));
        }
    }
}
