//! Root mean squared error: sqrt(1/n sum_i (predicted_i - observed_i)^2), in the unit of what is
//! predicted.

/// The root mean squared error; `None` without values or for different numbers of them.
pub fn rmse(predicted: &[f64], observed: &[f64]) -> Option<f64> {
    if predicted.is_empty() || predicted.len() != observed.len() {
        return None;
    }
    let squares = predicted.iter().zip(observed).map(|(a, b)| (a - b).powi(2));
    Some((squares.sum::<f64>() / predicted.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(rmse(&[1.0, 2.0], &[4.0, -2.0]), Some(12.5_f64.sqrt()));
        assert_eq!(rmse(&[], &[]), None);
        assert_eq!(rmse(&[1.0], &[1.0, 2.0]), None);
    }
}
