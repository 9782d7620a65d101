//! Matching two texts token by token, by the states that an encoder gives its tokens.
//!
//! Greedy matching as in T. Zhang et al., "BERTScore: Evaluating Text Generation with BERT"
//! (2020), with the last layer's states, without weights for rare tokens and without rescaling by
//! a baseline: each token goes to the one of the other text whose state has the largest cosine.

use std::borrow::Cow;
use std::collections::HashMap;

use tiebreak_core::{Cancel, ScorerError, TokenMatch, Unreadable};

use crate::batch::{self, Padding};
use crate::parallel;
use crate::port::finite;
use crate::sequences::{Sequence, run_rows, tokens_at_a_time};
use crate::text_encoder::TextEncoder;

/// Tokens whose states are held at once: of 384 numbers each, some 100 MB.
const TOKENS_HELD: usize = 65_536;
/// Texts that a thread tokenises at a time.
const TEXTS_AT_A_TIME: usize = 16;
/// Tokens of one text that are compared with one of the other at a time.
const ROWS: usize = 4;
/// Numbers that are added up side by side.
const LANES: usize = 8;

/// A text as tokens.
struct Tokens {
    sequence: Sequence,
    /// Which of them the tokenizer added.
    is_special: Vec<bool>,
}

/// The states of a text's tokens without the special ones, each of length 1.
struct States {
    values: Vec<f32>,
    dim: usize,
}

impl States {
    fn count(&self) -> usize {
        self.values.len() / self.dim.max(1)
    }
}

/// The states of a text, if they are numbers.
type Readable = Result<States, Unreadable>;

/// What was found on a pair; it alone has nothing where the model gives no number.
pub(crate) type Matched = Result<TokenMatch, Unreadable>;

/// Matches pairs of texts, in their order. Each text goes through the graph once, unless its
/// states had to give way to those of others before it is needed again.
///
/// # Errors
/// [`ScorerError::BadOutput`] if the graph gives no states, else what tokenising or running says.
pub(crate) fn match_texts(
    encoder: &TextEncoder,
    output: &str,
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
    cancel: &Cancel,
) -> Result<Vec<Matched>, ScorerError> {
    let mut texts: Vec<&str> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut last_use: Vec<usize> = Vec::new();
    let mut place_of = |text, pair| {
        let place = *places.entry(text).or_insert_with(|| {
            texts.push(text);
            last_use.push(pair);
            texts.len() - 1
        });
        last_use[place] = pair;
        place
    };
    let pairs: Vec<[usize; 2]> = pairs
        .iter()
        .enumerate()
        .map(|(n, (first, second))| [place_of(first.as_ref(), n), place_of(second.as_ref(), n)])
        .collect();
    let tokens = tokenise(encoder, &texts, cancel)?;

    let mut matches = Vec::with_capacity(pairs.len());
    let mut held: HashMap<usize, Readable> = HashMap::new();
    let mut start = 0;
    while start < pairs.len() {
        held.retain(|place, _| last_use[*place] >= start);
        let mut size: usize = held.values().flatten().map(States::count).sum();
        if size > TOKENS_HELD / 2 {
            held.clear();
            size = 0;
        }
        let mut missing: Vec<usize> = Vec::new();
        let mut end = start;
        while let Some(pair) = pairs.get(end).filter(|_| end == start || size < TOKENS_HELD) {
            for &place in pair {
                if !held.contains_key(&place) && !missing.contains(&place) {
                    missing.push(place);
                    size += tokens[place].sequence.ids.len();
                }
            }
            end += 1;
        }
        held.extend(states(encoder, output, &tokens, &missing, cancel)?);
        let window = &pairs[start..end];
        let workers = encoder.engine.workers();
        matches.extend(parallel::in_order(workers, window.len(), cancel, |_, n| {
            match window[n].map(|place| held.get(&place)) {
                [Some(Ok(first)), Some(Ok(second))] => Ok(Ok(greedy(first, second))),
                [Some(Err(reason)), _] | [_, Some(Err(reason))] => Ok(Err(reason.clone())),
                _ => Err(ScorerError::BadOutput("no states for a text".to_owned())),
            }
        })?);
        start = end;
    }
    Ok(matches)
}

