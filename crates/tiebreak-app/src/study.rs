//! An open study and how it is run.

use std::path::{Path, PathBuf};

use tiebreak_store::{Store, StudyRow};

use crate::background::Background;
use crate::clock::{fresh, now, seed};
use crate::error::Result;
use crate::media::Pictures;
use crate::queue::Queues;
use crate::view::StudySettings;
use crate::{AppError, Watch};

/// The ending of study files.
const ENDING: &str = "tiebreak";

/// An open study.
pub struct Study {
    pub(crate) store: Store,
    pub(crate) queues: Queues,
    pub(crate) pictures: Pictures,
    pub(crate) background: Background,
}

impl StudySettings {
    pub(crate) fn check(&self) -> Result<()> {
        if self.question.trim().is_empty() {
            return Err(AppError::input("question", "must not be empty"));
        }
        if self.overlap == 0 || self.overlap > 1000 {
            return Err(AppError::input("overlap", "is 1 to 1000 people per item"));
        }
        self.budget.parse::<tiebreak_core::Budget>()?;
        self.routing.check()?;
        check_reasons("reason_tags", &self.reason_tags)?;
        for pack in [&self.packs.text, &self.packs.image, &self.packs.music] {
            // The name of a folder among the packs, and never a way out of it.
            if pack.is_empty() || pack.starts_with('.') || pack.contains(['/', '\\', ':']) {
                return Err(AppError::input("packs", format!("{pack:?} is no pack's name")));
            }
        }
        for (place, aspect) in self.aspects.iter().enumerate() {
            let wrong = |reason: String| AppError::input("aspects", reason);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if aspect.id.is_empty() || !aspect.id.chars().all(is_plain) {
                let id = &aspect.id;
                return Err(wrong(format!("an id is of letters, digits, _ and -, not {id:?}")));
            }
            if self.aspects.iter().take(place).any(|other| other.id == aspect.id) {
                return Err(wrong(format!("the id {:?} is there twice", aspect.id)));
            }
            if aspect.name.trim().is_empty() {
                return Err(wrong(format!("{:?} has no name", aspect.id)));
            }
            check_reasons("aspects", &aspect.reasons)?;
        }
        for (field, value, most) in [
            ("min_dwell_s", self.min_dwell_s, 3600),
            ("min_listen_s", self.min_listen_s, 3600),
            ("break_after_min", self.break_after_min, 1440),
        ] {
            if value > most {
                return Err(AppError::input(field, format!("is 0 to {most}")));
            }
        }
        Ok(())
    }
}

/// Reasons to tick are words, each there once.
fn check_reasons(field: &'static str, reasons: &[String]) -> Result<()> {
    for (place, reason) in reasons.iter().enumerate() {
        if reason.trim().is_empty() {
            return Err(AppError::input(field, "a reason is empty"));
        }
        if reasons[..place].contains(reason) {
            return Err(AppError::input(field, format!("the reason {reason:?} is there twice")));
        }
    }
    Ok(())
}

impl Study {
    /// Makes a new study at `path`; the ending `.tiebreak` is added where it is missing.
    ///
    /// # Errors
    /// If there is a file already, the folder is missing or closed, or a setting is out of range.
    pub fn create(path: &Path, settings: &StudySettings) -> Result<Self> {
        settings.check()?;
        let row = StudyRow {
            uuid: fresh(),
            seed: seed(),
            settings: to_json(settings)?,
            created_at: now(),
        };
        Ok(Self {
            store: Store::create(&with_ending(path), &row)?,
            queues: Queues::default(),
            pictures: Pictures::default(),
            background: Background::default(),
        })
    }

