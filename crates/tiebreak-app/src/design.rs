//! Study designs: settings as TOML, and the presets on offer.

use serde::Deserialize;

use crate::error::Result;
use crate::view::{PresetView, StudySettings};
use crate::{AppError, Study};

/// Every preset: its name, and its file.
const PRESETS: [(&str, &str); 7] = [
    ("multipref", include_str!("../presets/multipref.toml")),
    ("ultrafeedback", include_str!("../presets/ultrafeedback.toml")),
    ("helpsteer", include_str!("../presets/helpsteer.toml")),
    ("music-arena", include_str!("../presets/music-arena.toml")),
    ("pick-a-pic", include_str!("../presets/pick-a-pic.toml")),
    ("prism", include_str!("../presets/prism.toml")),
    ("step-dpo", include_str!("../presets/step-dpo.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    title: String,
    description: String,
    settings: StudySettings,
}

impl Study {
    /// The study designs on offer.
    ///
    /// # Errors
    /// If one that comes with the program cannot be read, which its tests rule out.
    pub fn presets() -> Result<Vec<PresetView>> {
        PRESETS
            .into_iter()
            .map(|(name, text)| {
                let file: PresetFile =
                    toml::from_str(text).map_err(|error| toml_error(name, &error))?;
                let settings = StudySettings {
                    preset: Some(name.to_owned()),
                    guidelines: file.settings.guidelines.trim().to_owned(),
                    ..file.settings
                };
                Ok(PresetView {
                    name: name.to_owned(),
                    title: file.title,
                    description: file.description,
                    settings,
                })
            })
            .collect()
    }

    /// The settings of a preset.
    ///
    /// # Errors
    /// For a name that is no preset.
    pub fn preset(name: &str) -> Result<StudySettings> {
        let found = Self::presets()?.into_iter().find(|preset| preset.name == name);
        found.map(|preset| preset.settings).ok_or_else(|| {
            let known = PRESETS.map(|(name, _)| name).join(", ");
            AppError::input("preset", format!("{name:?} is none of {known}"))
        })
    }
}

impl StudySettings {
    /// These settings with what a TOML text says laid over them: what it leaves out stays, or
    /// comes from the preset that it names. `file` is named in errors.
    ///
    /// # Errors
    /// For text that is no TOML, an unknown field, or a value of a wrong type, with its line; for
    /// an unknown preset.
    pub fn with_toml(&self, text: &str, file: &str) -> Result<Self> {
        // Read once as it stands, so that an error names its line; then laid over.
        toml::from_str::<Self>(text).map_err(|error| toml_error(file, &error))?;
        let stated: toml::Table = toml::from_str(text).map_err(|error| toml_error(file, &error))?;
        let base = match stated.get("preset").and_then(toml::Value::as_str) {
            Some(preset) => &Study::preset(preset)?,
            None => self,
        };
        let mut whole = toml::Table::try_from(base)
            .map_err(|error| AppError::input("settings", error.to_string()))?;
        whole.extend(stated);
        whole.try_into().map_err(|error| toml_error(file, &error))
    }

    /// The settings as TOML, every field of them.
    ///
    /// # Errors
    /// Never for settings that [`check`](Self::check) accepts.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(|error| AppError::input("settings", error.to_string()))
    }
}

fn toml_error(file: &str, error: &toml::de::Error) -> AppError {
    AppError::input("settings", format!("{file}: {}", error.to_string().trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Ask;

    #[test]
    fn presets_are_sound_and_round_trip() {
        for preset in Study::presets().unwrap() {
            preset.settings.check().unwrap();
            assert_eq!(preset.settings.preset.as_deref(), Some(preset.name.as_str()));
            let text = preset.settings.to_toml().unwrap();
            assert_eq!(
                StudySettings::default().with_toml(&text, "f").unwrap(),
                preset.settings,
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_changes_what_it_names_and_keeps_the_rest_of_its_preset() {
        let text = "preset = \"multipref\"\noverlap = 4\nconfidence = \"required\"\n";
        let settings = StudySettings::default().with_toml(text, "f").unwrap();
        assert_eq!((settings.overlap, settings.confidence), (4, Ask::Required));
        assert_eq!(settings.aspects.len(), 3);
        assert_eq!(StudySettings::default().with_toml("", "f").unwrap(), StudySettings::default());
    }

    #[test]
    fn errors_name_the_file_the_line_and_the_field() {
        for (text, words) in [
            ("question = 3", vec!["design.toml", "line 1", "question = 3"]),
            ("a = 1\n", vec!["unknown field `a`"]),
            ("overlap = 1\n\n[[aspects]]\nid = \"x\"\nscale = \"stars\"", vec!["line 5", "stars"]),
            ("preset = \"nope\"", vec!["nope", "multipref"]),
            ("x", vec!["design.toml", "line 1"]),
        ] {
            let error =
                StudySettings::default().with_toml(text, "design.toml").unwrap_err().to_user();
            for word in words {
                assert!(error.message.contains(word), "{}", error.message);
            }
        }
    }
}
