//! What a command ends with when it does not end well.

use std::process::ExitCode;

use tiebreak_app::AppError;
use tiebreak_app::view::UserError;
use tiebreak_reward::RewardError;

/// An error on its way to the user.
#[derive(Debug)]
pub struct Failure(pub UserError);

impl Failure {
    /// An error that this program found itself.
    pub fn new(code: &str, message: impl Into<String>, hint: Option<&str>) -> Self {
        Self(UserError {
            code: code.to_owned(),
            message: message.into(),
            hint: hint.map(str::to_owned),
        })
    }

    /// The exit codes that `tiebreak --help` lists.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.0.code.as_str() {
            "bad_input" | "bad_file" | "study_missing" | "study_exists" | "not_a_study" => 2,
            "rows_skipped" => 3,
            "study_busy" => 4,
            "reward_model" | "no_head" => 5,
            "cancelled" => 130,
            _ => 1,
        })
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(error.to_user())
    }
}

impl From<RewardError> for Failure {
    fn from(error: RewardError) -> Self {
        let code = match &error {
            RewardError::UnknownProvider(_)
            | RewardError::NameTaken { .. }
            | RewardError::NotInstallable { .. } => "bad_input",
            _ => "reward_model",
        };
        Self(UserError::of(code, &error, error.hint()))
    }
}