    /// Opens the study at `path`; the ending may be left out.
    ///
    /// # Errors
    /// If it is missing, not a study, made by a later version, or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let path = if path.is_file() { path.to_owned() } else { with_ending(path) };
        Ok(Self {
            store: Store::open(&path)?,
            queues: Queues::default(),
            pictures: Pictures::default(),
            background: Background::default(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// The file name without its ending.
    pub fn name(&self) -> String {
        self.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// How the study is run.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn settings(&self) -> Result<StudySettings> {
        let row = self.store.read(|reader| reader.study())?;
        serde_json::from_value(row.settings)
            .map_err(|source| AppError::Json { what: "study settings", source })
    }

    /// Changes how the study is run.
    ///
    /// # Errors
    /// If a setting is out of range, or the file cannot be written.
    pub fn save_settings(&self, settings: &StudySettings) -> Result<()> {
        settings.check()?;
        let json = to_json(settings)?;
        self.store.write(|writer| Ok(writer.set_settings(&json)?))
    }
}

/// Stops long work between batches when it was asked to.
pub(crate) fn stop_if_cancelled(watch: &dyn Watch) -> Result<()> {
    if watch.cancel().is_cancelled() { Err(AppError::Cancelled) } else { Ok(()) }
}

fn to_json(settings: &StudySettings) -> Result<serde_json::Value> {
    serde_json::to_value(settings)
        .map_err(|source| AppError::Json { what: "study settings", source })
}

fn with_ending(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|ending| ending == ENDING) {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ENDING);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::AspectSetting;

    #[test]
    fn the_ending_is_added_once() {
        for (given, expected) in
            [("a", "a.tiebreak"), ("a.tiebreak", "a.tiebreak"), ("v1.2", "v1.2.tiebreak")]
        {
            assert_eq!(with_ending(Path::new(given)), Path::new(expected));
        }
    }

    #[test]
    fn settings_round_trip_and_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study");
        let study = Study::create(&path, &StudySettings::default()).unwrap();
        let mut settings = StudySettings { overlap: 3, ..StudySettings::default() };
        study.save_settings(&settings).unwrap();
        assert_eq!(Study::open(&path).unwrap().settings().unwrap(), settings);
        settings.overlap = 0;
        assert_eq!(study.save_settings(&settings).unwrap_err().to_user().code, "bad_input");
        let again = Study::create(&path, &settings).map(|_| ());
        assert!(again.is_err());
    }

    #[test]
    fn settings_that_cannot_be_are_refused_by_field() {
        let aspect = |id: &str, name: &str, reasons: &[&str]| AspectSetting {
            id: id.to_owned(),
            name: name.to_owned(),
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            ..AspectSetting::default()
        };
        let with = |aspects: Vec<AspectSetting>| StudySettings { aspects, ..Default::default() };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        for (settings, expected) in [
            (with(vec![aspect("help-1_a", "Helpful", &["clear"])]), None),
            (with(vec![aspect("", "Helpful", &[])]), Some("aspects")),
            (with(vec![aspect("hélp", "Helpful", &[])]), Some("aspects")),
            (with(vec![aspect("a b", "Helpful", &[])]), Some("aspects")),
            (with(vec![aspect("a", " ", &[])]), Some("aspects")),
            (with(vec![aspect("a", "A", &[]), aspect("a", "B", &[])]), Some("aspects")),
            (with(vec![aspect("a", "A", &["x", "x"])]), Some("aspects")),
            (with(vec![aspect("a", "A", &[""])]), Some("aspects")),
            (
                StudySettings { reason_tags: words(&["x", " "]), ..Default::default() },
                Some("reason_tags"),
            ),
            (StudySettings { question: " ".to_owned(), ..Default::default() }, Some("question")),
            (StudySettings { min_dwell_s: 3601, ..Default::default() }, Some("min_dwell_s")),
            (StudySettings { overlap: 0, ..Default::default() }, Some("overlap")),
        ] {
            let found = match settings.check() {
                Err(AppError::Input { field, .. }) => Some(field),
                Err(other) => panic!("{other}"),
                Ok(()) => None,
            };
            assert_eq!(found, expected, "{settings:?}");
        }
    }
}
