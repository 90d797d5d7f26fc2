//! Commands and replies of MTK receivers.

mod answers;
mod commands;
mod replies;
mod speed;
