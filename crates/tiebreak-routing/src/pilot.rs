//! The pilot: the random sample that both people and the AI label first.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tiebreak_stats::Vote;

use crate::Pool;

/// Fewest pairs of a pilot, where the study has as many: the margin of error of a share is about 7
/// points then.
const SMALLEST: usize = 200;
/// Most pairs of a pilot: the margin of error is 2.5 points, and more labels are better spent
/// where they are needed.
const LARGEST: usize = 1500;
/// Part of the study between these bounds.
const SHARE: f64 = 0.1;

/// A pilot that suits a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PilotProposal {
    /// How many pairs.
    pub size: usize,
    /// Why so many, in words.
    pub reason: String,
}

/// A pair drawn for the pilot.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Its index in the pool.
    pub index: usize,
    /// What it was drawn from.
    pub stratum: String,
    /// How likely it was to be drawn, above 0 to 1.
    pub probability: f64,
}

/// Proposes the size of a pilot for a study of so many pairs and prompts: a tenth of the pairs, at
/// least 200 and at most 1500. The margin of error in the reason is the half width of the 95 %
/// interval of a share of one half, 1.96 sqrt(0.25 / n), with the correction for a finite study.
pub fn propose_pilot(pairs: usize, prompts: usize) -> PilotProposal {
    let tenth = (SHARE * pairs as f64).round() as usize;
    let size = tenth.clamp(SMALLEST, LARGEST).min(pairs);
    let left = pairs.saturating_sub(size) as f64 / pairs.saturating_sub(1).max(1) as f64;
    let margin = 100.0 * 1.96 * (0.25 / size.max(1) as f64 * left).sqrt();
    let why = if size == pairs {
        "the study is so small that all of it is the pilot".to_owned()
    } else if tenth < SMALLEST {
        format!("{SMALLEST} is the least that says something of policies")
    } else if tenth > LARGEST {
        format!("beyond {LARGEST}, labels are worth more where the policy sends them")
    } else {
        "a tenth of the study".to_owned()
    };
    let mut reason =
        format!("{why}; the AI's accuracy is then known to about {margin:.0} points either way");
    if prompts < 20 && prompts < pairs {
        reason.push_str(&format!(
            "; with only {prompts} prompts, policies can hardly be told apart, whatever the size"
        ));
    }
    PilotProposal { size, reason }
}

/// Draws `size` of the open pairs at random, from each stratum its share: by how sure the AI is, in
/// thirds, or else by its label. Every stratum that has pairs gives at least two, if the size
/// allows, so that none goes unseen; each pair's probability is kept, and estimates weigh by it.
pub fn draw_pilot(pool: &Pool, open: &[usize], size: usize, seed: u64) -> Vec<Drawn> {
    let mut sure: Vec<f64> =
        open.iter().filter_map(|&i| pool.instances[i].signals.certainty).collect();
    sure.sort_by(f64::total_cmp);
    let stratum = |i: usize| {
        let instance = &pool.instances[i];
        match instance.signals.certainty {
            Some(certainty) => {
                let rank = sure.partition_point(|one| *one < certainty);
                let third = (3 * rank / sure.len().max(1)).min(2);
                ["the AI is unsure", "the AI is fairly sure", "the AI is sure"][third]
            }
            None if instance.ai == Vote::Tie => "the AI sees a tie",
            None => "the AI sees a winner",
        }
    };
    let mut strata: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &i in open {
        strata.entry(stratum(i)).or_default().push(i);
    }
    let size = size.min(open.len());
    let mut wanted: Vec<usize> = strata
        .values()
        .map(|members| {
            let share = (size as f64 * members.len() as f64 / open.len() as f64).floor() as usize;
            share.max(2).min(members.len())
        })
        .collect();
    // Rounding leaves a few too many or too few; the largest strata take the difference.
    let sizes: Vec<usize> = strata.values().map(Vec::len).collect();
    while wanted.iter().sum::<usize>() != size {
        let too_many = wanted.iter().sum::<usize>() > size;
        let room = |k: &usize| if too_many { wanted[*k] > 0 } else { wanted[*k] < sizes[*k] };
        let Some(k) = (0..wanted.len()).filter(room).max_by_key(|&k| (sizes[k], k)) else { break };
        if too_many { wanted[k] -= 1 } else { wanted[k] += 1 }
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = Vec::with_capacity(size);
    for ((stratum, mut members), wanted) in strata.into_iter().zip(wanted) {
        let probability = wanted as f64 / members.len() as f64;
        let (chosen, _) = members.partial_shuffle(&mut rng, wanted);
        drawn.extend(chosen.iter().map(|&index| Drawn {
            index,
            stratum: stratum.to_owned(),
            probability,
        }));
    }
    drawn.shuffle(&mut rng);
    drawn
}
