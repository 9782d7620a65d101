//! Comparisons of two systems' answers to one prompt.

use serde::{Deserialize, Serialize};

use crate::fit_error::FitError;

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The first system's answer is better.
    First,
    /// The second system's answer is better.
    Second,
    /// They are as good as each other.
    Tie,
    /// Neither is good.
    BothBad,
}

impl Outcome {
    /// What it says with the systems swapped.
    #[must_use]
    pub const fn swapped(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
            same => same,
        }
    }
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The first system, numbered from 0.
    pub first: u32,
    /// The second system, another one.
    pub second: u32,
    /// What it says.
    pub outcome: Outcome,
    /// How much it counts, at least 0; 1 for one like any other.
    pub weight: f64,
    /// The prompt, or whatever else makes comparisons depend on each other; a number of its own
    /// for each comparison if nothing does.
    pub cluster: u32,
}

/// Comparisons that have been checked, in the order of time if they have one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    systems: usize,
    covariates: Vec<String>,
    rows: Vec<Comparison>,
    /// `[rows x covariates]`.
    values: Vec<f64>,
}

impl Comparisons {
    /// None yet, of so many systems. Each comparison comes with a value for each covariate: how
    /// much more of it the first answer has than the second, in any unit.
    pub const fn new(systems: usize, covariates: Vec<String>) -> Self {
        Self { systems, covariates, rows: Vec::new(), values: Vec::new() }
    }

    /// Comparisons without covariates.
    ///
    /// # Errors
    /// Those of [`Comparisons::push`].
    pub fn of(systems: usize, rows: Vec<Comparison>) -> Result<Self, FitError> {
        let mut all = Self::new(systems, Vec::new());
        for (place, row) in rows.iter().enumerate() {
            all.check(place, row, &[])?;
        }
        all.rows = rows;
        Ok(all)
    }

    /// Adds a comparison with its covariates.
    ///
    /// # Errors
    /// [`FitError::Systems`], [`FitError::NotFinite`] (also for a weight below 0),
    /// [`FitError::Shape`], each with the number of the comparison from 0.
    pub fn push(&mut self, row: Comparison, covariates: &[f64]) -> Result<(), FitError> {
        self.check(self.rows.len(), &row, covariates)?;
        self.rows.push(row);
        self.values.extend_from_slice(covariates);
        Ok(())
    }

    fn check(&self, place: usize, row: &Comparison, covariates: &[f64]) -> Result<(), FitError> {
        if row.first == row.second || row.first.max(row.second) as usize >= self.systems {
            return Err(FitError::Systems(place));
        }
        let sound = row.weight.is_finite() && row.weight >= 0.0;
        if !sound || covariates.iter().any(|x| !x.is_finite()) {
            return Err(FitError::NotFinite(place));
        }
        if covariates.len() != self.covariates.len() {
            let (given, wanted) = (covariates.len(), self.covariates.len());
            let text = format!("comparison {place} has {given} covariates instead of {wanted}");
            return Err(FitError::Shape(text));
        }
        Ok(())
    }

    /// How many systems there are, compared or not.
    pub const fn systems(&self) -> usize {
        self.systems
    }

    /// The names of the covariates.
    pub fn covariates(&self) -> &[String] {
        &self.covariates
    }

    /// The comparisons.
    pub fn rows(&self) -> &[Comparison] {
        &self.rows
    }

    /// The covariates of a comparison.
    pub fn values(&self, row: usize) -> &[f64] {
        let width = self.covariates.len();
        &self.values[row * width..(row + 1) * width]
    }
}

/// How much more of something that is counted (tokens, headings, list items, bold words) the first
/// answer has, as a share of what both have: (a - b) / (a + b), -1 to 1; 0 if neither has any.
/// Chatbot Arena's style control takes these (T. Li, A. Angelopoulos and W.-L. Chiang, "Does style
/// matter? Disentangling style and substance in Chatbot Arena", 2024).
pub fn normalised_difference(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { (a - b) / (a + b) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_comparisons_are_refused() {
        let row =
            Comparison { first: 0, second: 1, outcome: Outcome::Tie, weight: 1.0, cluster: 0 };
        for (row, covariates, expected) in [
            (row, vec![0.5], Ok(())),
            (Comparison { second: 0, ..row }, vec![0.5], Err(FitError::Systems(0))),
            (Comparison { second: 2, ..row }, vec![0.5], Err(FitError::Systems(0))),
            (Comparison { weight: -1.0, ..row }, vec![0.5], Err(FitError::NotFinite(0))),
            (row, vec![f64::NAN], Err(FitError::NotFinite(0))),
            (
                row,
                vec![],
                Err(FitError::Shape("comparison 0 has 0 covariates instead of 1".to_owned())),
            ),
        ] {
            let mut all = Comparisons::new(2, vec!["length".to_owned()]);
            assert_eq!(all.push(row, &covariates), expected, "{row:?} {covariates:?}");
        }
    }

    #[test]
    fn differences_are_shares_of_the_sum() {
        for (a, b, expected) in [(3.0, 1.0, 0.5), (0.0, 2.0, -1.0), (0.0, 0.0, 0.0)] {
            assert_eq!(normalised_difference(a, b), expected);
        }
    }
}
