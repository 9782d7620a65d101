//! The likelihood of an answer under Bradley-Terry, with ties counted half, by Davidson or by
//! Rao and Kupper.

use serde::{Deserialize, Serialize};
use tiebreak_core::TieModel;

use crate::logistic::{logistic, softplus};
use crate::minimise::minimise;
use crate::shares::Shares;

/// The penalty on the tie parameter. So weak that it moves no estimate, it keeps the parameter
/// finite where there are no ties, or nothing but ties.
const TIE_PENALTY: f64 = 1e-6;
/// The largest ln(ln theta) of Rao and Kupper: exp of more is of no use to anyone.
const LARGEST: f64 = 5.0;

/// How ties enter a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// A tie counts as half an answer for each.
    #[default]
    Half,
    /// R. R. Davidson, "On extending the Bradley-Terry model to accommodate ties in paired
    /// comparison experiments", JASA 65, 1970: with the margin m = ln p_i - ln p_j, P(i), P(tie)
    /// and P(j) are proportional to exp(m / 2), nu and exp(-m / 2).
    Davidson,
    /// P. V. Rao and L. L. Kupper, "Ties in paired-comparison experiments", JASA 62, 1967:
    /// P(i) = logistic(m - ln theta), P(j) = logistic(-m - ln theta), the rest are ties.
    RaoKupper,
}

/// The loss of one pair and its slopes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Loss {
    /// Cross-entropy of the shares, nats.
    pub(crate) value: f64,
    /// Its derivative by the margin.
    pub(crate) by_margin: f64,
    /// Its derivative by the tie parameter; 0 where there is none.
    pub(crate) by_ties: f64,
}

/// The second derivatives of the loss of one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Curvature {
    /// By the margin twice.
    pub(crate) margin: f64,
    /// By the margin and ln nu.
    pub(crate) mixed: f64,
    /// By ln nu twice.
    pub(crate) ties: f64,
}

impl Ties {
    /// Whether there is a parameter to fit: ln nu of Davidson, ln(ln theta) of Rao and Kupper.
    pub(crate) const fn has_parameter(self) -> bool {
        !matches!(self, Self::Half)
    }

    /// The loss of answers with these shares at a margin. In the margin and ln nu, or the margin
    /// and ln theta, it is convex.
    pub(crate) fn loss(self, shares: Shares, margin: f64, parameter: f64) -> Loss {
        match self {
            Self::Half => {
                let y = shares.half();
                Loss {
                    value: softplus(margin) - y * margin,
                    by_margin: logistic(margin) - y,
                    by_ties: 0.0,
                }
            }
            Self::Davidson => davidson(shares, margin, parameter),
            Self::RaoKupper => rao_kupper(shares, margin, parameter),
        }
    }

    /// The second derivatives of the loss at a margin, which do not depend on the answers: half a
    /// tie and Davidson are exponential families, whose observed information is the expected one.
    /// `None` for Rao and Kupper, which is none.
    pub(crate) fn curvature(self, margin: f64, parameter: f64) -> Option<Curvature> {
        match self {
            Self::Half => {
                let p = logistic(margin);
                Some(Curvature { margin: p * (1.0 - p), ..Curvature::default() })
            }
            Self::Davidson => {
                let model = TieModel::Davidson { ln_nu: parameter };
                let [first, tie, second] = model.probabilities(margin);
                let lead = first - second;
                Some(Curvature {
                    margin: 0.25 * (first + second - lead * lead),
                    mixed: -0.5 * lead * tie,
                    ties: tie * (1.0 - tie),
                })
            }
            Self::RaoKupper => None,
        }
    }

    /// The parameter where a fit begins: what the share of ties would come to if all margins were
    /// zero.
    pub(crate) fn start(self, tie_share: f64) -> f64 {
        let share = tie_share.clamp(1e-3, 1.0 - 1e-3);
        match self {
            Self::Half => 0.0,
            Self::Davidson => (2.0 * share / (1.0 - share)).ln(),
            // At m = 0, P(tie) = 2 logistic(eta) - 1.
            Self::RaoKupper => ((1.0 + share) / (1.0 - share)).ln().ln(),
        }
    }

