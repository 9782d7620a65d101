//! A bootstrap ensemble: members fitted on samples of the prompts, whose disagreement says how
//! unsure the fit is (B. Lakshminarayanan, A. Pritzel and C. Blundell, "Simple and scalable
//! predictive uncertainty estimation using deep ensembles", 2017; L. Breiman, "Bagging
//! predictors", Machine Learning 24, 1996).

use crate::bootstrap::bootstrap_weights;
use crate::cross_validation::Progress;
use crate::fit_error::FitError;
use crate::pairs::JudgedPairs;
use crate::parallel;
use crate::preference_fit::{FitOptions, PreferenceFit};

/// Fits `members` models of checked pairs ([`JudgedPairs::check`]), member `m` on the bootstrap
/// sample of the groups (prompts) with seed `seed + m`, all starting from the fit of all pairs.
///
/// # Errors
/// [`FitError::NoPairs`], [`FitError::Cancelled`].
pub fn fit_ensemble(
    pairs: &JudgedPairs,
    groups: &[usize],
    members: usize,
    seed: u64,
    options: FitOptions,
    progress: Progress<'_>,
) -> Result<Vec<PreferenceFit>, FitError> {
    let whole = PreferenceFit::of(pairs, &vec![1.0; pairs.len()], options, None)?;
    parallel::map(progress.threads, members, |member| {
        if progress.cancel.is_cancelled() {
            return Err(FitError::Cancelled);
        }
        let times = bootstrap_weights(groups, seed.wrapping_add(member as u64));
        let fit = PreferenceFit::of(pairs, &times, options, Some(&whole))?;
        (progress.fitted)();
        Ok(fit)
    })
    .into_iter()
    .collect()
}
