//! System packages. On Debian and its kin they are installed where that is allowed; elsewhere
//! the person is told what to install.

use std::collections::BTreeSet;

use crate::error::XtaskError;
use crate::process::{Call, on_path, say, step};
use crate::setup::Purpose;

/// What building and running need on Debian and Ubuntu.
const TO_BUILD: [&str; 8] = [
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "fonts-dejavu-core",
    "libgl1-mesa-dri",
    "libegl1",
    "libgl1",
    "python3-pip",
];

/// What testing needs beside: a display without a screen, the webview's driver, screenshots, the
/// scripts that the sample answers are written in, and what the page's player is rendered with.
const TO_TEST: [&str; 9] = [
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "imagemagick",
    "xdotool",
    "python3-venv",
    "libasound2",
    "fonts-noto-color-emoji",
    "fonts-ipafont-gothic",
];

/// Installs what is missing.
pub fn install(purpose: Purpose) -> Result<(), XtaskError> {
    if !cfg!(target_os = "linux") || !on_path("dpkg-query") {
        step("system packages: not managed on this system");
        say(&elsewhere());
        return Ok(());
    }
    let mut wanted = TO_BUILD.to_vec();
    if purpose == Purpose::Test {
        wanted.extend(TO_TEST);
    }
    let installed = Call::new("list system packages", "dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(&wanted)
        .ask()
        .map(|(_, text)| text)
        .unwrap_or_default();
    let missing = missing(&wanted, &installed);
    if missing.is_empty() {
        step(&format!("system packages: all {} are installed", wanted.len()));
        return Ok(());
    }
    step(&format!("system packages: installing {}", missing.join(" ")));
    apt(&missing)
}

/// The wanted packages that dpkg-query does not call installed.
fn missing<'a>(wanted: &[&'a str], installed: &str) -> Vec<&'a str> {
    let installed: BTreeSet<_> =
        installed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|name| !installed.contains(name)).collect()
}

fn apt(packages: &[&str]) -> Result<(), XtaskError> {
    let line = format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    let is_root =
        Call::new("ask who I am", "id").arg("-u").ask().is_some_and(|(_, id)| id.trim() == "0");
    let sudo: &[&str] = if is_root {
        &[]
    } else if Call::new("ask for sudo", "sudo").args(["-n", "true"]).ask().is_some_and(|it| it.0) {
        &["sudo", "-n"]
    } else {
        return Err(XtaskError::Missing {
            what: format!("{} system packages are missing", packages.len()),
            hint: format!("run this line, then the same command again:\n  {line}"),
        });
    };
    let call = |what: &str| {
        let words = [sudo, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]].concat();
        Call::new(what, words[0]).args(&words[1..]).hint(format!("try it by hand:\n  {line}"))
    };
    call("read the package lists").arg("update").run()?;
    call("install system packages")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .run()
}

/// What to install where packages are not managed here.
fn elsewhere() -> String {
    let text = if cfg!(windows) {
        "Install if missing: the C++ build tools of Visual Studio 2022, Python 3 with pip, and\n\
         the WebView2 runtime (part of Windows 11)."
    } else if cfg!(target_os = "macos") {
        "Install if missing: the Xcode command line tools (`xcode-select --install`) and\n\
         Python 3 with pip."
    } else {
        "Install if missing: a C and C++ compiler, pkg-config, WebKitGTK 4.1 with its headers,\n\
         Python 3 with pip; for the tests also WebKitWebDriver and Xvfb."
    };
    text.lines().map(|line| format!("    {}", line.trim())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count() {
        let wanted = ["xvfb", "xauth", "libgl1", "xdotool"];
        let installed = "xvfb installed\nxauth not-installed\nlibgl1 config-files\n";
        assert_eq!(missing(&wanted, installed), ["xauth", "libgl1", "xdotool"]);
        assert_eq!(missing(&wanted, ""), wanted);
        assert!(missing(&["libgl1"], "libgl1 installed\nlibgl1 installed\n").is_empty());
    }
}
