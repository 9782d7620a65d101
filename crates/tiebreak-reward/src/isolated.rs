//! Checking a pack in a process of its own, so that a model that allocates without end, loops or
//! crashes takes that process with it and not the study.
//!
//! The process is the running program itself, started again with a first argument that no user
//! types; [`run_if_asked`] answers to it. It gets the pack's folder on its standard input and
//! gives a report on its standard output. Memory is limited twice: by the system where it can
//! (Linux counts address space), and by this process, which watches how much the other holds.
//! What is isolated is memory, time and crashes: a graph of standard operators cannot do more
//! harm than that. It runs with the user's rights.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use serde::{Deserialize, Serialize};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use tiebreak_core::with_causes;

use crate::check::{self, CheckReport};
use crate::error::Ended;
use crate::{OpenOptions, Pack, Provider, RewardError, admitted};

/// The first argument of the process that checks.
const ARGUMENT: &str = "--check-pack-in-this-process";
/// What its answer begins with: libraries may print lines of their own.
const ANSWER: &str = "tiebreak-pack-check: ";
/// What a program and ONNX Runtime need before any model.
const MEMORY_BYTES: u64 = 2 << 30;
/// Times the size of the model's files: as they are, rearranged for the kernels, and once more
/// while that happens.
const MEMORY_TIMES: u64 = 4;
/// Address space that is reserved and never used: stacks of threads, arenas of the allocator.
#[cfg(target_os = "linux")]
const RESERVED_BYTES: u64 = 4 << 30;
const SECONDS: u64 = 60;
const SECONDS_PER_GB: u64 = 60;
const LOOK_EVERY: Duration = Duration::from_millis(20);

static ANSWERS: AtomicBool = AtomicBool::new(false);

/// What a check may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Time in seconds.
    pub seconds: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    dir: PathBuf,
    threads: Option<usize>,
    library: Option<PathBuf>,
    limits: Limits,
}

#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Report(Box<CheckReport>),
    Refused(String),
    OutOfMemory,
}

impl Limits {
    /// Enough for any sound model in `dir`: in proportion to its files.
    ///
    /// # Errors
    /// If the pack cannot be read.
    pub fn of(dir: &Path) -> Result<Self, RewardError> {
        let pack = Pack::read(dir)?;
        let lengths = pack.files().map(|path| fs::metadata(path).map_or(0, |file| file.len()));
        let bytes = lengths.fold(0u64, u64::saturating_add);
        Ok(Self {
            memory_bytes: MEMORY_BYTES.saturating_add(bytes.saturating_mul(MEMORY_TIMES)),
            seconds: SECONDS + SECONDS_PER_GB * (bytes >> 30),
        })
    }
}

