//! The penalised likelihood of Bradley-Terry with covariates and Davidson's ties, and its maximum
//! by Newton's method with backtracking (S. Boyd and L. Vandenberghe, "Convex optimization", 2004,
//! section 9.5). In strengths, coefficients and ln nu the negative log-likelihood is convex.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::design::{Counts, Design};
use crate::minimise::minimise;
use crate::shares::Shares;
use crate::ties::{Curvature, Ties};

/// Up to so many parameters the Hessian is decomposed (18 MB); beyond, the minimum is found by
/// limited-memory BFGS, and there are no standard errors.
const DENSE_PARAMETERS: usize = 1500;
/// Pivots that differ by more than this ratio mean a Hessian that is singular but for rounding.
const SMALLEST_PIVOT: f64 = 1e-7;
/// The share of the expected decrease that a step must bring.
const SUFFICIENT: f64 = 1e-4;
const HALVINGS: u32 = 40;

/// What is minimised: the negative log-likelihood with the penalty.
///
/// Parameters: strengths of the systems that take part, coefficients of the scaled covariates,
/// and ln nu if ties have a parameter.
#[derive(Clone, Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) design: &'a Design,
    pub(crate) counts: &'a [Counts],
    pub(crate) ridge: f64,
    pub(crate) ties: Ties,
}

/// Where a fit ended.
#[derive(Clone, Debug)]
pub(crate) struct Solution {
    pub(crate) z: Vec<f64>,
    pub(crate) iterations: u32,
    pub(crate) converged: bool,
}

impl<'a> Problem<'a> {
    /// Davidson's parameter is fitted if it is asked for and there are both ties and other
    /// answers; else it has no finite value, and ties count half.
    pub(crate) fn new(
        design: &'a Design,
        counts: &'a [Counts],
        ridge: f64,
        davidson: bool,
    ) -> Self {
        let [first, tied, second] = counts
            .iter()
            .fold([0.0; 3], |sum, count| [sum[0] + count[0], sum[1] + count[1], sum[2] + count[2]]);
        let both = tied > 0.0 && first + second > 0.0;
        let ties = if davidson && both { Ties::Davidson } else { Ties::Half };
        Self { design, counts, ridge, ties }
    }

    /// Strengths and coefficients, without the parameter of ties.
    pub(crate) fn linear(&self) -> usize {
        self.design.active.len() + self.design.width
    }

    pub(crate) fn parameters(&self) -> usize {
        self.linear() + usize::from(self.ties.has_parameter())
    }

    /// All systems alike, and ln nu as the share of ties then has it.
    pub(crate) fn start(&self) -> Vec<f64> {
        let mut z = vec![0.0; self.parameters()];
        if self.ties.has_parameter() {
            let total: f64 = self.counts.iter().flatten().sum();
            let tied: f64 = self.counts.iter().map(|count| count[1]).sum();
            z[self.linear()] = self.ties.start(tied / total);
        }
        z
    }

    /// The log-odds of the first system in a row.
    pub(crate) fn margin(&self, row: usize, z: &[f64]) -> f64 {
        let [i, j] = self.design.pairs[row];
        let n = self.design.active.len();
        let style: f64 = self.design.row(row).iter().zip(&z[n..]).map(|(x, b)| x * b).sum();
        z[i] - z[j] + style
    }

    /// The parameter of ties; 0 if there is none.
    pub(crate) fn tie_parameter(&self, z: &[f64]) -> f64 {
        if self.ties.has_parameter() { z[self.linear()] } else { 0.0 }
    }

    /// The objective, and its gradient into `gradient`.
    pub(crate) fn value(&self, z: &[f64], gradient: &mut [f64]) -> f64 {
        let (n, linear) = (self.design.active.len(), self.linear());
        let mut value = 0.0;
        gradient.fill(0.0);
        for (slope, z) in gradient[..linear].iter_mut().zip(z) {
            value += 0.5 * self.ridge * z * z;
            *slope = self.ridge * z;
        }
        let parameter = self.tie_parameter(z);
        for (row, &[first, tie, second]) in self.counts.iter().enumerate() {
            let total = first + tie + second;
            if total <= 0.0 {
                continue;
            }
            let shares = Shares { first: first / total, tie: tie / total, second: second / total };
            let loss = self.ties.loss(shares, self.margin(row, z), parameter);
            value += total * loss.value;
            let slope = total * loss.by_margin;
            let [i, j] = self.design.pairs[row];
            gradient[i] += slope;
            gradient[j] -= slope;
            for (k, x) in self.design.row(row).iter().enumerate() {
                gradient[n + k] += slope * x;
            }
            if self.ties.has_parameter() {
                gradient[linear] += total * loss.by_ties;
            }
        }
        value
    }

