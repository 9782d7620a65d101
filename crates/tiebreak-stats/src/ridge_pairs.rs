//! Regularised least squares on labelled pairs: a linear head without an intercept that is solved,
//! not searched, for any labels of the same pairs.
//!
//! With x_i the feature difference of pair i, y_i its label from -1 (second) to 1 (first) and s_k
//! the root mean square of difference k, minimise
//!
//! 1/n sum_i (y_i - w . x_i)^2 + penalty sum_k (s_k w_k)^2
//!
//! (regularised least-squares classification: R. Rifkin, G. Yeo and T. Poggio, in "Advances in
//! learning theory", 2003; ridge regression of A. E. Hoerl and R. W. Kennard, 1970). The sign of w
//! . x is the label. What has to be factorised, X'X, does not depend on the labels: it is
//! factorised once ([`RidgeHead`]), and each set of labels costs one sum X'y and two triangular
//! solutions.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::fit_error::FitError;
use crate::linear::add_scaled;
use crate::pairs::JudgedPairs;

/// Rows that are multiplied at a time: in 64 bits they are all that is copied of the features.
const BLOCK: usize = 256;

/// The products of the feature differences of some pairs, X'X.
#[derive(Clone, Debug)]
pub struct PairGram {
    rows: usize,
    sums: DMatrix<f64>,
}

impl PairGram {
    /// The products over the pairs `used`, by index.
    pub fn of(pairs: &JudgedPairs, used: &[usize]) -> Self {
        let dim = pairs.dim;
        let mut sums = DMatrix::zeros(dim, dim);
        for block in used.chunks(BLOCK) {
            // A matrix is kept by columns, so that rows one after the other are its transpose.
            let columns = DMatrix::from_iterator(
                dim,
                block.len(),
                block.iter().flat_map(|&i| pairs.row(i)).map(|x| f64::from(*x)),
            );
            sums.gemm(1.0, &columns, &columns.transpose(), 1.0);
        }
        Self { rows: used.len(), sums }
    }

    /// The products over several disjoint sets of pairs of the same features; `None` of none.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let first = parts.next()?.clone();
        Some(parts.fold(first, |mut sum, part| {
            sum.rows += part.rows;
            sum.sums += &part.sums;
            sum
        }))
    }
}

/// What turns labels of fixed pairs into the weights of a head.
#[derive(Clone, Debug)]
pub struct RidgeHead {
    rows: f64,
    /// 1 / root mean square of each feature difference, 0 where it never differs.
    inverse: Vec<f64>,
    factor: Cholesky<f64, Dyn>,
}

impl RidgeHead {
    /// Factorises for a penalty above 0.
    ///
    /// # Errors
    /// [`FitError::NoPairs`] without pairs, [`FitError::NotDecomposed`] for a penalty of 0 or less
    /// or features that are not finite.
    pub fn of(gram: &PairGram, penalty: f64) -> Result<Self, FitError> {
        if gram.rows == 0 {
            return Err(FitError::NoPairs);
        }
        let rows = gram.rows as f64;
        let inverse: Vec<f64> = gram
            .sums
            .diagonal()
            .iter()
            .map(|sum| if *sum > 0.0 { (rows / sum).sqrt() } else { 0.0 })
            .collect();
        let mut scaled = gram.sums.clone();
        for (k, mut column) in scaled.column_iter_mut().enumerate() {
            for (sum, scale) in column.iter_mut().zip(&inverse) {
                *sum *= scale * inverse[k] / rows;
            }
            column[k] += penalty;
        }
        let sound = penalty > 0.0 && penalty.is_finite();
        let factor = Cholesky::new(scaled).filter(|_| sound).ok_or(FitError::NotDecomposed)?;
        Ok(Self { rows, inverse, factor })
    }

    /// The weights, in the features' own units, for labels of the pairs that were factorised.
    /// `products` is sum_i y_i x_i over them, `[dim]`: [`JudgedPairs::add_to`].
    pub fn weights(&self, products: &[f64]) -> Vec<f64> {
        let scaled = products.iter().zip(&self.inverse).map(|(sum, s)| sum * s / self.rows);
        let mut solved = DVector::from_iterator(self.inverse.len(), scaled);
        self.factor.solve_mut(&mut solved);
        solved.iter().zip(&self.inverse).map(|(w, scale)| w * scale).collect()
    }
}

