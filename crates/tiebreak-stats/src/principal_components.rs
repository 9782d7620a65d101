//! The directions in which rows differ most, to describe them by fewer numbers.
//!
//! The leading eigenvectors of the second-moment matrix X'X / n of rows that are not centred: a
//! difference of two candidates has no preferred sign, so its mean is 0. Found by orthogonal
//! iteration from a seeded start (G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th
//! edition, 2013, section 7.3.2) with a fixed number of steps: components of nearly equal size may
//! be mixed with each other, which changes nothing for a linear model that uses them all.

use nalgebra::DMatrix;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Steps of the iteration.
const STEPS: usize = 12;

/// Sums of products of rows, from which components are found; rows need not be kept.
#[derive(Clone, Debug)]
pub struct SecondMoments {
    dim: usize,
    /// Upper triangle of the sum of x x', by rows of the whole matrix.
    sums: Vec<f64>,
    rows: usize,
}

/// Orthonormal directions.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    dim: usize,
    /// `count` rows of `dim`.
    directions: Vec<f32>,
}

impl SecondMoments {
    /// No rows yet, of `dim` numbers.
    pub fn new(dim: usize) -> Self {
        Self { dim, sums: vec![0.0; dim * dim], rows: 0 }
    }

    /// Adds a row; numbers beyond `dim` are left out.
    pub fn add(&mut self, row: &[f32]) {
        let dim = self.dim.min(row.len());
        for (i, &x) in row[..dim].iter().enumerate() {
            if x == 0.0 {
                continue;
            }
            let sums = &mut self.sums[i * self.dim..i * self.dim + dim];
            for (sum, &y) in sums[i..].iter_mut().zip(&row[i..dim]) {
                *sum += f64::from(x * y);
            }
        }
        self.rows += 1;
    }

    /// The `count` leading directions, or as many as there are numbers in a row.
    pub fn components(&self, count: usize, seed: u64) -> PrincipalComponents {
        let (dim, count) = (self.dim, count.min(self.dim));
        let n = self.rows.max(1) as f64;
        let moments = DMatrix::from_fn(dim, dim, |i, j| self.sums[i.min(j) * dim + i.max(j)] / n);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let start = DMatrix::from_fn(dim, count, |_, _| rng.random_range(-1.0..1.0));
        let mut basis = start.qr().q();
        for _ in 0..STEPS {
            basis = (&moments * basis).qr().q();
        }
        let directions =
            (0..count).flat_map(|k| basis.column(k).iter().map(|x| *x as f32).collect::<Vec<_>>());
        PrincipalComponents { dim, directions: directions.collect() }
    }
}

impl PrincipalComponents {
    /// How many directions there are.
    pub fn count(&self) -> usize {
        self.directions.len() / self.dim.max(1)
    }

    /// A row of `dim` numbers seen along each direction.
    pub fn project(&self, row: &[f32]) -> Vec<f32> {
        let along = |direction: &[f32]| direction.iter().zip(row).map(|(d, x)| d * x).sum();
        self.directions.chunks_exact(self.dim.max(1)).map(along).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        /// Rows of rank 3 in 10 dimensions keep all of their length along 3 directions.
        #[test]
        fn what_rows_differ_in_is_kept(seed: u64) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let axes: Vec<Vec<f32>> =
                (0..3).map(|_| (0..10).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
            let mut moments = SecondMoments::new(10);
            let rows: Vec<Vec<f32>> = (0..50)
                .map(|_| {
                    let parts: [f32; 3] = [0; 3].map(|_| rng.random_range(-1.0..1.0));
                    (0..10).map(|k| (0..3).map(|a| parts[a] * axes[a][k]).sum()).collect()
                })
                .collect();
            rows.iter().for_each(|row| moments.add(row));
            let components = moments.components(3, 1);
            prop_assert_eq!(components.count(), 3);
            for row in &rows {
                let length = |row: &[f32]| row.iter().map(|x| x * x).sum::<f32>();
                let kept = length(&components.project(row));
                prop_assert!((kept - length(row)).abs() < 1e-3 * length(row).max(1.0));
            }
        }
    }

    #[test]
    fn no_rows_and_no_numbers_are_no_error() {
        assert_eq!(SecondMoments::new(0).components(4, 1).project(&[]), Vec::<f32>::new());
        assert_eq!(SecondMoments::new(3).components(9, 1).count(), 3);
    }
}