    /// The second derivatives, with a multiple of all ones added to those of the strengths, which
    /// fixes their mean: without a penalty, adding a constant to all changes nothing else.
    fn hessian(&self, z: &[f64]) -> DMatrix<f64> {
        let (n, linear) = (self.design.active.len(), self.linear());
        let mut h = DMatrix::zeros(self.parameters(), self.parameters());
        let parameter = self.tie_parameter(z);
        let mut along: Vec<(usize, f64)> = Vec::with_capacity(2 + self.design.width);
        for (row, count) in self.counts.iter().enumerate() {
            let total: f64 = count.iter().sum();
            let Some(curved) = self.ties.curvature(self.margin(row, z), parameter) else {
                continue;
            };
            let Curvature { margin, mixed, ties } = curved;
            let [i, j] = self.design.pairs[row];
            along.clear();
            along.extend([(i, 1.0), (j, -1.0)]);
            along.extend(self.design.row(row).iter().enumerate().map(|(k, x)| (n + k, *x)));
            for &(a, x) in &along {
                for &(b, y) in &along {
                    h[(a, b)] += total * margin * x * y;
                }
                if self.ties.has_parameter() {
                    h[(a, linear)] += total * mixed * x;
                    h[(linear, a)] += total * mixed * x;
                }
            }
            if self.ties.has_parameter() {
                h[(linear, linear)] += total * ties;
            }
        }
        let gauge = (0..n).map(|i| h[(i, i)]).sum::<f64>() / (n * n) as f64;
        for i in 0..n {
            for j in 0..n {
                h[(i, j)] += gauge;
            }
        }
        for i in 0..linear {
            h[(i, i)] += self.ridge;
        }
        h
    }

    /// The decomposed second derivatives; `None` if they are singular or too many.
    pub(crate) fn factor(&self, z: &[f64]) -> Option<Cholesky<f64, Dyn>> {
        if self.parameters() > DENSE_PARAMETERS {
            return None;
        }
        let factor = self.hessian(z).cholesky()?;
        let pivots = factor.l_dirty().diagonal();
        (pivots.min() > SMALLEST_PIVOT * pivots.max()).then_some(factor)
    }

    /// The minimum, sought from `z`. `converged` is false also where there is none.
    pub(crate) fn solve(&self, z: Vec<f64>, max_iterations: u32, tolerance: f64) -> Solution {
        if self.parameters() > DENSE_PARAMETERS {
            let total: f64 = self.counts.iter().flatten().sum();
            let mean = |x: &[f64], gradient: &mut [f64]| {
                let value = self.value(x, gradient) / total;
                gradient.iter_mut().for_each(|slope| *slope /= total);
                value
            };
            let found = minimise(mean, z, 100 * max_iterations, 1e-9);
            let (iterations, converged) = (found.iterations, found.converged);
            return Solution { z: found.x, iterations, converged };
        }
        self.newton(z, max_iterations, tolerance)
    }

    fn newton(&self, mut z: Vec<f64>, max_iterations: u32, tolerance: f64) -> Solution {
        let p = self.parameters();
        let (mut gradient, mut unused) = (vec![0.0; p], vec![0.0; p]);
        let mut value = self.value(&z, &mut gradient);
        for iterations in 1..=max_iterations {
            let Some(factor) = self.factor(&z) else {
                return Solution { z, iterations, converged: false };
            };
            let step = factor.solve(&DVector::from_column_slice(&gradient));
            let decrease: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            let largest = step.amax();
            // What rounding leaves of a sum so large.
            let rounding = 1e-13 * value.abs();
            let mut share = 1.0;
            let mut taken = false;
            for _ in 0..HALVINGS {
                let to: Vec<f64> = z.iter().zip(&step).map(|(z, s)| z - share * s).collect();
                let there = self.value(&to, &mut unused);
                if there <= value - SUFFICIENT * share * decrease + rounding {
                    (z, value) = (to, there);
                    std::mem::swap(&mut gradient, &mut unused);
                    taken = true;
                    break;
                }
                share *= 0.5;
            }
            if !taken || share * largest < tolerance {
                return Solution { z, iterations, converged: taken };
            }
        }
        Solution { z, iterations: max_iterations, converged: false }
    }
}
