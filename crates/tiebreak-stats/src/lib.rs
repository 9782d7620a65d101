//! The mathematics of preferences: pure functions, one statistic per file, each with its formula,
//! source and conditions. No files and no clocks.

mod accuracy;
pub mod agreement;
mod binary_fit;
mod bootstrap;
mod brier;
mod calibration_error;
mod ceiling;
mod compared;
mod cross_validation;
mod drift;
pub mod drivers;
mod ensemble;
mod estimate;
mod fit_error;
mod folds;
pub mod groups;
mod inverse_probability;
pub mod leaderboard;
mod linear;
mod linear_cross_validation;
mod linear_regression;
mod log_loss;
mod logistic;
mod median;
mod minimise;
mod newton;
pub mod noise;
mod pairs;
mod parallel;
mod preference_fit;
mod principal_components;
mod quadratic;
mod quantile_bins;
mod ranking_accuracy;
mod ridge_pairs;
mod rmse;
mod shares;
mod spearman;
mod strength_weight;
mod temperature;
mod ties;

pub use accuracy::{accuracy, hit};
pub use binary_fit::{BinaryFit, BinaryOptions};
pub use bootstrap::{Case, Interval, bootstrap_weights, clustered_mean, wilson};
pub use brier::brier;
pub use calibration_error::{Reliability, calibration_error, reliability};
pub use ceiling::{Ceiling, Counts, ceiling};
pub use compared::Compared;
pub use cross_validation::{CrossValidation, PenaltyTried, Progress, cross_validate};
pub use drift::{Drift, drift};
pub use ensemble::fit_ensemble;
pub use estimate::Estimate;
pub use fit_error::FitError;
pub use folds::grouped_folds;
pub use inverse_probability::{SampledCase, SampledMean, inverse_probability_mean};
pub use linear_cross_validation::{
    LinearCrossValidation, LinearTried, RIDGE_PATH, cross_validate_linear,
};
pub use linear_regression::{LinearFit, LinearSolver};
pub use log_loss::log_loss;
pub use logistic::logistic;
pub use median::median;
pub use pairs::JudgedPairs;
pub use parallel::map as parallel_map;
pub use preference_fit::{FitOptions, PreferenceFit};
pub use principal_components::{PrincipalComponents, SecondMoments};
pub use quadratic::{
    QuadraticTerm, quadratic_features, quadratic_len, quadratic_place, quadratic_terms,
};
pub use quantile_bins::{bin_of, quantile_edges};
pub use ranking_accuracy::ranking_accuracy;
pub use ridge_pairs::{PairGram, RidgeHead};
pub use rmse::rmse;
pub use shares::{Answer, Shares, Vote};
pub use spearman::{average_ranks, spearman};
pub use strength_weight::strength_weight;
pub use temperature::{Temperature, cross_fitted, temperature};
pub use ties::{Ties, fit_ties};
