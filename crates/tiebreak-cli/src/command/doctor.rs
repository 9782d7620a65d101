//! `doctor`: what runs on this machine, and why the rest does not.

use std::path::PathBuf;
use std::process::Command;

use serde::Serialize;
use tiebreak_app::{Preferences, PreferencesFile};
use tiebreak_reward::{Diagnosis, Provider, diagnose};

use super::Result;
use crate::output::Output;

#[derive(Serialize)]
struct Report {
    version: &'static str,
    /// The order in which execution providers are tried, as the user set it.
    provider_order: Vec<String>,
    reward: Diagnosis,
    webview: Webview,
}

/// The system's webview, which the desktop window draws with.
#[derive(Serialize)]
struct Webview {
    name: &'static str,
    found: bool,
    detail: String,
}

pub fn doctor(output: Output) -> Result {
    let provider_order = PreferencesFile::of_user().read().providers;
    let reward = diagnose(&Provider::order(&provider_order)?);
    let version = env!("CARGO_PKG_VERSION");
    let report = Report { version, provider_order, reward, webview: webview() };
    output.print(&report, || describe(&report));
    Ok(())
}

pub fn providers(order: Vec<String>, output: Output) -> Result {
    let file = PreferencesFile::of_user();
    if !order.is_empty() {
        Provider::order(&order)?;
        file.write(&Preferences { providers: order })?;
    }
    let preferences = file.read();
    let tried = Provider::order(&preferences.providers)?;
    output.print(&preferences, || {
        let tried: Vec<&str> = tried.iter().map(|provider| provider.as_str()).collect();
        format!(
            "{}: {} are tried in this order",
            preferences.providers.join(", "),
            tried.join(", ")
        )
    });
    Ok(())
}

fn describe(report: &Report) -> String {
    let mut lines = vec![format!("Tiebreak {}", report.version), String::new()];
    match &report.reward.runtime {
        Some(runtime) => {
            lines.push(format!("ONNX Runtime   {}", runtime.library.display()));
            lines.push(format!("               {}", runtime.build));
        }
        None => lines.push("ONNX Runtime   not found".to_owned()),
    }
    lines.push(format!("Order          {}", report.provider_order.join(", ")));
    for provider in &report.reward.providers {
        let state = match (&provider.reason, provider.in_use) {
            (_, true) => "runs, and is used".to_owned(),
            (Some(reason), false) => format!("does not run: {reason}"),
            (None, false) => "runs".to_owned(),
        };
        lines.push(format!("  {:<12} {state}", provider.provider.as_str()));
    }
    lines.push(String::new());
    lines.push("Packs".to_owned());
    for pack in &report.reward.packs {
        lines.push(format!(
            "  {} ({}, {} numbers, encoder {}, {}, licence {})",
            pack.name,
            pack.modality.as_str(),
            pack.embedding_dim,
            pack.encoder_hash.short(),
            if pack.has_head { "with a trained head" } else { "without a trained head" },
            pack.licence
        ));
        lines.push(format!("    {}", pack.folder.display()));
    }
    lines.push(String::new());
    let found = if report.webview.found { "found" } else { "not found" };
    lines.push(format!("Webview        {} {found}", report.webview.name));
    lines.push(format!("               {}", report.webview.detail));
    for error in &report.reward.errors {
        lines.push(format!("\nproblem: {error}"));
    }
    for hint in &report.reward.hints {
        lines.push(format!("hint: {hint}"));
    }
    lines.join("\n")
}

fn webview() -> Webview {
    if cfg!(target_os = "macos") {
        return Webview { name: "WKWebView", found: true, detail: "part of macOS".to_owned() };
    }
    if cfg!(windows) {
        let folder = ["ProgramFiles(x86)", "ProgramFiles", "LocalAppData"]
            .into_iter()
            .filter_map(std::env::var_os)
            .map(|root| {
                PathBuf::from(root).join("Microsoft").join("EdgeWebView").join("Application")
            })
            .find(|folder| folder.is_dir());
        return Webview {
            name: "WebView2",
            found: folder.is_some(),
            detail: folder.map_or_else(
                || "install the WebView2 Runtime to open the window".to_owned(),
                |folder| folder.display().to_string(),
            ),
        };
    }
    let library = "libwebkit2gtk-4.1.so.0";
    let cache = Command::new("ldconfig")
        .arg("-p")
        .output()
        .or_else(|_| Command::new("/sbin/ldconfig").arg("-p").output());
    let line = cache.ok().and_then(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .find(|line| line.contains(library))
            .and_then(|line| line.split("=> ").nth(1).map(str::to_owned))
    });
    Webview {
        name: "WebKitGTK 4.1",
        found: line.is_some(),
        detail: line.unwrap_or_else(|| {
            format!("{library} is missing; install libwebkit2gtk-4.1-0 to open the window")
        }),
    }
}
