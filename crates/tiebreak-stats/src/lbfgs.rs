//! Limited-memory BFGS for smooth convex objectives (D. C. Liu and J. Nocedal, "On the limited
//! memory BFGS method for large scale optimization", Mathematical Programming 45, 1989), with
//! backtracking until the Armijo condition holds, so that no accepted step raises the objective.

/// Correction pairs kept.
const MEMORY: usize = 10;
/// Armijo's sufficient decrease.
const DECREASE: f64 = 1e-4;

/// Where a minimisation ended.
pub(crate) struct Minimum {
    pub(crate) x: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) iterations: u32,
    /// Whether the largest gradient entry fell below the tolerance.
    pub(crate) converged: bool,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Minimises `objective`, which returns its value at a point and writes its gradient there.
pub(crate) fn minimise(
    mut objective: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: Vec<f64>,
    max_iterations: u32,
    tolerance: f64,
) -> Minimum {
    let n = start.len();
    let mut x = start;
    let mut gradient = vec![0.0; n];
    let mut value = objective(&x, &mut gradient);
    let mut pairs: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::with_capacity(MEMORY);
    let (mut next_x, mut next_gradient) = (vec![0.0; n], vec![0.0; n]);
    for iteration in 0..max_iterations {
        if gradient.iter().all(|g| g.abs() < tolerance) {
            return Minimum { x, value, iterations: iteration, converged: true };
        }
        let mut direction = two_loop(&gradient, &pairs);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            // Rounding spoiled the curvature pairs: start again from steepest descent.
            pairs.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        let mut step = if pairs.is_empty() {
            1.0 / gradient.iter().map(|g| g.abs()).sum::<f64>()
        } else {
            1.0
        };
        let mut next_value = f64::INFINITY;
        let mut accepted = false;
        for _ in 0..50 {
            for i in 0..n {
                next_x[i] = x[i] + step * direction[i];
            }
            next_value = objective(&next_x, &mut next_gradient);
            if next_value <= value + DECREASE * step * slope {
                accepted = true;
                break;
            }
            step *= 0.5;
        }
        if !accepted {
            // No step lowers the objective any more: the arithmetic is exhausted.
            return Minimum { x, value, iterations: iteration, converged: false };
        }
        let s: Vec<f64> = next_x.iter().zip(&x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &y);
        if curvature > 1e-12 * dot(&y, &y).sqrt() * dot(&s, &s).sqrt() {
            if pairs.len() == MEMORY {
                pairs.remove(0);
            }
            pairs.push((s, y, 1.0 / curvature));
        }
        std::mem::swap(&mut x, &mut next_x);
        std::mem::swap(&mut gradient, &mut next_gradient);
        value = next_value;
    }
    let converged = gradient.iter().all(|g| g.abs() < tolerance);
    Minimum { x, value, iterations: max_iterations, converged }
}

/// The two-loop recursion: the search direction `-H * gradient`.
fn two_loop(gradient: &[f64], pairs: &[(Vec<f64>, Vec<f64>, f64)]) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.to_vec();
    let mut alphas = Vec::with_capacity(pairs.len());
    for (s, y, rho) in pairs.iter().rev() {
        let alpha = rho * dot(s, &q);
        for (qi, yi) in q.iter_mut().zip(y) {
            *qi -= alpha * yi;
        }
        alphas.push(alpha);
    }
    if let Some((_, y, rho)) = pairs.last() {
        let scale = 1.0 / (rho * dot(y, y));
        for qi in &mut q {
            *qi *= scale;
        }
    }
    for ((s, y, rho), alpha) in pairs.iter().zip(alphas.into_iter().rev()) {
        let beta = rho * dot(y, &q);
        for (qi, si) in q.iter_mut().zip(s) {
            *qi += (alpha - beta) * si;
        }
    }
    for qi in &mut q {
        *qi = -*qi;
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_minimum_of_a_quadratic() {
        // f = sum of k (x_k - k)^2, minimum at x_k = k.
        let minimum = minimise(
            |x, gradient| {
                let mut value = 0.0;
                for (i, (xi, gi)) in x.iter().zip(gradient).enumerate() {
                    let k = i as f64 + 1.0;
                    value += k * (xi - k).powi(2);
                    *gi = 2.0 * k * (xi - k);
                }
                value
            },
            vec![0.0; 5],
            200,
            1e-9,
        );
        assert!(minimum.converged);
        for (i, xi) in minimum.x.iter().enumerate() {
            assert!((xi - (i as f64 + 1.0)).abs() < 1e-6, "{:?}", minimum.x);
        }
    }
}
