//! Rust and Node. Cargo has refused an old Rust before this program could run.

use crate::error::XtaskError;
use crate::process::{Call, npm, step};

const NODE_HINT: &str =
    "install Node.js 20.19 or later of the 20 line, or 22.12 or later, with npm";

/// Checks the versions.
pub fn check() -> Result<(), XtaskError> {
    let rust = Call::new("check Rust", "rustc").arg("--version").output()?;
    let node = Call::new("check Node.js", "node").arg("--version").hint(NODE_HINT).output()?;
    let npm = Call::new("check npm", npm()).arg("--version").hint(NODE_HINT).output()?;
    let (rust, node, npm) = (rust.trim(), node.trim(), npm.trim());
    if !node_suffices(node) {
        return Err(XtaskError::Missing {
            what: format!("Node.js {node} is too old to build the page"),
            hint: NODE_HINT.into(),
        });
    }
    step(&format!("{rust}; Node.js {node}; npm {npm}"));
    Ok(())
}

/// Whether the page's build tool runs on that version: 20.19 and later, but not 21, nor 22
/// before 22.12.
fn node_suffices(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else { return false };
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions() {
        for (version, expected) in [
            ("v20.19.0", true),
            ("v20.20.2", true),
            ("v20.18.3", false),
            ("v18.20.0", false),
            ("v21.7.0", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.0.1", true),
            ("", false),
            ("nonsense", false),
        ] {
            assert_eq!(node_suffices(version), expected, "{version:?}");
        }
    }
}
