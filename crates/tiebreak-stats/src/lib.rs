//! The mathematics of preferences: pure functions, one statistic per file, each with its formula,
//! source and conditions. No files and no clocks.

mod accuracy;
mod bootstrap;
mod brier;
mod calibration_error;
mod ceiling;
mod cross_validation;
mod ensemble;
mod fit_error;
mod folds;
mod linear;
mod log_loss;
mod logistic;
mod median;
mod minimise;
mod pairs;
mod parallel;
mod preference_fit;

mod quantile_bins;
mod ranking_accuracy;
mod shares;
mod strength_weight;
mod temperature;
mod ties;

pub use accuracy::{accuracy, hit};
pub use bootstrap::{Case, Interval, bootstrap_weights, clustered_mean};
pub use brier::brier;
pub use calibration_error::{Reliability, calibration_error, reliability};
pub use ceiling::{Ceiling, Counts, ceiling};
pub use cross_validation::{CrossValidation, PenaltyTried, Progress, cross_validate};
pub use ensemble::fit_ensemble;
pub use fit_error::FitError;
pub use folds::grouped_folds;
pub use log_loss::log_loss;
pub use logistic::logistic;
pub use median::median;
pub use pairs::JudgedPairs;
pub use preference_fit::{FitOptions, PreferenceFit};
pub use quantile_bins::{bin_of, quantile_edges};
pub use ranking_accuracy::ranking_accuracy;
pub use shares::{Answer, Shares, Vote};
pub use strength_weight::strength_weight;
pub use temperature::{Temperature, cross_fitted, temperature};
pub use ties::{Ties, fit_ties};