fn tokenise(
    encoder: &TextEncoder,
    texts: &[&str],
    cancel: &Cancel,
) -> Result<Vec<Tokens>, ScorerError> {
    let chunks: Vec<&[&str]> = texts.chunks(TEXTS_AT_A_TIME).collect();
    let done = parallel::in_order(encoder.engine.workers(), chunks.len(), cancel, |_, n| {
        let tokens = |text: &&str| {
            let (sequence, is_special) = encoder.tokenizer.encode_marked(text)?;
            Ok(Tokens { sequence, is_special })
        };
        chunks[n].iter().map(tokens).collect::<Result<Vec<_>, ScorerError>>()
    })?;
    Ok(done.into_iter().flatten().collect())
}

/// The states of some texts, by their places.
fn states(
    encoder: &TextEncoder,
    output: &str,
    tokens: &[Tokens],
    texts: &[usize],
    cancel: &Cancel,
) -> Result<Vec<(usize, Readable)>, ScorerError> {
    let engine = &encoder.engine;
    let lengths: Vec<usize> = texts.iter().map(|&text| tokens[text].sequence.ids.len()).collect();
    let padding = if encoder.ports.padded { Padding::Allowed } else { Padding::Forbidden };
    let batches = batch::plan(&lengths, tokens_at_a_time(engine.provider()), padding);
    let done = parallel::in_order(engine.workers(), batches.len(), cancel, |worker, n| {
        let batch: Vec<usize> = batches[n].iter().map(|&index| texts[index]).collect();
        let rows: Vec<&Sequence> = batch.iter().map(|&text| &tokens[text].sequence).collect();
        let found = run_rows(engine, &encoder.ports, output, worker, &rows)?;
        let width = rows.iter().map(|row| row.ids.len()).max().unwrap_or(0);
        let &[count, length, dim] = found.shape.as_slice() else {
            let what = format!("token states of shape {:?}, not of three", found.shape);
            return Err(ScorerError::BadOutput(what));
        };
        if count != rows.len() || length != width || dim == 0 {
            let (shape, rows) = (&found.shape, rows.len());
            let what = format!("token states of shape {shape:?}, not [{rows}, {width}, size]");
            return Err(ScorerError::BadOutput(what));
        }
        let texts = batch.iter().zip(found.values.chunks_exact(width * dim));
        let of_text = |(&text, states): (&usize, &[f32])| {
            let is_special = &tokens[text].is_special;
            // What stands for padding may be no number.
            let own = finite(states[..is_special.len() * dim].to_vec());
            (text, own.map(|states| unit_states(&states, is_special, dim)))
        };
        Ok(texts.map(of_text).collect::<Vec<_>>())
    })?;
    Ok(done.into_iter().flatten().collect())
}

fn unit_states(states: &[f32], is_special: &[bool], dim: usize) -> States {
    let mut values = Vec::with_capacity(is_special.len() * dim);
    for (state, _) in states.chunks_exact(dim).zip(is_special).filter(|(_, special)| !**special) {
        let length = state.iter().map(|x| x * x).sum::<f32>().sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        values.extend(state.iter().map(|x| x * scale));
    }
    States { values, dim }
}