    /// The fitted parameter as a model of ties.
    pub(crate) fn model(self, parameter: f64) -> Option<TieModel> {
        match self {
            Self::Half => None,
            Self::Davidson => Some(TieModel::Davidson { ln_nu: parameter }),
            Self::RaoKupper => Some(TieModel::RaoKupper { ln_theta: parameter.min(LARGEST).exp() }),
        }
    }

    /// The parameter of a model of ties; `None` if it is of another kind.
    pub(crate) fn parameter(self, model: Option<TieModel>) -> Option<f64> {
        match (self, model) {
            (Self::Davidson, Some(TieModel::Davidson { ln_nu })) => Some(ln_nu),
            (Self::RaoKupper, Some(TieModel::RaoKupper { ln_theta })) => Some(ln_theta.ln()),
            _ => None,
        }
    }
}

/// The value and slope of the penalty that keeps a tie parameter finite.
pub(crate) fn tie_penalty(parameter: f64) -> (f64, f64) {
    (0.5 * TIE_PENALTY * parameter * parameter, TIE_PENALTY * parameter)
}

fn davidson(shares: Shares, margin: f64, ln_nu: f64) -> Loss {
    // As `TieModel::probabilities`, with the sum for the loss.
    let terms = [margin / 2.0, ln_nu, -margin / 2.0];
    let largest = (margin.abs() / 2.0).max(ln_nu);
    let exps = terms.map(|term| (term - largest).exp());
    let sum: f64 = exps.iter().sum();
    let [first, tie, second] = exps.map(|exp| exp / sum);
    let expected = (shares.first - shares.second) * margin / 2.0 + shares.tie * ln_nu;
    Loss {
        value: largest + sum.ln() - expected,
        by_margin: 0.5 * (first - second - shares.first + shares.second),
        by_ties: tie - shares.tie,
    }
}

fn rao_kupper(shares: Shares, margin: f64, parameter: f64) -> Loss {
    let held = parameter.min(LARGEST);
    let eta = held.exp();
    let mut loss = Loss {
        value: shares.first * softplus(eta - margin) + shares.second * softplus(eta + margin),
        by_margin: shares.second * logistic(eta + margin) - shares.first * logistic(eta - margin),
        by_ties: shares.first * logistic(eta - margin) + shares.second * logistic(eta + margin),
    };
    if shares.tie > 0.0 {
        // P(tie) = logistic(eta + m) logistic(eta - m) (1 - exp(-2 eta)): no difference of two
        // nearly equal probabilities.
        let none = (-(-2.0 * eta).exp_m1()).ln();
        let (below, above) = (logistic(-margin - eta), logistic(margin - eta));
        loss.value += shares.tie * (softplus(-margin - eta) + softplus(margin - eta) - none);
        loss.by_margin += shares.tie * (above - below);
        loss.by_ties -= shares.tie * (below + above + 2.0 / (2.0 * eta).exp_m1());
    }
    // By the chain rule for eta = exp(parameter).
    loss.by_ties *= if parameter > LARGEST { 0.0 } else { eta };
    loss
}

