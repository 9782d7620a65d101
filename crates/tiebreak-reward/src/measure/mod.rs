//! How close text encoding comes to what the machine can do, and where the time goes. For the
//! benches; nothing here is needed to score.

mod products;
mod profile;

pub use products::{EncoderShape, Products};
pub use profile::{OperatorTime, profile};