fn greedy(first: &States, second: &States) -> TokenMatch {
    let counts = [first.count(), second.count()];
    let tokens = counts.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    if counts.contains(&0) {
        let same = if counts[0] == counts[1] { 1.0 } else { 0.0 };
        return TokenMatch { precision: same, recall: same, f1: same, tokens };
    }
    let (of_first, of_second) = best_cosines(first, second);
    let mean = |best: &[f32]| {
        let sum: f64 = best.iter().map(|&cosine| f64::from(cosine)).sum();
        (sum / best.len() as f64).clamp(-1.0, 1.0)
    };
    let (precision, recall) = (mean(&of_first), mean(&of_second));
    let is_positive = precision > 0.0 && recall > 0.0;
    let f1 = if is_positive { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    TokenMatch { precision, recall, f1, tokens }
}

/// For each token of either text, its largest cosine with one of the other.
fn best_cosines(first: &States, second: &States) -> (Vec<f32>, Vec<f32>) {
    let dim = first.dim;
    let mut of_first = vec![f32::NEG_INFINITY; first.count()];
    let mut of_second = vec![f32::NEG_INFINITY; second.count()];
    for (block, best) in first.values.chunks(ROWS * dim).zip(of_first.chunks_mut(ROWS)) {
        for (state, best_of_second) in second.values.chunks_exact(dim).zip(&mut of_second) {
            let cosines = products(block, state, dim);
            for (best, cosine) in best.iter_mut().zip(cosines) {
                *best = best.max(cosine);
                *best_of_second = best_of_second.max(cosine);
            }
        }
    }
    (of_first, of_second)
}

/// The products of up to [`ROWS`] states with one; of a shorter block, the rest is no product.
fn products(block: &[f32], state: &[f32], dim: usize) -> [f32; ROWS] {
    let mut sums = [[0.0_f32; LANES]; ROWS];
    if block.len() == ROWS * dim {
        let (a, rest) = block.split_at(dim);
        let (b, rest) = rest.split_at(dim);
        let (c, d) = rest.split_at(dim);
        let rows = [a, b, c, d].map(|row| row.as_chunks::<LANES>());
        let (lanes, tail) = state.as_chunks::<LANES>();
        for (k, lane) in lanes.iter().enumerate() {
            for (sum, row) in sums.iter_mut().zip(&rows) {
                for n in 0..LANES {
                    sum[n] += row.0[k][n] * lane[n];
                }
            }
        }
        let mut products = sums.map(|sum| sum.iter().sum::<f32>());
        for (product, row) in products.iter_mut().zip(&rows) {
            *product += row.1.iter().zip(tail).map(|(x, y)| x * y).sum::<f32>();
        }
        return products;
    }
    let mut products = [f32::NEG_INFINITY; ROWS];
    for (product, row) in products.iter_mut().zip(block.chunks_exact(dim)) {
        *product = row.iter().zip(state).map(|(x, y)| x * y).sum();
    }
    products
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn states(rows: &[Vec<f32>]) -> States {
        let dim = rows.first().map_or(3, Vec::len);
        unit_states(&rows.concat(), &vec![false; rows.len()], dim)
    }

    #[test]
    fn known_matches() {
        let (x, y, z) = (vec![2.0, 0.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 3.0, 4.0]);
        // x meets itself; y of the second meets z of the first at 0.6, its best.
        let found = greedy(&states(&[x.clone(), z]), &states(&[x.clone(), y.clone(), y]));
        assert!((found.precision - 0.8).abs() < 1e-6 && found.tokens == [2, 3], "{found:?}");
        assert!((found.recall - 2.2 / 3.0).abs() < 1e-6);
        assert!((found.f1 - 2.0 * 0.8 * 2.2 / 3.0 / (0.8 + 2.2 / 3.0)).abs() < 1e-6);
        let nothing = || states(&[]);
        assert_eq!(greedy(&nothing(), &nothing()).f1, 1.0);
        assert_eq!(greedy(&nothing(), &states(std::slice::from_ref(&x))).f1, 0.0);
        let opposite = greedy(&states(&[x]), &states(&[vec![-1.0, 0.0, 0.0]]));
        assert_eq!((opposite.precision, opposite.f1), (-1.0, 0.0));
        let special = unit_states(&[1.0, 0.0, 0.0, 0.0, 2.0, 0.0], &[true, false], 3);
        assert_eq!(special.values, [0.0, 1.0, 0.0]);
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
        (1usize..12).prop_flat_map(|count| {
            prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 19), count)
        })
    }

    proptest! {
        #[test]
        fn symmetric_within_bounds_and_1_for_the_same(a in rows(), b in rows()) {
            let (a, b) = (states(&a), states(&b));
            let (there, back) = (greedy(&a, &b), greedy(&b, &a));
            prop_assert!((there.f1 - back.f1).abs() < 1e-5);
            prop_assert!((there.precision - back.recall).abs() < 1e-5);
            prop_assert!((0.0..=1.0).contains(&there.f1));
            prop_assert!((greedy(&a, &a).f1 - 1.0).abs() < 1e-5);
        }

        #[test]
        fn the_best_are_the_best(a in rows(), b in rows()) {
            let (a, b) = (states(&a), states(&b));
            let (of_first, _) = best_cosines(&a, &b);
            for (state, best) in a.values.chunks_exact(19).zip(of_first) {
                let plain = b.values.chunks_exact(19)
                    .map(|other| state.iter().zip(other).map(|(x, y)| x * y).sum::<f32>())
                    .fold(f32::NEG_INFINITY, f32::max);
                prop_assert!((plain - best).abs() < 1e-5);
            }
        }
    }
}
