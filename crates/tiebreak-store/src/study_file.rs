//! Opening a study file, and the two ways into it: read and write.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::checkpoint::{Checkpointer, LARGEST_LOG};
use crate::flush::Flusher;
use crate::{BulkLoad, Result, StoreError, StudyRow, migration};

/// `TBRK` in ASCII: how a file says that it is a study.
const APPLICATION_ID: i32 = 0x5442_524b;

/// How long a write waits for another program's write. Imports commit every few hundred rows, so
/// a wait of this length means that something hangs.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// An open study file. Several may be open on the same file, in one program or many.
pub struct Store {
    path: PathBuf,
    checkpointer: Checkpointer,
    // Before the writer: fields drop in this order, and only a connection that may write can
    // fold the log into the file when it is the last to close.
    reader: Mutex<Connection>,
    /// `None` for a file that may only be read.
    writer: Option<Mutex<Connection>>,
}

/// Reading. Its methods are beside the tables that they read.
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
}

/// Writing within one transaction; reads see what the transaction wrote.
pub struct Writer<'c> {
    reader: Reader<'c>,
}

impl<'c> Writer<'c> {
    pub(crate) const fn over(reader: Reader<'c>) -> Self {
        Self { reader }
    }
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl Store {
    /// Makes a new study file; its folder must exist.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a file at `path`, else what the file system says.
    pub fn create(path: &Path, study: &StudyRow) -> Result<Self> {
        // `create_new` is the only check for existence that two programs cannot both pass.
        match std::fs::File::create_new(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists(path.to_owned()));
            }
            Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
        }
        let made = Self::initialise(path, study);
        if made.is_err() {
            // The empty file is ours; leaving it would block the next try.
            let _ = std::fs::remove_file(path);
        }
        made
    }

    fn initialise(path: &Path, study: &StudyRow) -> Result<Self> {
        let mut connection = connect(path, true)?;
        connection.pragma_update(None, "page_size", 32768)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        configure(&connection)?;
        migration::migrate(&mut connection)?;
        let store = Self::assemble(path, Some(connection))?;
        store.write(|writer| writer.insert_study(study))?;
        Ok(store)
    }

    /// Opens an existing study and brings its schema up to date. A file or folder that may not be
    /// written is opened for reading; writing is then an error.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotAStudy`], [`StoreError::TooNew`], or what SQLite
    /// says.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.is_file() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        Self::open_file(path).map_err(|error| match error {
            StoreError::Sqlite(error)
                if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
            {
                StoreError::NotAStudy(path.to_owned())
            }
            error => error,
        })
    }

    fn open_file(path: &Path) -> Result<Self> {
        let (mut connection, immutable) = match connect(path, true) {
            Ok(connection) if is_writable(&connection) => (connection, false),
            Ok(_) | Err(StoreError::ReadOnly(_)) => (connect_immutable(path)?, true),
            Err(error) => return Err(error),
        };
        let application: i32 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if application != APPLICATION_ID {
            return Err(StoreError::NotAStudy(path.to_owned()));
        }
        let found = migration::version(&connection)?;
        if found > migration::NEWEST {
            return Err(StoreError::TooNew {
                path: path.to_owned(),
                found,
                known: migration::NEWEST,
            });
        }
        if immutable {
            if found < migration::NEWEST {
                let what = format!("its schema {found} is to be brought up to date");
                return Err(StoreError::ReadOnly(what));
            }
            return Self::assemble(path, None);
        }
        configure(&connection)?;
        if found < migration::NEWEST {
            migration::migrate(&mut connection)?;
        }
        Self::assemble(path, Some(connection))
    }

    fn assemble(path: &Path, writer: Option<Connection>) -> Result<Self> {
        let reader = connect_to_read(path, writer.is_none())?;
        Ok(Self {
            path: path.to_owned(),
            checkpointer: Checkpointer::default(),
            reader: Mutex::new(reader),
            writer: writer.map(Mutex::new),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a consistent state: everything that `work` reads is of one moment.
    ///
    /// # Errors
    /// What `work` returns, or what SQLite says.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = lock(&self.reader);
        read_on(&mut connection, work)
    }

    /// Reads on a connection of its own, for work that takes long: other reads go on beside it.
    ///
    /// # Errors
    /// What `work` returns, or what SQLite says.
    pub fn read_aside<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = connect_to_read(&self.path, self.writer.is_none())?;
        read_on(&mut connection, work)
    }

    /// Writes in one transaction. When this returns `Ok`, the change is on disk (WAL with
    /// synchronous FULL: the log is flushed before the commit is acknowledged); when it returns
    /// an error, nothing was changed.
    ///
    /// # Errors
    /// What `work` returns, or what SQLite says.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::ReadOnly(self.path.display().to_string()).into());
        };
        let mut connection = lock(writer);
        // IMMEDIATE takes the write lock first, so that waiting happens here and not half way.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let value = work(&Writer { reader: Reader { connection: &transaction } })?;
        transaction.commit().map_err(StoreError::from)?;
        drop(connection);
        self.checkpointer.committed(&self.path);
        Ok(value)
    }
}

