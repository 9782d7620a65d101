//! The open window, as a person sees and uses it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// How long the window may take to show what it should.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is on the annotating screen at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The item's id.
    pub item: String,
    /// The candidate on the left, then the one on the right.
    pub candidates: [String; 2],
    /// Comparisons done, as the page says.
    pub done: u64,
}

/// A running program with its window.
pub struct Window {
    client: Client,
}

impl Window {
    /// Starts `program` on a study and waits for its page.
    pub async fn open(driver: &str, program: &Path, study: &Path) -> Self {
        let capabilities = json!({
            "browserName": "wry",
            "tauri:options": { "application": program, "args": [study] },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let window = Self { client: builder.connect(driver).await.unwrap() };
        window.find("study").await;
        window
    }

    /// Ends the program.
    pub async fn quit(self) {
        self.client.close().await.unwrap();
    }

    /// The element with this `data-testid`, as soon as it is there.
    pub async fn find(&self, testid: &str) -> Element {
        let selector = format!("[data-testid='{testid}']");
        let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(20));
        wait.for_element(Locator::Css(&selector))
            .await
            .unwrap_or_else(|error| panic!("{testid} is not on the page: {error}"))
    }

    /// Its text.
    pub async fn text(&self, testid: &str) -> String {
        self.find(testid).await.text().await.unwrap()
    }

    /// Clicks on it with the mouse.
    pub async fn click(&self, testid: &str) {
        self.click_beside(testid, 0.0).await;
    }

    /// Clicks on it, `x` pixels to the right of its middle.
    pub async fn click_beside(&self, testid: &str, x: f64) {
        let element = self.find(testid).await;
        let button = MOUSE_BUTTON_LEFT;
        let mouse = MouseActions::new("mouse".into())
            .then(PointerAction::MoveToElement { element, duration: None, x, y: 0.0 })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.client.perform_actions(mouse).await.unwrap();
    }

    /// Drags with the mouse from one place of the window to another, in pixels from its corner.
    pub async fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let at = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: None, x, y };
        let half = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        let button = MOUSE_BUTTON_LEFT;
        let mouse = MouseActions::new("mouse".into())
            .then(at(from))
            .then(PointerAction::Down { button })
            .then(at(half))
            .then(at(to))
            .then(PointerAction::Up { button });
        self.client.perform_actions(mouse).await.unwrap();
    }

    /// Presses one key.
    pub async fn press(&self, key: char) {
        self.chord(&[key]).await;
    }

    /// Presses keys together, as in `Ctrl+Z`.
    pub async fn chord(&self, keys: &[char]) {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let actions = down.chain(up).fold(KeyActions::new("keys".into()), KeyActions::then);
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Types a text, key by key.
    pub async fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.press(key).await;
        }
    }

    /// Runs the body of a function in the page and returns its result.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Sends a command to the program, as the page would, and returns the answer.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Value {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(
                (answer) => done({ answer }), (error) => done({ error }));";
        let mut result =
            self.client.execute_async(script, vec![command.into(), arguments]).await.unwrap();
        assert_eq!(result["error"], Value::Null, "{command}");
        result["answer"].take()
    }

    /// Fetches an address as the page would, and returns the status of the answer.
    pub async fn fetch(&self, address: &str) -> Value {
        let script = "const [address, done] = arguments;
            fetch(address).then((answer) => done(answer.status), (error) => done(String(error)));";
        self.client.execute_async(script, vec![address.into()]).await.unwrap()
    }

    /// What axe-core, given as its source, finds wrong with the page.
    pub async fn violations(&self, axe: &str) -> Value {
        // Run in the driver's own context: the page's policy forbids scripts from elsewhere.
        let script = format!(
            "{axe}; const done = arguments[0];
             axe.run(document, {{ resultTypes: ['violations'] }}).then(
                (found) => done(found.violations.map(({{ id, impact, nodes }}) => ({{
                    id, impact, nodes: nodes.map((node) => node.html + ' ' + node.failureSummary),
                }}))), (error) => done([{{ impact: 'critical', id: String(error) }}]));"
        );
        self.client.execute_async(&script, Vec::new()).await.unwrap()
    }

    /// Waits until an expression in the page is true.
    pub async fn until(&self, expression: &str) {
        self.until_within(expression, PATIENCE).await;
    }

    /// Waits so long for an expression in the page to be true.
    pub async fn until_within(&self, expression: &str, patience: Duration) {
        let started = Instant::now();
        while self.run(&format!("return Boolean({expression})")).await != true {
            assert!(started.elapsed() < patience, "this never came true: {expression}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until what is laid out is also drawn: two frames later it is.
    pub async fn until_drawn(&self) {
        self.run(
            "window.__drawn = false;
            requestAnimationFrame(() => requestAnimationFrame(() => (window.__drawn = true)));",
        )
        .await;
        self.until("window.__drawn").await;
    }

    /// From the study's screen to the first comparison.
    pub async fn sign_in(&self, name: &str) -> Shown {
        // What is looked up in the background may move the field in the moment of the click.
        for _ in 0..20 {
            self.find("annotator-name").await.click().await.unwrap();
            if self.run("return document.activeElement?.dataset.testid").await == "annotator-name" {
                break;
            }
        }
        self.type_text(name).await;
        self.press(Key::Enter.into()).await;
        self.find("item").await;
        self.shown().await
    }

    /// What is shown now.
    pub async fn shown(&self) -> Shown {
        let shown = self
            .run(
                "const at = (id) => document.querySelector(`[data-testid=${id}]`);
                return {
                    item: at('item')?.dataset.item,
                    left: at('candidate-0')?.dataset.candidate,
                    right: at('candidate-1')?.dataset.candidate,
                    done: Number(at('progress-done')?.textContent.replaceAll(/\\D/g, '')),
                };",
            )
            .await;
        let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
        Shown {
            item: text("item"),
            candidates: [text("left"), text("right")],
            done: shown["done"].as_u64().unwrap(),
        }
    }

    /// Waits for another item than `before` with the saved mark, and returns what is shown then.
    pub async fn after_saving(&self, before: &Shown) -> Shown {
        let other = format!(
            "document.querySelector('[data-testid=saved]') &&
             document.querySelector('[data-testid=item]')?.dataset.item !== '{}'",
            before.item
        );
        self.until(&other).await;
        let now = self.shown().await;
        assert_eq!(now.done, before.done + 1, "the saved mark and the count go together");
        now
    }

    /// The page as it stands in memory.
    pub async fn html(&self) -> String {
        let html = self.run("return document.documentElement.outerHTML").await;
        html.as_str().unwrap().to_owned()
    }

    /// The page as the driver reads it.
    pub async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// Gives the page a size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.unwrap();
        self.until(&format!("innerWidth === {width} && innerHeight === {height}")).await;
    }

    /// A picture of the page.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Writes `PATH.png` and `PATH.html`, as far as the window still answers.
    pub async fn keep_for_the_post_mortem(&self, path: &Path) {
        if let Ok(picture) = self.client.screenshot().await {
            let _ = fs::write(path.with_extension("png"), picture);
        }
        if let Ok(source) = self.client.source().await {
            let _ = fs::write(path.with_extension("html"), source);
        }
    }
}
