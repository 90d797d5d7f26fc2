//! Commands and replies of MTK receivers.

mod answers;
mod commands;
mod pairing;
mod replies;
mod speed;
