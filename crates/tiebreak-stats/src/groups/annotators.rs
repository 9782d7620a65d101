//! Rows that are fitted, by annotator, and where runs of a mixture begin.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::compared::Compared;
use crate::newton::{Prior, Rows};

/// How sure a run begins of the group that it puts an annotator into.
const BELIEF: f64 = 0.9;

/// The rows that are used, and whose they are.
pub(super) struct Annotators<'a> {
    pub(super) compared: &'a Compared,
    /// Of every row.
    pub(super) targets: &'a [f64],
    /// Rows that are used.
    pub(super) used: Vec<usize>,
    /// For each used row the place of its annotator among those who have one.
    pub(super) places: Vec<usize>,
    /// Annotators with a used row, in order.
    pub(super) who: Vec<usize>,
}

impl<'a> Annotators<'a> {
    pub(super) fn new(
        compared: &'a Compared,
        targets: &'a [f64],
        annotators: &[usize],
        used: Vec<usize>,
    ) -> Self {
        let mut who: Vec<usize> = used.iter().map(|&i| annotators[i]).collect();
        who.sort_unstable();
        who.dedup();
        let place = |&i: &usize| who.partition_point(|&one| one < annotators[i]);
        let places = used.iter().map(place).collect();
        Self { compared, targets, used, places, who }
    }

    /// Annotators with a used row.
    pub(super) fn count(&self) -> usize {
        self.who.len()
    }

    /// Strengths for all annotators together.
    pub(super) fn pooled(&self, penalty: f64) -> Vec<f64> {
        let dim = self.compared.dim();
        let rows = Rows { compared: self.compared, targets: self.targets, used: &self.used };
        let prior = Prior { mean: &vec![0.0; dim], precision: &vec![penalty; dim] };
        rows.fit(&vec![0.0; dim], prior).weights
    }

    /// How each annotator's answers pull at the strengths of all: the gradient of their
    /// log-likelihood, by the root of the number of their answers.
    pub(super) fn pulls(&self, pooled: &[f64]) -> Vec<Vec<f64>> {
        let mut pulls = vec![vec![0.0; pooled.len()]; self.count()];
        let mut counts = vec![0.0_f64; self.count()];
        for (&i, &place) in self.used.iter().zip(&self.places) {
            let p = crate::logistic::logistic(self.compared.margin(i, pooled));
            self.compared.add(i, self.targets[i] - p, &mut pulls[place]);
            counts[place] += 1.0;
        }
        for (pull, count) in pulls.iter_mut().zip(counts) {
            pull.iter_mut().for_each(|x| *x /= count.sqrt());
        }
        pulls
    }

    /// Memberships to begin with, each annotator mostly in one group drawn at random.
    pub(super) fn random_start(&self, groups: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        believed((0..self.count()).map(|_| rng.random_range(0..groups)), groups)
    }

    /// Memberships to begin with, each annotator mostly in the group of the annotator, among
    /// `groups` drawn apart from each other, whose answers pull most alike (the seeding of D.
    /// Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", 2007).
    pub(super) fn seeded_start(
        &self,
        pulls: &[Vec<f64>],
        groups: usize,
        rng: &mut ChaCha8Rng,
    ) -> Vec<f64> {
        let distance =
            |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum() };
        let mut nearest = vec![(f64::INFINITY, 0); self.count()];
        let mut centre = rng.random_range(0..self.count());
        for g in 0..groups {
            for (near, pull) in nearest.iter_mut().zip(pulls) {
                let found = distance(pull, &pulls[centre]);
                if found < near.0 {
                    *near = (found, g);
                }
            }
            let mut left = rng.random::<f64>() * nearest.iter().map(|near| near.0).sum::<f64>();
            centre = nearest
                .iter()
                .position(|near| {
                    left -= near.0;
                    left < 0.0
                })
                .unwrap_or_else(|| rng.random_range(0..self.count()));
        }
        believed(nearest.into_iter().map(|(_, g)| g), groups)
    }
}

fn believed(chosen: impl Iterator<Item = usize>, groups: usize) -> Vec<f64> {
    let rest = if groups > 1 { (1.0 - BELIEF) / (groups - 1) as f64 } else { 1.0 };
    let mut memberships = Vec::new();
    for one in chosen {
        memberships.extend((0..groups).map(|g| if g == one && groups > 1 { BELIEF } else { rest }));
    }
    memberships
}
