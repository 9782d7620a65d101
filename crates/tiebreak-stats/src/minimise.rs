//! Smooth convex minimisation: limited-memory BFGS with the line search of Moré and Thuente, by
//! argmin (J. Nocedal and S. J. Wright, "Numerical optimization", 2006, section 7.2; J. J. Moré
//! and D. J. Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20,
//! 1994).

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

/// Correction pairs kept.
const MEMORY: usize = 10;
/// Evaluations that one iteration may take before the search is given up.
const EVALUATIONS_PER_ITERATION: u32 = 20;

/// Where a minimisation ended.
#[derive(Clone, Debug)]
pub(crate) struct Minimum {
    /// The best point seen.
    pub(crate) x: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) iterations: u32,
    /// Whether the largest gradient entry there is below the tolerance.
    pub(crate) converged: bool,
}

/// A point with its value and gradient.
#[derive(Clone, Debug)]
struct Point {
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// The solver asks for value and gradient apart; here they cost the same as either.
struct Memo<F> {
    objective: F,
    last: Option<Point>,
    best: Option<Point>,
    evaluations_left: u32,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Memo<F> {
    fn at(&mut self, x: &[f64]) -> Result<&Point, Error> {
        if self.last.as_ref().is_none_or(|last| last.x != x) {
            if self.evaluations_left == 0 {
                return Err(Error::msg("too many evaluations"));
            }
            self.evaluations_left -= 1;
            let mut gradient = vec![0.0; x.len()];
            let value = (self.objective)(x, &mut gradient);
            let point = Point { x: x.to_vec(), value, gradient };
            if value.is_finite() && self.best.as_ref().is_none_or(|best| value < best.value) {
                self.best = Some(point.clone());
            }
            self.last = Some(point);
        }
        self.last.as_ref().ok_or_else(|| Error::msg("nothing was evaluated"))
    }
}

struct Problem<'a, F>(&'a RefCell<Memo<F>>);

impl<F: FnMut(&[f64], &mut [f64]) -> f64> CostFunction for Problem<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.0.borrow_mut().at(x)?.value)
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Gradient for Problem<'_, F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.0.borrow_mut().at(x)?.gradient.clone())
    }
}

/// Minimises `objective`, which returns its value at a point and writes its gradient there. A
/// search that cannot go on (the arithmetic is exhausted) ends with the best point seen.
pub(crate) fn minimise(
    objective: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: Vec<f64>,
    max_iterations: u32,
    tolerance: f64,
) -> Minimum {
    let memo = RefCell::new(Memo {
        objective,
        last: None,
        best: None,
        evaluations_left: max_iterations.saturating_add(1) * EVALUATIONS_PER_ITERATION,
    });
    let small = |point: &Point| point.gradient.iter().all(|g| g.abs() < tolerance);
    let at_start = memo.borrow_mut().at(&start).is_ok_and(small);
    let iterations = if at_start || max_iterations == 0 {
        0
    } else {
        search(&memo, start.clone(), max_iterations, tolerance)
    };
    match memo.into_inner().best {
        Some(best) => {
            let converged = small(&best);
            Minimum { x: best.x, value: best.value, iterations, converged }
        }
        None => Minimum { x: start, value: f64::INFINITY, iterations, converged: false },
    }
}

/// Runs the solver and returns its iterations; what it found is in the memo. A line search that
/// fails ends it: what was found till then stands.
fn search<F: FnMut(&[f64], &mut [f64]) -> f64>(
    memo: &RefCell<Memo<F>>,
    start: Vec<f64>,
    max_iterations: u32,
    tolerance: f64,
) -> u32 {
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(tolerance)
        .and_then(|solver| solver.with_tolerance_cost(0.0));
    let Ok(solver) = solver else { return 0 };
    let run = Executor::new(Problem(memo), solver)
        .configure(|state| state.param(start).max_iters(u64::from(max_iterations)))
        .timer(false)
        .run();
    run.map_or(0, |result| result.state().get_iter() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f = sum of k (x_k - k)^2, minimum at x_k = k.
    fn bowl(x: &[f64], gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        for (i, (xi, gi)) in x.iter().zip(gradient).enumerate() {
            let k = i as f64 + 1.0;
            value += k * (xi - k).powi(2);
            *gi = 2.0 * k * (xi - k);
        }
        value
    }

    #[test]
    fn finds_the_minimum_of_a_quadratic() {
        let minimum = minimise(bowl, vec![0.0; 5], 200, 1e-9);
        assert!(minimum.converged, "{minimum:?}");
        for (i, xi) in minimum.x.iter().enumerate() {
            assert!((xi - (i as f64 + 1.0)).abs() < 1e-6, "{minimum:?}");
        }
        let again = minimise(bowl, minimum.x, 200, 1e-9);
        assert_eq!(again.iterations, 0, "it begins where it ended");
    }

    #[test]
    fn says_when_it_ran_out_of_iterations() {
        let minimum = minimise(bowl, vec![100.0; 5], 1, 1e-9);
        assert!(!minimum.converged && minimum.iterations == 1, "{minimum:?}");
    }

    #[test]
    fn an_objective_without_a_finite_value_ends_at_once() {
        let minimum = minimise(|_, _| f64::NAN, vec![1.0], 10, 1e-6);
        assert!(!minimum.converged && minimum.x == [1.0], "{minimum:?}");
    }
}
