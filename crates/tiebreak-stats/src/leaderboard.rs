//! How systems rank by comparisons of their answers, and whether a ranking says enough.

mod bradley_terry;
mod cells;
mod comparison;
mod connectedness;
mod cycles;
mod design;
mod elo;
mod general_preference;
mod held_out;
mod minimax;
mod newton;
mod options;
mod resample;
mod sandwich;
mod standings;
mod win_rates;

pub use bradley_terry::{BradleyTerry, Covariate, Regularised, bradley_terry};
pub use cells::{Cell, Cells};
pub use comparison::{Comparison, Comparisons, Outcome, normalised_difference};
pub use connectedness::Connectedness;
pub use cycles::{CycleOptions, Cycles, ExpectedCycles, Triad, cycles};
pub use elo::{
    Elo, EloOptions, ShuffledElo, ShuffledRating, elo, elo_points, elo_scale, shuffled_elo,
};
pub use general_preference::{GeneralPreference, GeneralPreferenceOptions, general_preference};
pub use held_out::{HeldOut, HeldOutOptions, HeldOutRank, held_out};
pub use minimax::{MinimaxWinner, minimax_winner};
pub use options::{BothBad, BradleyTerryOptions, TieRule};
pub use standings::{
    BootstrapRun, Estimate, Leaderboard, LeaderboardOptions, Rank, Standing, leaderboard,
};
pub use win_rates::{WinRate, WinRates, win_rates};