impl Store {
    /// Fills a study that has no items yet, in one transaction: `load` adds rows, and `refer`
    /// what they refer to, annotators above all. Returns `None`, and calls neither, where the
    /// study has items, another program has it open, or it may only be read: rows are then
    /// inserted one by one. Until this returns the study is this load's alone; a program that
    /// ends meanwhile, or an error, leaves it as it was.
    ///
    /// # Errors
    /// What `load` or `refer` return, or what SQLite says.
    pub fn load_in_bulk<T, E: From<StoreError>>(
        &self,
        load: impl FnOnce(&mut BulkLoad<'_>) -> Result<T, E>,
        refer: impl FnOnce(&Writer<'_>, &T) -> Result<(), E>,
    ) -> Result<Option<T>, E> {
        let Some(writer) = &self.writer else { return Ok(None) };
        let mut writer = lock(writer);
        if writer
            .prepare("SELECT 1 FROM item LIMIT 1")
            .and_then(|mut one| one.exists([]))
            .map_err(StoreError::from)?
        {
            return Ok(None);
        }
        let mut reader = lock(&self.reader);
        self.checkpointer.settle();
        // A rollback journal needs the file for itself. With a log every page would be written
        // twice: into the log first, and from there to where it belongs.
        let closed = || Connection::open_in_memory().map_err(StoreError::from);
        *reader = closed()?;
        *writer = closed()?;
        let loaded = self.load_alone(load, refer);
        let reopened = connect(&self.path, true).and_then(|connection| {
            configure(&connection)?;
            *writer = connection;
            *reader = connect_to_read(&self.path, false)?;
            Ok(())
        });
        let loaded = loaded?;
        reopened?;
        Ok(loaded)
    }

    fn load_alone<T, E: From<StoreError>>(
        &self,
        load: impl FnOnce(&mut BulkLoad<'_>) -> Result<T, E>,
        refer: impl FnOnce(&Writer<'_>, &T) -> Result<(), E>,
    ) -> Result<Option<T>, E> {
        let flusher = Flusher::new(&self.path);
        let mut connection = connect(&self.path, true)?;
        if !alone(&connection)? {
            return Ok(None);
        }
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Exclusive)
            .map_err(StoreError::from)?;
        let Some(mut bulk) = BulkLoad::begin(&transaction)? else { return Ok(None) };
        let value = flusher.beside(|| load(&mut bulk))?;
        bulk.finish(|writer| refer(writer, &value))?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(Some(value))
    }
}

/// Changes to a rollback journal; false if another connection to the file is open.
fn alone(connection: &Connection) -> Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let changed = connection
        .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0))
        .map_err(StoreError::from);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    match changed {
        Ok(mode) if mode == "delete" => {}
        Ok(_) | Err(StoreError::Busy(_)) => return Ok(false),
        Err(error) => return Err(error),
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Pages are finished when they come: few need to be remembered.
    connection.pragma_update(None, "cache_size", -8192)?;
    Ok(true)
}

fn read_on<T, E: From<StoreError>>(
    connection: &mut Connection,
    work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = connection.transaction().map_err(StoreError::from)?;
    work(&Reader { connection: &transaction })
}

/// A panic while the lock was held rolled its transaction back; the connection is sound.
fn lock(mutex: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the file and its folder, where the log lies, may be written.
fn is_writable(connection: &Connection) -> bool {
    if connection.is_readonly("main").unwrap_or(true) {
        return false;
    }
    // Reading a file in WAL mode needs the log's index beside it.
    let read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    !matches!(
        read.map_err(|error| error.sqlite_error_code()),
        Err(Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
    )
}

/// Reads a file that cannot be written as one that does not change. SQLite would then pass over a
/// log beside it, and with it the latest judgments, so such a file is refused.
pub(crate) fn connect_immutable(path: &Path) -> Result<Connection> {
    let absolute = std::path::absolute(path)
        .map_err(|source| StoreError::Io { path: path.to_owned(), source })?;
    let mut log = absolute.clone().into_os_string();
    log.push("-wal");
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let what = format!("{} holds changes that are not in the study yet", log.display());
        return Err(StoreError::ReadOnly(what));
    }
    let escaped =
        absolute.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn connect_to_read(path: &Path, immutable: bool) -> Result<Connection> {
    if immutable { connect_immutable(path) } else { connect(path, false) }
}

pub(crate) fn connect(path: &Path, writable: bool) -> Result<Connection> {
    let access =
        if writable { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(128);
    // A study may come from a stranger: nothing in its schema may call functions with effects.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // 64 MiB: the indexes of a study of some hundred thousand judgments.
    connection.pragma_update(None, "cache_size", -65536)?;
    Ok(())
}

fn configure(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LARGEST_LOG)?;
    Ok(())
}
