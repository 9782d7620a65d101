//! The desktop window. Everything is in tiebreak-shell; this package exists because Tauri's
//! tools look for one beside tauri.conf.json.

// No console beside the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// Import and export hand rows from thread to thread, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    if let Some(code) = tiebreak_shell::run_if_asked() {
        return code;
    }
    tiebreak_shell::run(tauri::generate_context!())
}
