//! From a graph's output to one vector for each input of a batch.

use tiebreak_core::ScorerError;

use crate::engine::Output;
use crate::manifest::Pooling;

/// One vector for each row of an output, pooled over its first `lengths[row]` tokens where the
/// graph does not pool, and scaled to length 1 if `normalise`.
///
/// # Errors
/// [`ScorerError::BadOutput`] if the output has not the shape that the pooling needs.
pub(crate) fn vectors(
    output: &Output,
    pooling: Pooling,
    normalise: bool,
    lengths: &[usize],
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let mut vectors = pool(output, pooling, lengths)?;
    if normalise {
        vectors.iter_mut().for_each(|vector| scale_to_one(vector));
    }
    Ok(vectors)
}

fn pool(
    output: &Output,
    pooling: Pooling,
    lengths: &[usize],
) -> Result<Vec<Vec<f32>>, ScorerError> {
    let count = lengths.len();
    let width = lengths.iter().copied().max().unwrap_or(0);
    let Output { shape, values } = output;
    match (pooling, shape.as_slice()) {
        (Pooling::InGraph, &[rows]) if rows == count => {
            Ok(values.iter().map(|&value| vec![value]).collect())
        }
        (Pooling::InGraph, &[rows, dim]) if rows == count && dim > 0 => {
            Ok(values.chunks_exact(dim).map(<[f32]>::to_vec).collect())
        }
        (Pooling::Mean | Pooling::First | Pooling::Last, &[rows, tokens, dim])
            if rows == count && tokens == width && dim > 0 =>
        {
            let rows = values.chunks_exact(width * dim).zip(lengths);
            let pool = |(tokens, &length): (&[f32], &usize)| match pooling {
                Pooling::Mean => mean(&tokens[..length * dim], dim),
                Pooling::Last => tokens[(length - 1) * dim..length * dim].to_vec(),
                Pooling::First | Pooling::InGraph => tokens[..dim].to_vec(),
            };
            Ok(rows.map(pool).collect())
        }
        (Pooling::InGraph, _) => Err(wrong(shape, &format!("[{count}, size]"))),
        (_, _) => Err(wrong(shape, &format!("[{count}, {width}, size]"))),
    }
}

fn wrong(shape: &[usize], wanted: &str) -> ScorerError {
    ScorerError::BadOutput(format!("an output of shape {shape:?}, not {wanted}"))
}

fn mean(tokens: &[f32], dim: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dim];
    for token in tokens.chunks_exact(dim) {
        sum.iter_mut().zip(token).for_each(|(sum, value)| *sum += value);
    }
    let count = (tokens.len() / dim) as f32;
    sum.iter_mut().for_each(|value| *value /= count);
    sum
}

/// Scales a vector to length 1; a vector of zeros stays.
fn scale_to_one(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_counts_in_no_pooling() {
        // Two texts of 2 and 1 tokens of 2 numbers; the last token of the second is padding.
        let output = Output {
            shape: vec![2, 2, 2],
            values: vec![1.0, 2.0, 3.0, 6.0, 3.0, 4.0, 100.0, 100.0],
        };
        let cases = [
            (Pooling::Mean, false, [[2.0, 4.0], [3.0, 4.0]]),
            (Pooling::First, false, [[1.0, 2.0], [3.0, 4.0]]),
            (Pooling::Last, false, [[3.0, 6.0], [3.0, 4.0]]),
            (Pooling::Mean, true, [[0.4472136, 0.8944272], [0.6, 0.8]]),
        ];
        for (pooling, normalise, expected) in cases {
            let found = vectors(&output, pooling, normalise, &[2, 1]).unwrap();
            assert_eq!(found, expected, "{pooling:?}");
        }
    }

    #[test]
    fn a_graph_that_pools_gives_rows_or_single_numbers() {
        let rows = Output { shape: vec![2, 2], values: vec![0.0, 0.0, 3.0, 4.0] };
        let found = vectors(&rows, Pooling::InGraph, true, &[5, 4]).unwrap();
        assert_eq!(found, [[0.0, 0.0], [0.6, 0.8]], "zeros stay zeros");
        let single = Output { shape: vec![2], values: vec![1.5, -1.0] };
        let found = vectors(&single, Pooling::InGraph, false, &[5, 4]).unwrap();
        assert_eq!(found, [[1.5], [-1.0]]);
    }

    #[test]
    fn other_shapes_are_refused() {
        let cases = [
            (vec![3, 2], Pooling::InGraph, "[3, 2], not [2, size]"),
            (vec![2, 4, 2], Pooling::Mean, "[2, 4, 2], not [2, 5, size]"),
            (vec![2, 2], Pooling::First, "[2, 2], not [2, 5, size]"),
        ];
        for (shape, pooling, said) in cases {
            let output = Output { values: vec![0.0; shape.iter().product()], shape };
            let error = vectors(&output, pooling, false, &[5, 4]).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
