//! The bootstrap of a fit over clusters: whole prompts are drawn with replacement, counts are
//! summed up again, and the model is fitted anew from where the fit ended (A. C. Davison and D. V.
//! Hinkley, "Bootstrap methods and their application", 1997, section 3.8).

use nalgebra::{Cholesky, DVector, Dyn};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::bradley_terry::{Fitted, resampled_ridge, shift_mean};
use super::design::{Counts, Entry};
use super::newton::{Problem, Solution};
use super::sandwich::clusters;
use crate::bootstrap::bootstrap_weights;
use crate::parallel;

/// Steps that a resample may take with the Hessian of the fit.
const FIXED_STEPS: u32 = 40;
/// A step must be at most this share of the one before, or the Hessian is renewed.
const SHRINKING: f64 = 0.8;
/// Steps with a Hessian of its own.
const NEWTON_STEPS: u32 = 50;
/// The largest last step, log-odds: 0.002 points of Elo.
const TOLERANCE: f64 = 1e-5;

/// One resample's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Resample {
    /// By place among the systems that take part in the fit; `None` without a comparison here.
    pub(crate) strengths: Vec<Option<f64>>,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) ln_nu: Option<f64>,
    /// Whether it needed a ridge that the fit did not.
    pub(crate) regularised: bool,
    pub(crate) converged: bool,
}

/// So many resamples. They depend on the seed alone, not on the number of threads.
pub(crate) fn resample(
    fitted: &Fitted,
    entries: &[Entry],
    samples: usize,
    seed: u64,
    threads: usize,
) -> Vec<Resample> {
    let by_cluster: Vec<&[Entry]> = clusters(entries).collect();
    let places: Vec<usize> = (0..by_cluster.len()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let seeds: Vec<u64> = (0..samples).map(|_| rng.random()).collect();
    let factor = fitted.problem().factor(&fitted.z);
    parallel::map(threads, samples, |sample| {
        let draws = bootstrap_weights(&places, seeds[sample]);
        let mut counts = vec![[0.0; 3]; fitted.counts.len()];
        for (cluster, draws) in by_cluster.iter().zip(draws) {
            if draws > 0.0 {
                for entry in *cluster {
                    counts[entry.row as usize][usize::from(entry.answer)] += draws * entry.weight;
                }
            }
        }
        refit(fitted, &counts, factor.as_ref())
    })
}

fn refit(fitted: &Fitted, counts: &[Counts], factor: Option<&Cholesky<f64, Dyn>>) -> Resample {
    let connectedness = fitted.design.connectedness(counts);
    let mut ridge = resampled_ridge(&fitted.fit, connectedness.is_strong());
    let mut problem = fitted.problem_with(counts, ridge);
    let mut start = fitted.z[..problem.linear()].to_vec();
    if problem.ties.has_parameter() {
        start.push(fitted.fit.ln_nu.unwrap_or(0.0));
    }
    let fixed = factor.filter(|factor| factor.l_dirty().nrows() == start.len());
    let mut solution = fixed.map_or_else(
        || problem.solve(start.clone(), NEWTON_STEPS, TOLERANCE),
        |factor| with_fixed_hessian(&problem, start.clone(), factor),
    );
    if !solution.converged {
        solution = problem.solve(start.clone(), NEWTON_STEPS, TOLERANCE);
    }
    if !solution.converged {
        ridge = resampled_ridge(&fitted.fit, false);
        problem = fitted.problem_with(counts, ridge);
        solution = problem.solve(start, NEWTON_STEPS, TOLERANCE);
    }
    let present = |place: usize| {
        let system = fitted.design.active[place];
        connectedness.without_comparisons.binary_search(&system).is_err()
    };
    // The mean that those of reference that are here have in the whole fit: 0 if all are.
    let mut z = solution.z;
    let reference: Vec<usize> =
        fitted.reference.iter().copied().filter(|&place| present(place)).collect();
    let strength = |&place: &usize| fitted.fit.strengths[fitted.design.active[place]];
    let mean = reference.iter().filter_map(strength).sum::<f64>() / reference.len() as f64;
    shift_mean(&mut z, &reference, &fitted.linked, mean);
    let n = fitted.design.active.len();
    Resample {
        strengths: (0..n).map(|place| present(place).then(|| z[place])).collect(),
        coefficients: z[n..problem.linear()].to_vec(),
        ln_nu: problem.ties.has_parameter().then(|| problem.tie_parameter(&z)),
        regularised: ridge > fitted.fit.ridge,
        converged: solution.converged,
    }
}

/// Steps along the Hessian of the whole fit, which is near enough to that of a resample: no
/// decomposition is needed.
fn with_fixed_hessian(
    problem: &Problem<'_>,
    mut z: Vec<f64>,
    factor: &Cholesky<f64, Dyn>,
) -> Solution {
    let mut step = DVector::zeros(z.len());
    let mut last = f64::INFINITY;
    for iterations in 1..=FIXED_STEPS {
        problem.value(&z, step.as_mut_slice());
        factor.solve_mut(&mut step);
        let largest = step.amax();
        if !largest.is_finite() || largest > SHRINKING * last {
            break;
        }
        z.iter_mut().zip(&step).for_each(|(z, step)| *z -= step);
        if largest < TOLERANCE {
            return Solution { z, iterations, converged: true };
        }
        last = largest;
    }
    Solution { z, iterations: FIXED_STEPS, converged: false }
}
