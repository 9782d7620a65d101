//! Second-degree features: each column, then each product of two columns, squares among them.
//!
//! For p columns there are p + p (p + 1) / 2 of them: x_0 .. x_(p-1), then x_0 x_0, x_0 x_1, ..,
//! x_0 x_(p-1), x_1 x_1, .., x_(p-1) x_(p-1) (the response surfaces of G. E. P. Box and K. B.
//! Wilson, "On the experimental attainment of optimum conditions", Journal of the Royal
//! Statistical Society B 13, 1951).

/// One second-degree feature, by the columns that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuadraticTerm {
    /// A column itself.
    Column(usize),
    /// The product of two columns, the first not after the second.
    Product(usize, usize),
}

/// Number of second-degree features of `columns` columns.
pub const fn quadratic_len(columns: usize) -> usize {
    columns + columns * (columns + 1) / 2
}

/// Where the product of columns `a` and `b` is among the second-degree features of `columns`
/// columns; both are below `columns`, in either order.
pub fn quadratic_place(columns: usize, a: usize, b: usize) -> usize {
    let (low, high) = (a.min(b), a.max(b));
    // Before row `low` of the triangle there are columns + (columns - 1) + .. products.
    columns + low * (2 * columns - low + 1) / 2 + (high - low)
}

/// What each second-degree feature of `columns` columns comes from, in their order.
pub fn quadratic_terms(columns: usize) -> Vec<QuadraticTerm> {
    let products = (0..columns).flat_map(|a| (a..columns).map(move |b| (a, b)));
    (0..columns)
        .map(QuadraticTerm::Column)
        .chain(products.map(|(a, b)| QuadraticTerm::Product(a, b)))
        .collect()
}

/// The second-degree features of a row.
pub fn quadratic_features(row: &[f64]) -> Vec<f64> {
    let mut features = Vec::with_capacity(quadratic_len(row.len()));
    features.extend_from_slice(row);
    for (a, x) in row.iter().enumerate() {
        features.extend(row[a..].iter().map(|y| x * y));
    }
    features
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(quadratic_features(&[2.0, 3.0]), [2.0, 3.0, 4.0, 6.0, 9.0]);
        assert_eq!(quadratic_features(&[]), Vec::<f64>::new());
        assert_eq!(quadratic_len(93), 93 + 93 * 94 / 2);
    }

    proptest! {
        #[test]
        fn terms_and_places_name_the_features(row in proptest::collection::vec(-3.0_f64..3.0, 0..12)) {
            let features = quadratic_features(&row);
            let terms = quadratic_terms(row.len());
            prop_assert_eq!(features.len(), quadratic_len(row.len()));
            prop_assert_eq!(terms.len(), features.len());
            for (place, (feature, term)) in features.iter().zip(terms).enumerate() {
                match term {
                    QuadraticTerm::Column(a) => {
                        prop_assert_eq!(*feature, row[a]);
                        prop_assert_eq!(place, a);
                    }
                    QuadraticTerm::Product(a, b) => {
                        prop_assert_eq!(*feature, row[a] * row[b]);
                        prop_assert_eq!(quadratic_place(row.len(), a, b), place);
                        prop_assert_eq!(quadratic_place(row.len(), b, a), place);
                    }
                }
            }
        }
    }
}