impl JudgedPairs {
    /// Adds the feature differences of pair `i`, `label` times, to `products`, `[dim]`.
    pub fn add_to(&self, products: &mut [f64], i: usize, label: f64) {
        add_scaled(products, self.row(i), label);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::preference_fit::{FitOptions, PreferenceFit};
    use crate::shares::Shares;

    fn drawn(n: usize, dim: usize, noise: f64, seed: u64) -> (JudgedPairs, Vec<f64>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let truth: Vec<f64> = (0..dim).map(|_| rng.random_range(-1.0..1.0)).collect();
        let mut pairs = JudgedPairs::new(dim);
        let mut labels = Vec::new();
        for _ in 0..n {
            let row: Vec<f32> = (0..dim).map(|_| rng.random_range(-1.0_f32..1.0)).collect();
            let margin: f64 = truth.iter().zip(&row).map(|(w, x)| w * f64::from(*x)).sum();
            let first = (margin > 0.0) != (rng.random::<f64>() < noise);
            let shares = if first { Shares::FIRST } else { Shares::SECOND };
            pairs.push(&row, &vec![0.0; dim], shares, 1.0);
            labels.push(if first { 1.0 } else { -1.0 });
        }
        (pairs, labels)
    }

    fn weights(pairs: &JudgedPairs, labels: &[f64], used: &[usize], penalty: f64) -> Vec<f64> {
        let mut products = vec![0.0; pairs.dim];
        used.iter().for_each(|&i| pairs.add_to(&mut products, i, labels[i]));
        RidgeHead::of(&PairGram::of(pairs, used), penalty).unwrap().weights(&products)
    }

    /// One feature: s^2 = mean square, w = mean(x y) / (s^2 (1 + penalty)).
    #[test]
    fn by_hand() {
        let mut pairs = JudgedPairs::new(2);
        for x in [2.0, -4.0] {
            pairs.push(&[x, 0.0], &[0.0, 0.0], Shares::FIRST, 1.0);
        }
        let found = weights(&pairs, &[1.0, -0.5], &[0, 1], 0.5);
        assert!((found[0] - 2.0 / (10.0 * 1.5)).abs() < 1e-12, "{found:?}");
        assert_eq!(found[1], 0.0, "a feature that never differs gets no weight");
        let none = RidgeHead::of(&PairGram::of(&pairs, &[]), 0.5);
        assert_eq!(none.map(|_| ()), Err(FitError::NoPairs));
        let free = RidgeHead::of(&PairGram::of(&pairs, &[0]), 0.0);
        assert_eq!(free.map(|_| ()), Err(FitError::NotDecomposed));
    }

    /// Trained by least squares or by likelihood, a head is right equally often, also where one
    /// label in five is wrong and where there are more features than pairs allow.
    #[test]
    fn is_as_accurate_as_logistic_regression() {
        for (dim, noise, seed) in [(10, 0.0, 1), (10, 0.2, 2), (60, 0.1, 3), (300, 0.1, 4)] {
            let (pairs, labels) = drawn(1400, dim, noise, seed);
            let train: Vec<usize> = (0..400).collect();
            let least_squares = weights(&pairs, &labels, &train, 0.1);
            let times: Vec<f64> = (0..1400).map(|i| f64::from(u8::from(i < 400))).collect();
            let options = FitOptions { penalty: 0.03, ..FitOptions::default() };
            let likelihood = PreferenceFit::of(&pairs, &times, options, None).unwrap().weights;
            let accuracy = |weights: &[f64]| {
                let right = (400..1400).filter(|&i| pairs.margin(i, weights) * labels[i] > 0.0);
                right.count() as f64 / 1000.0
            };
            let (one, two) = (accuracy(&least_squares), accuracy(&likelihood));
            assert!((one - two).abs() < 0.03 && one > 0.6, "{dim} {noise}: {one} {two}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// At the minimum the gradient vanishes, and parts add up to the whole.
        #[test]
        fn solves_what_it_says(n in 2_usize..40, dim in 1_usize..30, seed: u64, ln in -5.0_f64..3.0) {
            let (pairs, labels) = drawn(n, dim, 0.1, seed);
            let all: Vec<usize> = (0..n).collect();
            let penalty = ln.exp();
            let found = weights(&pairs, &labels, &all, penalty);
            for k in 0..dim {
                let column = |i: usize| f64::from(pairs.row(i)[k]);
                let square = all.iter().map(|&i| column(i).powi(2)).sum::<f64>() / n as f64;
                let slope: f64 = all
                    .iter()
                    .map(|&i| (pairs.margin(i, &found) - labels[i]) * column(i) / n as f64)
                    .sum();
                prop_assert!((slope + penalty * square * found[k]).abs() < 1e-8);
            }
            let (low, high) = all.split_at(n / 2);
            let parts = [PairGram::of(&pairs, low), PairGram::of(&pairs, high)];
            let whole = PairGram::sum(&parts).unwrap();
            let direct = PairGram::of(&pairs, &all);
            prop_assert_eq!(whole.rows, direct.rows);
            prop_assert!((whole.sums - direct.sums).abs().max() < 1e-9);
        }
    }
}
