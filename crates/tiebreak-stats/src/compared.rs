//! What each row of a logistic preference model compares: two systems, or two candidates by the
//! differences of their features.

use nalgebra::DMatrix;

use crate::fit_error::FitError;

/// What is compared in each row; the margin of a row is the log-odds of its first side.
#[derive(Clone, Debug, PartialEq)]
pub enum Compared {
    /// Systems, numbered from 0: the margin of `[i, j]` is strength i minus strength j.
    Systems {
        /// How many there are.
        count: usize,
        /// The first and the second system of each row.
        pairs: Vec<[usize; 2]>,
    },
    /// Features: the margin is the sum of weights times differences.
    Features {
        /// How many there are.
        dim: usize,
        /// Features of the first candidate minus those of the second, row after row, `[n * dim]`.
        differences: Vec<f64>,
    },
}

impl Compared {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Systems { pairs, .. } => pairs.len(),
            Self::Features { dim, differences } => differences.len() / (*dim).max(1),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of strengths or weights.
    pub const fn dim(&self) -> usize {
        match self {
            Self::Systems { count, .. } => *count,
            Self::Features { dim, .. } => *dim,
        }
    }

    /// The margin of row `i` under strengths or weights `[dim]`.
    pub fn margin(&self, i: usize, weights: &[f64]) -> f64 {
        match self {
            Self::Systems { pairs, .. } => weights[pairs[i][0]] - weights[pairs[i][1]],
            Self::Features { .. } => self.features(i).iter().zip(weights).map(|(x, w)| x * w).sum(),
        }
    }

    fn features(&self, i: usize) -> &[f64] {
        match self {
            Self::Systems { .. } => &[],
            Self::Features { dim, differences } => &differences[i * dim..(i + 1) * dim],
        }
    }

    /// `sums += factor * row i`.
    pub(crate) fn add(&self, i: usize, factor: f64, sums: &mut [f64]) {
        match self {
            Self::Systems { pairs, .. } => {
                sums[pairs[i][0]] += factor;
                sums[pairs[i][1]] -= factor;
            }
            Self::Features { .. } => {
                sums.iter_mut().zip(self.features(i)).for_each(|(sum, x)| *sum += factor * x);
            }
        }
    }

    /// `sums += row i * row i`, entry by entry.
    pub(crate) fn add_squares(&self, i: usize, sums: &mut [f64]) {
        match self {
            Self::Systems { pairs, .. } => pairs[i].iter().for_each(|&k| sums[k] += 1.0),
            Self::Features { .. } => {
                sums.iter_mut().zip(self.features(i)).for_each(|(sum, x)| *sum += x * x);
            }
        }
    }

    /// The lower triangle of `sums += factor * row i * row i'`.
    pub(crate) fn add_outer(&self, i: usize, factor: f64, sums: &mut DMatrix<f64>) {
        match self {
            Self::Systems { pairs, .. } => {
                let [a, b] = pairs[i];
                sums[(a, a)] += factor;
                sums[(b, b)] += factor;
                sums[(a.max(b), a.min(b))] -= factor;
            }
            Self::Features { .. } => {
                let row = self.features(i);
                for (k, x) in row.iter().enumerate() {
                    let scaled = factor * x;
                    let mut column = sums.column_mut(k);
                    (k..row.len()).for_each(|j| column[j] += scaled * row[j]);
                }
            }
        }
    }

    /// The root mean square of each feature difference, 1 for systems and for a feature that
    /// never differs: what weights are standardised by.
    pub(crate) fn scales(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.dim()];
        if let Self::Features { dim, differences } = self {
            for (place, x) in differences.iter().enumerate() {
                sums[place % dim] += x * x;
            }
        }
        let n = self.len().max(1) as f64;
        sums.iter().map(|sum| if *sum > 0.0 { (sum / n).sqrt() } else { 1.0 }).collect()
    }

    /// The same rows with each feature divided by its scale.
    pub(crate) fn scaled(&self, scales: &[f64]) -> Self {
        match self {
            Self::Systems { .. } => self.clone(),
            Self::Features { dim, differences } => Self::Features {
                dim: *dim,
                differences: differences
                    .iter()
                    .enumerate()
                    .map(|(place, x)| x / scales[place % dim])
                    .collect(),
            },
        }
    }

    /// Checks that numbers of systems are in range, that features come in whole rows and are
    /// finite.
    ///
    /// # Errors
    /// [`FitError::Shape`] or [`FitError::NotFinite`].
    pub fn check(&self) -> Result<(), FitError> {
        match self {
            Self::Systems { count, pairs } => {
                let wrong =
                    |pair: &[usize; 2]| pair[0].max(pair[1]) >= *count || pair[0] == pair[1];
                match pairs.iter().position(wrong) {
                    Some(i) => {
                        Err(FitError::Shape(format!("row {i} does not compare two of the systems")))
                    }
                    None => Ok(()),
                }
            }
            Self::Features { dim, differences } => {
                if *dim == 0 || differences.len() % dim != 0 {
                    return Err(FitError::Shape("features do not come in whole rows".to_owned()));
                }
                match differences.iter().position(|x| !x.is_finite()) {
                    Some(place) => Err(FitError::NotFinite(place / dim)),
                    None => Ok(()),
                }
            }
        }
    }
}
