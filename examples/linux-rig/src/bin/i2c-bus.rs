//! `i2c-bus DEVICE SOCKET` makes `/dev/DEVICE`, and obeys the lines that come on SOCKET:
//! see `adapter`.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    use tickwire_exec_std::run;
    use tickwire_linux_rig::adapter;

    let mut args = std::env::args().skip(1);
    let (Some(device), Some(socket), None) = (args.next(), args.next(), args.next()) else {
        return Err(std::io::Error::other("usage: i2c-bus DEVICE SOCKET"));
    };
    run(async |_| adapter::serve(&device, &socket).await)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("i2c-bus: only Linux has CUSE");
}