/// Fits the tie parameter alone, margins being given; `None` for [`Ties::Half`] or no pairs.
pub fn fit_ties(ties: Ties, margins: &[f64], shares: &[Shares]) -> Option<TieModel> {
    let n = margins.len().min(shares.len());
    if !ties.has_parameter() || n == 0 {
        return None;
    }
    let tie_share = shares[..n].iter().map(|shares| shares.tie).sum::<f64>() / n as f64;
    let objective = |x: &[f64], gradient: &mut [f64]| {
        let (mut value, mut slope) = tie_penalty(x[0]);
        for (&margin, &shares) in margins.iter().zip(shares) {
            let loss = ties.loss(shares, margin, x[0]);
            value += loss.value / n as f64;
            slope += loss.by_ties / n as f64;
        }
        gradient[0] = slope;
        value
    };
    let fit = minimise(objective, vec![ties.start(tie_share)], 100, 1e-8);
    ties.model(fit.x[0])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [Ties; 3] = [Ties::Half, Ties::Davidson, Ties::RaoKupper];

    fn shares() -> impl Strategy<Value = Shares> {
        (0.01_f64..1.0, 0.01_f64..1.0, 0.01_f64..1.0).prop_map(|(a, b, c)| {
            let sum = a + b + c;
            Shares { first: a / sum, tie: b / sum, second: c / sum }
        })
    }

    proptest! {
        #[test]
        fn slopes_are_those_of_the_loss(shares in shares(), margin in -6.0_f64..6.0, t in -2.0_f64..1.5) {
            for ties in KINDS {
                let at = |m: f64, t: f64| ties.loss(shares, m, t).value;
                let (loss, h) = (ties.loss(shares, margin, t), 1e-5);
                let by_margin = (at(margin + h, t) - at(margin - h, t)) / (2.0 * h);
                let by_ties = (at(margin, t + h) - at(margin, t - h)) / (2.0 * h);
                prop_assert!((loss.by_margin - by_margin).abs() < 1e-6, "{ties:?} {loss:?} {by_margin}");
                prop_assert!((loss.by_ties - by_ties).abs() < 1e-5, "{ties:?} {loss:?} {by_ties}");
            }
        }

        #[test]
        fn curvatures_are_those_of_the_loss(shares in shares(), margin in -6.0_f64..6.0, t in -2.0_f64..1.5) {
            for ties in [Ties::Half, Ties::Davidson] {
                let at = |m: f64, t: f64| ties.loss(shares, m, t);
                let (found, h) = (ties.curvature(margin, t).unwrap(), 1e-5);
                let (above, below) = (at(margin + h, t), at(margin - h, t));
                let by_ties = (at(margin, t + h).by_ties - at(margin, t - h).by_ties) / (2.0 * h);
                prop_assert!((found.margin - (above.by_margin - below.by_margin) / (2.0 * h)).abs() < 1e-6);
                prop_assert!((found.mixed - (above.by_ties - below.by_ties) / (2.0 * h)).abs() < 1e-6);
                prop_assert!((found.ties - by_ties).abs() < 1e-6);
            }
            prop_assert!(Ties::RaoKupper.curvature(margin, t).is_none());
        }

        #[test]
        fn the_loss_is_the_cross_entropy_of_the_model(shares in shares(), margin in -6.0_f64..6.0, t in -2.0_f64..1.5) {
            for ties in [Ties::Davidson, Ties::RaoKupper] {
                let [first, tie, second] = ties.model(t).unwrap().probabilities(margin);
                let entropy = -(shares.first * first.ln() + shares.tie * tie.ln() + shares.second * second.ln());
                prop_assert!((ties.loss(shares, margin, t).value - entropy).abs() < 1e-9, "{ties:?}");
            }
        }

        #[test]
        fn swapping_mirrors_the_loss(shares in shares(), margin in -900.0_f64..900.0, t in -5.0_f64..9.0) {
            for ties in KINDS {
                let (one, two) = (ties.loss(shares, margin, t), ties.loss(shares.swapped(), -margin, t));
                prop_assert!(one.value.is_finite());
                prop_assert!((one.value - two.value).abs() < 1e-9 * one.value.abs().max(1.0));
                prop_assert!((one.by_margin + two.by_margin).abs() < 1e-12);
            }
        }
    }

    /// At equal strength every model has a closed form in the share of ties.
    #[test]
    fn fits_the_share_of_ties_at_equal_strength() {
        for share in [0.1, 0.4, 0.8] {
            let pair =
                Shares { first: (1.0 - share) / 2.0, tie: share, second: (1.0 - share) / 2.0 };
            for ties in [Ties::Davidson, Ties::RaoKupper] {
                let model = fit_ties(ties, &[0.0; 5], &[pair; 5]).unwrap();
                assert!((model.probabilities(0.0)[1] - share).abs() < 1e-4, "{model:?} {share}");
            }
        }
        assert_eq!(fit_ties(Ties::Half, &[0.0], &[Shares::TIE]), None);
        assert_eq!(fit_ties(Ties::Davidson, &[], &[]), None);
    }

    #[test]
    fn no_ties_and_nothing_but_ties_stay_finite() {
        for ties in [Ties::Davidson, Ties::RaoKupper] {
            for (pair, expected) in [(Shares::FIRST, 0.0), (Shares::TIE, 1.0)] {
                let model = fit_ties(ties, &[0.5; 4], &[pair; 4]).unwrap();
                let tie = model.probabilities(0.5)[1];
                assert!((tie - expected).abs() < 1e-3, "{model:?} {tie}");
            }
        }
    }
}
