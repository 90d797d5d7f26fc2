//! The terminal as the station has it while it draws, and gives it back.

use std::io::{self, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::panic;

use async_signal::{Signal, Signals};
use futures_lite::StreamExt;
use futures_lite::future::poll_once;
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::{Position, Rect};
use rustix::io::Errno;
use rustix::process::{self, getpgrp, getsid};

/// A terminal in raw mode, with a screen of its own. Dropping it gives it back.
pub(crate) struct Terminal {
    /// Never dropped: if the cursor cannot be shown again its `drop` prints that to
    /// standard error, and panics where that is gone too.
    screen: ManuallyDrop<ratatui::Terminal<CrosstermBackend<Stdout>>>,
    jobs: Signals,
}

/// What job control asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Stop,
    GoOn,
}

impl Terminal {
    /// Takes the terminal.
    pub(crate) fn take() -> io::Result<Self> {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            leave();
            before(panic);
        }));
        let jobs = Signals::new([Signal::Tstp, Signal::Cont])?;
        let screen = ratatui::Terminal::new(CrosstermBackend::new(stdout()))?;
        let mut terminal = Self { screen: ManuallyDrop::new(screen), jobs };
        terminal.enter()?;
        Ok(terminal)
    }

    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.screen.draw(draw).map(drop)
    }

    /// Waits until job control asks for something.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: what is asked for is taken only by resolving.
    pub(crate) async fn job(&mut self) -> io::Result<Job> {
        match self.jobs.next().await {
            Some(Ok(Signal::Tstp)) => Ok(Job::Stop),
            Some(Ok(_)) => Ok(Job::GoOn),
            Some(Err(error)) => Err(error),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Follows job control: gives the terminal back before the process stops, and
    /// takes it again when the process continues.
    pub(crate) async fn follow(&mut self, job: Job) -> io::Result<()> {
        match job {
            Job::Stop if can_go_on() => {
                leave();
                self.sleep().await
            }
            Job::Stop => Ok(()),
            // SIGSTOP had stopped the process, and cannot be caught.
            Job::GoOn => self.enter(),
        }
    }

    /// Stops the job that the process belongs to, as Ctrl-Z does in a terminal that
    /// is not raw. Returns when the job continues, or `false` at once if no shell
    /// could continue it.
    pub(crate) async fn suspend(&mut self) -> io::Result<bool> {
        if !can_go_on() {
            return Ok(false);
        }
        // First: the shell takes the terminal when the job has stopped.
        leave();
        process::kill_current_process_group(process::Signal::TSTP)?;
        while self.job().await? != Job::Stop {}
        self.sleep().await?;
        Ok(true)
    }

    /// Stops the process, and takes the terminal when it goes on.
    async fn sleep(&mut self) -> io::Result<()> {
        loop {
            // SIGCONT may have come already, and would not come again.
            let told = match poll_once(self.job()).await {
                Some(told) => told?,
                None => {
                    process::kill_process(process::getpid(), process::Signal::STOP)?;
                    self.job().await?
                }
            };
            if told == Job::GoOn {
                return self.enter();
            }
        }
    }

    fn enter(&mut self) -> io::Result<()> {
        // Others may have set another mode meanwhile, while crossterm believes in
        // its own.
        let _ = disable_raw_mode();
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen)?;
        // This clears it. `clear` would ask the terminal where its cursor is, and
        // read the keyboard for the answer.
        let size = self.screen.size()?;
        self.screen.resize(Rect::from((Position::ORIGIN, size)))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// Gives the terminal back. If it is gone there is nothing to give.
fn leave() {
    let _ = disable_raw_mode();
    let _ = execute!(stdout(), LeaveAlternateScreen, Show);
    let _ = stdout().flush();
}

/// Whether a shell can continue the process when it is stopped. None can if its
/// process group leads the session (`ssh HOST station`, a window of its own): the
/// system ignores SIGTSTP there, and so does the station.
fn can_go_on() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Whether an error means that a terminal has hung up.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::IO | Errno::NXIO))
}