/// Answers if this process was started to check a pack. Programs that check packs call it first
/// in `main`, and end with the code that they get, if they get one.
pub fn run_if_asked() -> Option<ExitCode> {
    ANSWERS.store(true, Ordering::Relaxed);
    if env::args_os().nth(1)? != ARGUMENT {
        return None;
    }
    Some(if answer().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks the pack in `dir` in a process of its own, on the CPU.
///
/// # Errors
/// As [`check::check`], in words; [`RewardError::CheckStopped`] if the process came to no end of
/// its own.
pub fn check(dir: &Path, options: &OpenOptions) -> Result<CheckReport, RewardError> {
    check_within(dir, options, Limits::of(dir)?)
}

/// The same with limits of one's own.
///
/// # Errors
/// As [`check`].
pub fn check_within(
    dir: &Path,
    options: &OpenOptions,
    limits: Limits,
) -> Result<CheckReport, RewardError> {
    if !ANSWERS.load(Ordering::Relaxed) {
        // It would start again from the beginning instead of checking.
        let problem = "this program does not answer to checks of packs".to_owned();
        return Err(RewardError::NotInstallable { path: dir.to_owned(), problem });
    }
    let program = env::current_exe().map_err(RewardError::io("find the program of", dir))?;
    let mut command = Command::new(program);
    command.arg(ARGUMENT);
    run(command, dir, options, limits)
}

/// Lets a pack be opened in this process: packs in the folders that packs are installed in are
/// trusted, others must have passed a check of their present content once.
///
/// # Errors
/// As [`check`].
pub fn admit(dir: &Path, options: &OpenOptions) -> Result<(), RewardError> {
    if admitted::is_installed(dir) {
        return Ok(());
    }
    let hash = Pack::read(dir)?.encoder_hash;
    if !admitted::was_checked(hash) {
        let report = check(dir, options)?;
        admitted::note(report.encoder_hash);
    }
    Ok(())
}

/// Starts the process, asks, and watches it.
pub(crate) fn run(
    mut command: Command,
    dir: &Path,
    options: &OpenOptions,
    limits: Limits,
) -> Result<CheckReport, RewardError> {
    let start = || RewardError::io("start a check of", dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(start())?;
    let request = Request {
        dir: dir.canonicalize().map_err(RewardError::io("open", dir))?,
        threads: options.threads,
        library: options.library.clone(),
        limits,
    };
    let request = serde_json::to_vec(&request).unwrap_or_default();
    // A process that has ended does not read; how it ended says more than the broken pipe.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(&request));
    let stdout = child.stdout.take().map(|stdout| thread::spawn(move || find_answer(stdout)));
    let stderr = child.stderr.take().map(|stderr| thread::spawn(move || ran_dry(stderr)));
    let stopped = |ended| RewardError::CheckStopped { path: dir.to_owned(), ended };
    let out_of_memory = Ended::OutOfMemory { limit_bytes: limits.memory_bytes };

    let status = match watch(&mut child, limits) {
        Ok(status) => status.map_err(start())?,
        Err(ended) => {
            // The pipes close with the process.
            let _ = child.kill();
            let _ = child.wait();
            return Err(stopped(ended));
        }
    };
    let ran_dry = joined(stderr).unwrap_or(false);
    match joined(stdout).flatten() {
        Some(Answer::Report(mut report)) => {
            report.folder = dir.to_owned();
            Ok(*report)
        }
        Some(Answer::Refused(why)) => {
            // It saw the folder by its full name.
            let full = request_dir(dir);
            Err(RewardError::Refused(why.replace(&full, &dir.display().to_string())))
        }
        Some(Answer::OutOfMemory) => Err(stopped(out_of_memory)),
        None if ran_dry => Err(stopped(out_of_memory)),
        None => Err(stopped(Ended::BrokeOff { how: how(status) })),
    }
}

fn request_dir(dir: &Path) -> String {
    dir.canonicalize().map(|dir| dir.display().to_string()).unwrap_or_default()
}

fn joined<T>(thread: Option<JoinHandle<T>>) -> Option<T> {
    thread?.join().ok()
}

/// Waits for the end, or says which limit was passed.
fn watch(child: &mut Child, limits: Limits) -> Result<io::Result<ExitStatus>, Ended> {
    let start = Instant::now();
    let pid = Pid::from_u32(child.id());
    let mut system = System::new().ok();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Ok(status)),
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
        if start.elapsed() > Duration::from_secs(limits.seconds) {
            return Err(Ended::OutOfTime { limit_s: limits.seconds });
        }
        let held = system.as_mut().and_then(|system| {
            system.refresh_processes_specifics(
                ProcessesToUpdate::Some(&[pid]),
                true,
                ProcessRefreshKind::nothing().with_memory(),
            );
            system.process(pid).map(sysinfo::Process::memory)
        });
        if held.is_some_and(|bytes| bytes > limits.memory_bytes) {
            return Err(Ended::OutOfMemory { limit_bytes: limits.memory_bytes });
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// The answer among the lines of an output.
fn find_answer(stdout: impl Read) -> Option<Answer> {
    let mut answer = None;
    for line in BufReader::new(stdout.take(1 << 24)).lines() {
        let Ok(line) = line else { continue };
        // Not always at the start of its line: what printed before may have left one open.
        if let Some((_, json)) = line.split_once(ANSWER) {
            answer = serde_json::from_str(json).ok();
        }
    }
    answer
}

/// Whether an allocation failed, which ends a Rust program without an error.
fn ran_dry(mut stderr: impl Read) -> bool {
    let mut bytes = Vec::new();
    let _ = (&mut stderr).take(1 << 16).read_to_end(&mut bytes);
    // The rest must not block it.
    let _ = io::copy(&mut stderr, &mut io::sink());
    is_about_memory(&String::from_utf8_lossy(&bytes))
}

/// The words of ONNX Runtime and of the standard libraries: none of them has a code for it.
fn is_about_memory(message: &str) -> bool {
    let words =
        ["bad_alloc", "bad allocation", "Failed to allocate memory", "memory allocation of"];
    words.iter().any(|words| message.contains(words))
}

#[cfg(unix)]
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> String {
    status.to_string()
}

/// The checking process: reads what is asked, checks, prints the answer.
///
/// # Errors
/// If it was not asked, or nobody listens.
pub(crate) fn answer() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let request: Request = serde_json::from_str(&text)?;
    limit(request.limits);
    let options = OpenOptions {
        providers: Some(vec![Provider::Cpu]),
        threads: request.threads,
        library: request.library,
    };
    let answer = match check::check(&request.dir, &options) {
        Ok(report) => Answer::Report(Box::new(report)),
        Err(error) => {
            let text = with_causes(&error);
            if is_about_memory(&text) { Answer::OutOfMemory } else { Answer::Refused(text) }
        }
    };
    let json = serde_json::to_string(&answer)?;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ANSWER}{json}")?;
    stdout.flush()
}

fn limit(limits: Limits) {
    // If the process that asked is gone, nobody else would stop this one.
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(limits.seconds + 5));
        process::exit(1);
    });
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, setrlimit};
        let bytes = limits.memory_bytes.saturating_add(RESERVED_BYTES);
        // Where it cannot be set, watching must do.
        let _ = setrlimit(Resource::RLIMIT_AS, bytes, bytes);
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    }
}
