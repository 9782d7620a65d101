//! The mathematics of preferences: pure functions, one statistic per file, each with its formula,
//! source and conditions. No files, no clocks, no threads.

mod calibration;
mod feature_bradley_terry;
mod folds;
mod lbfgs;
mod proportion;

pub use calibration::{Calibration, CalibrationError, calibrate};
pub use feature_bradley_terry::{
    FeatureBradleyTerry, FitError, Pairs, Penalty, bootstrap_weights, logistic,
};
pub use folds::grouped_folds;
pub use proportion::{Proportion, median};
