//! In which order people get their share: first what teaches most.

use crate::Pool;

/// How many pairs are looked at for each place: the most doubtful that are left. Looking at all
/// would take the square of their number.
const WINDOW: usize = 64;

/// An order of pairs (places in `human`, indices into the pool) in which each next one is the one
/// that a reward model learns most from: where the ensemble disagrees (`doubt[k]`, any scale; the
/// disagreement sampling of H. S. Seung, M. Opper and H. Sompolinsky, "Query by committee", COLT
/// 1992), less what pairs already chosen have taught of it. Similarity is the cosine of feature
/// differences, either sign: a pair seen from the other side teaches the same. The trade-off is
/// that of maximal marginal relevance (J. Carbonell and J. Goldstein, SIGIR 1998) with equal
/// parts, against the last [`WINDOW`] chosen. Pairs without doubt come last, in the order given.
pub fn teaching_order(pool: &Pool, human: &[usize], doubt: &[Option<f64>]) -> Vec<usize> {
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
        return left;
    }
    let mut order: Vec<usize> = Vec::with_capacity(human.len());
    let lengths: Vec<f64> = human.iter().map(|&i| dot(pool, i, i).sqrt()).collect();
    let mut waiting: std::collections::VecDeque<usize> = left.into();
    let mut near: Vec<usize> = Vec::with_capacity(WINDOW);
    loop {
        while near.len() < WINDOW {
            let Some(next) = waiting.pop_front() else { break };
            near.push(next);
        }
        if near.is_empty() {
            break;
        }
        let recent = &order[order.len().saturating_sub(WINDOW)..];
        let worth = |k: usize| {
            let like = recent
                .iter()
                .map(|&other| {
                    let product = lengths[k] * lengths[other];
                    let cosine = dot(pool, human[k], human[other]).abs() / product;
                    if product > 0.0 { cosine } else { 0.0 }
                })
                .fold(0.0_f64, f64::max);
            0.5 * scaled(k).unwrap_or(0.0) - 0.5 * like
        };
        let worths: Vec<f64> = near.iter().map(|&k| worth(k)).collect();
        let best = (0..near.len())
            .max_by(|&a, &b| worths[a].total_cmp(&worths[b]).then(b.cmp(&a)))
            .unwrap_or(0);
        order.push(near.remove(best));
    }
    order.extend(unknown);
    order
}

fn dot(pool: &Pool, a: usize, b: usize) -> f64 {
    let products = pool.features_of(a).iter().zip(pool.features_of(b));
    products.map(|(x, y)| f64::from(x * y)).sum()
}
