//! In which order people get their share: first what teaches most.

use std::collections::VecDeque;

use crate::{Pool, RoutingError, Watching};

/// How many pairs are looked at for each place, the most doubtful that are left, and against how
/// many of those chosen last. Looking at all would take the square of their number.
const WINDOW: usize = 64;

/// Places given between two looks at whether to stop.
const STEP: usize = 1000;

/// An order of pairs (places in `human`, indices into the pool) in which each next one is the one
/// that a reward model learns most from: where the ensemble disagrees (`doubt[k]`, any scale; the
/// disagreement sampling of H. S. Seung, M. Opper and H. Sompolinsky, "Query by committee", COLT
/// 1992), less what pairs already chosen have taught of it. Similarity is the cosine of feature
/// differences, either sign: a pair seen from the other side teaches the same. The trade-off is
/// that of maximal marginal relevance (J. Carbonell and J. Goldstein, SIGIR 1998) with equal
/// parts, against the last 64 chosen. Pairs without doubt come last, in the order given.
///
/// # Errors
/// When asked to stop.
pub fn teaching_order(
    pool: &Pool,
    human: &[usize],
    doubt: &[Option<f64>],
    watching: Watching<'_>,
) -> Result<Vec<usize>, RoutingError> {
    let most = doubt.iter().flatten().fold(0.0_f64, |most, doubt| most.max(*doubt));
    let scaled = |k: usize| {
        let doubt = doubt.get(k).copied().flatten().filter(|doubt| doubt.is_finite());
        doubt.map(|doubt| if most > 0.0 { doubt / most } else { 0.0 })
    };
    let (known, unknown): (Vec<usize>, Vec<usize>) =
        (0..human.len()).partition(|&k| scaled(k).is_some());
    let mut left = known;
    left.sort_by(|&a, &b| scaled(b).unwrap_or(0.0).total_cmp(&scaled(a).unwrap_or(0.0)));
    if pool.dim == 0 {
        left.extend(unknown);
        return Ok(left);
    }
    let lengths: Vec<f64> = human.iter().map(|&i| dot(pool, i, i).sqrt()).collect();
    let likeness = |a: usize, b: usize| {
        let product = lengths[a] * lengths[b];
        if product > 0.0 { dot(pool, human[a], human[b]).abs() / product } else { 0.0 }
    };
    let places = left.len();
    let mut order: Vec<usize> = Vec::with_capacity(human.len());
    let mut waiting = left.into_iter();
    let mut near: Vec<Near> = Vec::with_capacity(WINDOW);
    loop {
        let free = WINDOW - near.len();
        for place in waiting.by_ref().take(free) {
            let recent = &order[order.len().saturating_sub(WINDOW)..];
            let like = recent.iter().map(|&other| likeness(place, other)).collect();
            near.push(Near { place, doubt: scaled(place).unwrap_or(0.0), like });
        }
        let worths: Vec<f64> = near.iter().map(Near::worth).collect();
        let best = (0..near.len()).max_by(|&a, &b| worths[a].total_cmp(&worths[b]).then(b.cmp(&a)));
        let Some(best) = best else { break };
        if order.len().is_multiple_of(STEP) {
            watching.at("Ordering", order.len(), places)?;
        }
        let chosen = near.remove(best).place;
        order.push(chosen);
        for one in &mut near {
            one.note(likeness(one.place, chosen));
        }
    }
    order.extend(unknown);
    Ok(order)
}

/// A pair that may come next.
struct Near {
    place: usize,
    /// Part of the greatest, 0 to 1.
    doubt: f64,
    /// How like it is to each of those chosen last, the earliest first, 0 to 1: one number more a
    /// step is computed, not all of them.
    like: VecDeque<f64>,
}

impl Near {
    fn worth(&self) -> f64 {
        0.5 * self.doubt - 0.5 * self.like.iter().copied().fold(0.0_f64, f64::max)
    }

    fn note(&mut self, like: f64) {
        if self.like.len() == WINDOW {
            self.like.pop_front();
        }
        self.like.push_back(like);
    }
}

fn dot(pool: &Pool, a: usize, b: usize) -> f64 {
    let products = pool.features_of(a).iter().zip(pool.features_of(b));
    products.map(|(x, y)| f64::from(x * y)).sum()
}

#[cfg(test)]
mod tests {
    use rand::{Rng as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;
    use tiebreak_core::Cancel;

    use super::*;

    /// The order by its definition: all of them again for each place.
    fn by_definition(pool: &Pool, doubt: &[f64]) -> Vec<usize> {
        let most = doubt.iter().copied().fold(0.0, f64::max);
        let mut left: Vec<usize> = (0..doubt.len()).collect();
        left.sort_by(|&a, &b| doubt[b].total_cmp(&doubt[a]));
        let mut order: Vec<usize> = Vec::new();
        while !left.is_empty() {
            let recent = &order[order.len().saturating_sub(WINDOW)..];
            let worth = |k: usize| {
                let cosine = |&other: &usize| {
                    let lengths = dot(pool, k, k).sqrt() * dot(pool, other, other).sqrt();
                    dot(pool, k, other).abs() / lengths
                };
                0.5 * doubt[k] / most - 0.5 * recent.iter().map(cosine).fold(0.0, f64::max)
            };
            let mut best = 0;
            for place in 1..left.len().min(WINDOW) {
                if worth(left[place]) > worth(left[best]) {
                    best = place;
                }
            }
            order.push(left.remove(best));
        }
        order
    }

    #[test]
    fn the_order_is_that_of_its_definition() {
        for (pairs, dim) in [(1, 3), (40, 4), (64, 2), (300, 5)] {
            let mut rng = ChaCha8Rng::seed_from_u64(pairs as u64);
            let features = (0..pairs * dim).map(|_| rng.random_range(-1.0_f32..1.0)).collect();
            let pool = Pool { dim, features, ..Pool::default() };
            let doubt: Vec<f64> = (0..pairs).map(|_| rng.random_range(0.0..1.0)).collect();
            let given: Vec<Option<f64>> = doubt.iter().copied().map(Some).collect();
            let human: Vec<usize> = (0..pairs).collect();
            let (cancel, step) = (Cancel::default(), |_: &str, _, _| ());
            let order = |cancel| {
                let watching = Watching { cancel, step: &step };
                teaching_order(&pool, &human, &given, watching)
            };
            assert_eq!(order(&cancel).unwrap(), by_definition(&pool, &doubt), "{pairs}");
            cancel.cancel();
            assert!(order(&cancel).is_err(), "{pairs}");
        }
    }
}
