//! Every screen in both themes and two sizes: nothing is cut or covered. The pictures stay in
//! target/e2e/screens for people to look at.

use std::fs;
use std::path::{Path, PathBuf};

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::cli;
use crate::desk::{journey, output};
use crate::window::Window;

const SIZES: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];
const THEMES: [&str; 2] = ["light", "dark"];
const ANNOTATOR: &str = "Ada Lovelace";

const GUIDELINES: &str = "\
# Which answer helps more?

Prefer the answer that

1. says what is **true**,
2. does what was asked, and no more,
3. can be read in one go.

A long answer is not a better answer. If neither can be used, say *both bad*.
";

/// No picture of a screen with text on it is smaller, in bytes.
const SMALLEST: usize = 12_000;

/// A script that returns what is wrong with the layout.
const FLAWS: &str = include_str!("flaws.js");

/// What spoils the study's screen, and the flaw that must then be found.
const DAMAGE: [(&str, &str); 4] = [
    (
        "document.querySelector('[data-testid=import-open]').style.width = '20px'",
        "import-open cuts",
    ),
    ("document.querySelector('h1').style.transform = 'scale(9)'", "is covered by <h1"),
    ("document.querySelector('header').style.marginTop = '-40px'", "settings-open is cut"),
    ("document.body.style.minWidth = '3000px'", "overflows sideways"),
];

#[test]
fn every_screen_in_both_themes_and_sizes() {
    journey("every-screen", async |desk| {
        let guidelines = output("guidelines.md");
        fs::write(&guidelines, GUIDELINES).unwrap();
        let study = desk.sample_study(&["--guidelines", guidelines.to_str().unwrap()]);
        for command in ["train", "score", "route", "autolabel"] {
            cli::run(cli::tiebreak().arg(command).arg(&study));
        }
        for answer in ["left", "right", "tie"] {
            annotate(&study, &["judge", "--answer", answer, "--active-ms", "21000"]);
        }
        let window = desk.open(&study).await;
        for theme in THEMES {
            for (width, height) in SIZES {
                let size = format!("{width}x{height}");
                let tour = Tour { window, study: study.clone(), theme, size };
                window.resize(width, height).await;
                tour.set_theme().await;
                tour.study().await;
                tour.annotate().await;
                tour.welcome().await;
            }
        }
        for (script, flaw) in DAMAGE {
            window.run(script).await;
            let flaws = window.run(FLAWS).await.to_string();
            assert!(flaws.contains(flaw), "{script}: {flaws}");
        }
    });
}

/// Calls a command of the annotator's.
fn annotate(study: &Path, command: &[&str]) {
    cli::run(cli::tiebreak().args(command).args(["--annotator", ANNOTATOR]).arg(study));
}

/// The imported id of the sample pair with the longest answers.
fn longest_pair() -> String {
    let rows = fs::read_to_string(cli::samples()).unwrap();
    let rows = rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
    let length = |row: &Value| -> usize {
        ["response_a", "response_b"].map(|answer| row[answer].to_string().len()).iter().sum()
    };
    rows.max_by_key(length).unwrap()["id"].as_str().unwrap().to_owned()
}

/// The way through all screens, in one theme and size.
struct Tour<'w> {
    window: &'w Window,
    study: PathBuf,
    theme: &'static str,
    size: String,
}

impl Tour<'_> {
    async fn study(&self) {
        let window = self.window;
        self.keep("study").await;
        window.click("settings-open").await;
        self.keep_and_leave("settings", "settings").await;
        self.models().await;
        window.click("export-open").await;
        window.until("document.querySelector('[data-testid=export] input[type=radio]')").await;
        self.keep_and_leave("export", "export").await;
    }

    async fn models(&self) {
        let window = self.window;
        window.click("models-open").await;
        for plot in ["accuracy", "reliability", "slices", "history"] {
            let sign = format!("document.querySelector('[data-testid=plot-{plot}] svg circle')");
            window.until(&sign).await;
        }
        self.keep("models").await;
        let last = "document.querySelector('[data-testid=providers]').scrollIntoView()";
        window.run(last).await;
        window.click("providers-own").await;
        self.keep_and_leave("models", "models-providers").await;
    }

    async fn annotate(&self) {
        let window = self.window;
        // The longest pair was answered and taken back: it comes first, with that answer.
        let (item, reason) = (longest_pair(), "It names its sources.");
        let left = ["--answer", "left", "--strength", "2", "--rationale", reason];
        annotate(&self.study, &[&["judge", "--item", &item], left.as_slice()].concat());
        annotate(&self.study, &["undo"]);
        let longest = window.sign_in(ANNOTATOR).await;
        self.keep("annotate-again").await;
        window.press(Key::Enter.into()).await;
        window.after_saving(&longest).await;
        self.keep("annotate").await;
        window.press('1').await;
        self.keep_and_leave("strength-save", "annotate-strength").await;
        window.press('s').await;
        self.keep_and_leave("skip-unstated", "annotate-skip").await;
        window.press('?').await;
        self.keep_and_leave("help-dialog", "annotate-help").await;
        window.press('g').await;
        self.keep_and_leave("guidelines-dialog", "annotate-guidelines").await;
        window.click("back").await;
    }

    async fn welcome(&self) {
        let window = self.window;
        window.click("study-close").await;
        window.find("welcome").await;
        let recent = "document.querySelector('[data-testid=welcome] li button')";
        window.until(&format!("{recent} && !{recent}.disabled")).await;
        self.keep("welcome").await;
        window.run(&format!("{recent}.click()")).await;
        window.find("study").await;
    }

    async fn set_theme(&self) {
        // Auto, light, dark: at most two clicks.
        for _ in 1..3 {
            let stored = self.window.run("return localStorage.getItem('tiebreak.theme')").await;
            if stored == self.theme {
                break;
            }
            self.window.click("theme-toggle").await;
        }
        let shown = format!("document.documentElement.dataset.theme === '{}'", self.theme);
        self.window.until(&shown).await;
    }

    /// Waits for a part, keeps the screen, and leaves the part with Esc.
    async fn keep_and_leave(&self, part: &str, screen: &str) {
        self.window.find(part).await;
        self.keep(screen).await;
        self.window.press(Key::Escape.into()).await;
        self.window.until(&format!("!document.querySelector('[data-testid={part}]')")).await;
    }

    /// Keeps a picture of the screen, and checks it.
    async fn keep(&self, screen: &str) {
        self.window.until_drawn().await;
        let name = format!("{screen}-{}-{}", self.theme, self.size);
        let picture = self.window.picture().await;
        fs::write(output(&format!("screens/{name}.png")), &picture).unwrap();
        assert!(picture.len() > SMALLEST, "{name}: a picture of {} bytes", picture.len());
        assert_eq!(size_of_png(&picture), self.size, "{name}");
        assert_eq!(self.window.run(FLAWS).await, json!([]), "{name}");
    }
}

/// The width and height that a PNG states in its first chunk.
fn size_of_png(png: &[u8]) -> String {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    format!("{}x{}", number(16), number(20))
}
